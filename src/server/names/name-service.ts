/**
 * Names, looked up for whoever asks this replica: once, as soon as they change, or change by change. The cell is asked
 * as little as consistency allows; what is limited is refused in words, and the caller told to come back.
 */
import type { Slot } from "../../base/brand.ts"
import { deferred } from "../../base/deferred.ts"
import type { DurationMs } from "../../base/instant.ts"
import type { Surroundings } from "../../client/surroundings.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { limits } from "../../contract/limits.ts"
import { parsePath } from "../../contract/node-path.ts"
import type { LocalReads } from "../cell.ts"
import type { StateAge } from "../state-age.ts"
import { Answer } from "./answer.ts"
import { EventStream, type EventSink } from "./event-stream.ts"
import { EventStreams } from "./event-streams.ts"
import { listLocally, localReader } from "./local-reader.ts"
import { NameHub } from "./name-hub.ts"
import { nameLimits } from "./name-limits.ts"
import type { Line, PrincipalLines } from "./principal-lines.ts"
import { contentsBytes, type Resolution } from "./resolution.ts"
import { type ReadListing, resolveName } from "./resolve.ts"

/**
 * - `cached`: as good as asking the master, from this replica's consistent cache.
 * - `linearizable`: the master is asked.
 * - `stale`: what this replica knows by itself, with or without the others.
 */
export type Consistency = "cached" | "linearizable" | "stale"

export const consistencies: readonly Consistency[] = ["cached", "linearizable", "stale"]

export interface Found {
  readonly kind: "answers"
  /** One for each name, in the order in which they were asked for. */
  readonly answers: readonly Answer[]
  /** Of stale answers: for how long at most they may have been out of date, as far as this replica knows. */
  readonly ageMs: DurationMs | undefined
}

export interface Wait {
  readonly after: Slot
  readonly waitMs: DurationMs
  /** The caller has gone. */
  readonly signal: AbortSignal
}

export interface NameQuestion {
  readonly principal: string
  readonly consistency: Consistency
}

/** How much of this replica is taken up by those who want to hear of names. */
export interface NameLoad {
  readonly watchedNames: number
  /** Requests that wait for a name to change. */
  readonly nameWaits: number
  readonly eventStreams: number
}

export interface NameServiceParts {
  readonly cellName: string
  readonly lines: PrincipalLines
  readonly replica: LocalReads
  readonly age: Pick<StateAge, "ms">
  readonly surroundings: Pick<Surroundings, "now" | "schedule">
}

export class NameService {
  readonly #parts: NameServiceParts
  readonly #hub: NameHub
  readonly #streams: EventStreams
  #waiterCount = 0

  constructor(parts: NameServiceParts) {
    this.#parts = parts
    const { lines, surroundings } = parts
    this.#hub = new NameHub((principal) => {
      const held = lines.hold(principal)
      return "kind" in held ? held : { source: held.line, release: held.release }
    }, surroundings)
    this.#streams = new EventStreams(surroundings)
  }

  get load(): NameLoad {
    return {
      watchedNames: this.#hub.watchedCount,
      nameWaits: this.#waiterCount,
      eventStreams: this.#streams.count,
    }
  }

  /** One name out of the cache, if it is there: as good as `lookUp`, and no promise is made for it. */
  known(path: string, principal: string): Answer | undefined {
    return this.#parts.lines.peek(principal)?.known(path)
  }

  async lookUp(paths: readonly string[], question: NameQuestion): Promise<Found | Refusal> {
    for (const path of paths) {
      const parsed = parsePath(path, this.#parts.cellName)
      if (parsed.kind === "refused") return parsed
    }
    return await this.#gather(paths, question, () => false)
  }

  /**
   * All names in the directory that begin with `prefix`, as many as one request may ask for. What the caller may not look
   * at is left out, as if it weren't there.
   */
  async lookUpIn(directory: string, prefix: string, question: NameQuestion): Promise<Found | Refusal> {
    // Some name that begins so must be one that a node could have.
    const possible = parsePath(`${directory}/${prefix}x`, this.#parts.cellName)
    if (possible.kind === "refused") return possible
    const listing = await this.#list(directory, question)
    if (listing.kind === "refused") return listing
    const names = listing.entries.map(({ name }) => name).filter((name) => name.startsWith(prefix))
    if (names.length > nameLimits.namesPerRequest) {
      const most = nameLimits.namesPerRequest
      return refuse("QUOTA_EXCEEDED", `${names.length} names begin so; of one request there are ${most} at most.`)
    }
    const paths = names.map((name) => `${directory}/${name}`)
    return await this.#gather(paths, question, ({ code }) => code === "PERMISSION_DENIED")
  }

  /**
   * Answers as soon as the name has changed after the commit index `after`, which may be at once, and otherwise with
   * what it stands for when `waitMs` are over.
   */
  async wait(path: string, principal: string, wait: Wait): Promise<Found | Refusal> {
    const question = { principal, consistency: "cached" } as const
    const present = await this.lookUp([path], question)
    if (present.kind === "refused" || wait.signal.aborted) return present
    const [before] = present.answers
    if (before === undefined || before.resolution.index > wait.after) return present
    if (this.#waiterCount >= nameLimits.waiters) {
      return refuse("OVERLOADED", `${nameLimits.waiters} blocking queries wait at this replica, as many as may.`)
    }
    this.#waiterCount += 1
    try {
      const found = await this.#nextAfter(before, principal, wait)
      if (found !== undefined) return found
    } finally {
      this.#waiterCount -= 1
    }
    // Nothing was heard of a change; what is said at the end is no older than the end all the same.
    return wait.signal.aborted ? present : await this.lookUp([path], question)
  }

  /**
   * Tells of the name change by change, `answer` first unless its reader knows it: the value of the commit index
   * `knownThrough`. `open` is called if there is room. Returns the way to leave.
   */
  stream(
    answer: Answer,
    principal: string,
    { knownThrough, open }: { readonly knownThrough: Slot; readonly open: () => EventSink },
  ): (() => void) | Refusal {
    const full = this.#streams.objection
    if (full !== undefined) return full
    const stream = new EventStream(knownThrough, () => {
      this.#streams.remove(stream)
    })
    const leave = this.#hub.join(principal, answer.resolution.path, stream)
    if (typeof leave !== "function") return leave
    this.#streams.add(stream)
    stream.begin(open(), answer)
    return () => {
      this.#streams.remove(stream)
      leave()
    }
  }

  async close(): Promise<void> {
    this.#streams.close()
    this.#hub.close()
    await this.#parts.lines.close()
  }

  /** The next value after `before`; undefined: there was none in time. */
  #nextAfter(before: Answer, principal: string, { after, waitMs, signal }: Wait): Promise<Found | Refusal | undefined> {
    const { path, index } = before.resolution
    const awaited = deferred<Found | Refusal | undefined>()
    const giveUp = (): void => {
      awaited.resolve(undefined)
    }
    const callOff = this.#parts.surroundings.schedule(waitMs, giveUp)
    signal.addEventListener("abort", giveUp)
    const leave = this.#hub.join(principal, path, {
      tell: (answer) => {
        const found = answer.resolution.index
        const isChange = found > after || (found >= index && answer.etag !== before.etag)
        if (isChange) awaited.resolve({ kind: "answers", answers: [answer], ageMs: undefined })
      },
      end: awaited.resolve,
    })
    if (typeof leave !== "function") awaited.resolve(leave)
    return awaited.promise.finally(() => {
      callOff()
      signal.removeEventListener("abort", giveUp)
      if (typeof leave === "function") leave()
    })
  }

  async #gather(
    paths: readonly string[],
    { principal, consistency }: NameQuestion,
    isLeftOut: (refusal: Refusal) => boolean,
  ): Promise<Found | Refusal> {
    if (consistency !== "stale") {
      return await this.#holding(principal, async (line) => {
        const lookUp = (path: string): Promise<Answer | Refusal> =>
          consistency === "cached" ? line.lookUp(path) : line.lookUpAtMaster(path)
        return await gather(paths, lookUp, isLeftOut)
      })
    }
    const reader = localReader(this.#parts.replica, principal)
    const found = await gather(paths, async (path) => answerOf(await resolveName(reader, path)), isLeftOut)
    const ageMs = this.#parts.age.ms()
    if (ageMs === undefined) return ageUnknown
    return found.kind === "refused" ? found : { ...found, ageMs }
  }

  async #list(path: string, { principal, consistency }: NameQuestion): Promise<ReadListing | Refusal> {
    if (consistency !== "stale") return await this.#holding(principal, (line) => line.list(path, consistency))
    const listing = listLocally(this.#parts.replica, principal, path)
    if (listing.kind === "refused") return listing.refusal
    // What begins so may stand behind those: to leave it out would say that there is no such name.
    return listing.more ? tooManyChildren(path) : listing
  }

  async #holding<Result>(principal: string, work: (line: Line) => Promise<Result>): Promise<Result | Refusal> {
    const held = this.#parts.lines.hold(principal)
    if ("kind" in held) return held
    try {
      return await work(held.line)
    } finally {
      held.release()
    }
  }
}

const ageUnknown = refuse("FAIL_OVER_IN_PROGRESS", "This replica has not heard yet how far behind the cell it is.")

function tooManyChildren(path: string): Refusal {
  const most = limits.readDirPageMax
  return refuse("QUOTA_EXCEEDED", `${path} has more than ${most} children, too many to look through here.`)
}

function answerOf(found: Resolution | Refusal): Answer | Refusal {
  return found.kind === "refused" ? found : new Answer(found)
}

/** How many names of one request are looked up at a time: what is too much in sum is noticed before it is all there. */
const namesAtATime = 16

async function gather(
  paths: readonly string[],
  lookUp: (path: string) => Promise<Answer | Refusal>,
  isLeftOut: (refusal: Refusal) => boolean,
): Promise<Found | Refusal> {
  const answers: Answer[] = []
  let bytes = 0
  for (let at = 0; at < paths.length; at += namesAtATime) {
    for (const found of await Promise.all(paths.slice(at, at + namesAtATime).map(lookUp))) {
      if ("resolution" in found) {
        answers.push(found)
        bytes += contentsBytes(found.resolution)
      } else if (!isLeftOut(found)) return found
    }
    if (bytes > nameLimits.contentsBytes) return tooMuch
  }
  return { kind: "answers", answers, ageMs: undefined }
}

const tooMuch = refuse(
  "QUOTA_EXCEEDED",
  `These names stand for more than ${nameLimits.contentsBytes} bytes: ask for fewer.`,
)
