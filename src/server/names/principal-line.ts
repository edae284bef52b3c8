/**
 * One principal's line to the cell: a client of the client library inside the replica, with a session of its own, so
 * that the cell itself checks that principal's rights and keeps its cache consistent. The session is opened when it is
 * first needed, and again after it was lost; a lookup meanwhile waits for the cell, and is never answered from what was
 * known before.
 */
import { LRUCache } from "lru-cache"
import type { DurationMs } from "../../base/instant.ts"
import type { Cell } from "../../client/cell.ts"
import { CellError, SessionExpiredError } from "../../client/errors.ts"
import type { DirectoryListing, FileContents } from "../../client/files.ts"
import type { Session } from "../../client/session.ts"
import type { Surroundings } from "../../client/surroundings.ts"
import type { Refusal } from "../../contract/errors.ts"
import { Answer, bytesOf } from "./answer.ts"
import { readerOf, refusalOf } from "./client-reader.ts"
import { within } from "./deadline.ts"
import { nameLimits } from "./name-limits.ts"
import type { NameNews, NameSource } from "./name-source.ts"
import type { Resolution } from "./resolution.ts"
import { agrees, type ReadListing, resolveName } from "./resolve.ts"
import { Rounds } from "./rounds.ts"
import { watchName } from "./watch-name.ts"

/** An answer, and what of the cache it was made of: it is good as long as the cache has just that. */
interface Kept {
  readonly answer: Answer
  readonly madeOf: FileContents | DirectoryListing
}

const farewellMs: DurationMs = 500

export interface LineTerms {
  /** Whoever looks at the sessions of the cell sees the line's under this name. */
  readonly sessionName: string
  readonly surroundings: Pick<Surroundings, "schedule">
}

export class PrincipalLine implements NameSource {
  readonly #cell: Cell
  readonly #terms: LineTerms
  readonly #rounds = new Rounds<Answer | Refusal>()
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: nameLimits.cacheBytesPerSession,
    sizeCalculation: ({ answer }) => bytesOf(answer),
  })
  #session: Session | undefined
  #opening: Promise<Session> | undefined

  constructor(cell: Cell, terms: LineTerms) {
    this.#cell = cell
    this.#terms = terms
  }

  async lookUp(path: string): Promise<Answer | Refusal> {
    return this.known(path) ?? (await this.#rounds.share(path, () => this.#lookUp(path)))
  }

  /** What is known at this very moment, as fresh as from the cell; undefined: nothing. */
  known(path: string): Answer | undefined {
    const kept = this.#kept.get(path)
    if (kept === undefined || this.#session === undefined) return undefined
    return kept.madeOf === cachedBy(this.#session, kept.answer.resolution) ? kept.answer : undefined
  }

  /** Asks the master. */
  async lookUpAtMaster(path: string): Promise<Answer | Refusal> {
    const resolution = await this.#patiently((signal) => resolveName(readerOf(this.#cell, signal), path))
    return resolution.kind === "refused" ? resolution : new Answer(resolution)
  }

  async list(path: string, consistency: "cached" | "linearizable"): Promise<ReadListing | Refusal> {
    const listing = await this.#patiently((signal) => {
      if (consistency === "linearizable") return readerOf(this.#cell, signal).listing(path)
      return this.#inSession((session) => readerOf(session, signal).listing(path))
    })
    return "refusal" in listing ? listing.refusal : listing
  }

  async watch(path: string, onNews: (news: NameNews) => void): Promise<() => void> {
    return await this.#inSession((session) => watchName(session, path, onNews))
  }

  async close(): Promise<void> {
    this.#kept.clear()
    const session = this.#session
    if (session !== undefined) {
      // If the cell can't be told at once, the session ends there with its lease: a replica that stops must not linger.
      await within(this.#terms.surroundings, farewellMs, (signal) => session.close({ signal })).catch(() => undefined)
    }
    await this.#cell.close()
  }

  async #lookUp(path: string): Promise<Answer | Refusal> {
    const before = this.#kept.get(path)?.answer.resolution
    const expected = before?.kind === "found" ? before.nodeKind : "file"
    return await this.#patiently((signal) =>
      this.#inSession(async (session) => {
        const resolution = await resolveName(readerOf(session, signal), path, expected)
        return resolution.kind === "refused" ? resolution : this.#keep(session, resolution)
      }),
    )
  }

  #keep(session: Session, resolution: Resolution): Answer {
    const answer = new Answer(resolution)
    const madeOf = cachedBy(session, resolution)
    // By now the cache may have something newer than what was read, and may have had it from a later read.
    if (madeOf !== undefined && agrees(resolution, madeOf)) this.#kept.set(resolution.path, { answer, madeOf })
    return answer
  }

  /** Of a session that ends meanwhile, nothing is known any more: then the next one is asked. */
  async #inSession<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#openSession())
    } catch (reason) {
      if (!(reason instanceof SessionExpiredError)) throw reason
      return await work(await this.#openSession())
    }
  }

  async #openSession(): Promise<Session> {
    if (this.#session !== undefined && this.#session.standing !== "expired") return this.#session
    this.#session = undefined
    this.#opening ??= this.#open()
    return await this.#opening
  }

  async #open(): Promise<Session> {
    const { sessionName: name, surroundings } = this.#terms
    const { cacheBytesPerSession: cacheBytesMax, lookUpMs } = nameLimits
    try {
      this.#session = await within(surroundings, lookUpMs, (signal) =>
        this.#cell.openSession({ name, cacheBytesMax, signal }),
      )
      return this.#session
    } finally {
      this.#opening = undefined
    }
  }

  async #patiently<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | Refusal> {
    try {
      return await within(this.#terms.surroundings, nameLimits.lookUpMs, work)
    } catch (reason) {
      return refusalOf(CellError.from(reason))
    }
  }
}

/** What `resolution` must have been made of to be good still. That there is no node is as easily looked up again. */
function cachedBy(session: Session, resolution: Resolution): FileContents | DirectoryListing | undefined {
  if (resolution.kind === "missing") return undefined
  if (resolution.nodeKind === "directory") return session.cachedListing(resolution.path)
  const file = session.cached(resolution.path)
  return file === "absent" ? undefined : file
}
