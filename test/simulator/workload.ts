/**
 * What simulated clients ask for: contents with unique values, conditional writes, deletions, listings, ephemeral files
 * that come and go with sessions, and a few contended locks whose holders check their sequencers. Each run draws its own
 * mix. When the faults are over, clients stop beginning things and only finish what they have begun.
 */
import type { Prng } from "../../src/base/prng.ts"
import type { LockMode } from "../../src/contract/lock-mode.ts"
import type { NodeRef, Operation, Outcome } from "../../src/contract/requests.ts"
import type { LockBeliefChecker } from "./checkers/lock-belief.ts"
import type { SimulatedClient } from "./client.ts"
import { millisecond, type Timeline } from "../../src/testing/time.ts"
import type { Findings } from "./findings.ts"
import type { Call } from "./history.ts"

export const cellName = "sim"
export const root = `/ls/${cellName}`
export const filePaths: readonly string[] = ["a", "b", "c", "d"].map((name) => `${root}/file-${name}`)
export const lockPaths: readonly string[] = ["x", "y", "z"].map((name) => `${root}/lock-${name}`)
export const livePath = `${root}/live`
const liveNames = ["p", "q", "r"]
const wholeListing = { afterName: "", pageSize: 100, recursive: false } as const

type Choice =
  "set" | "swap" | "get" | "delete" | "list" | "appear" | "vanish" | "acquire" | "try" | "close" | "walkAway"

/** How often each choice is taken, out of the sum of all. */
export type Mix = Readonly<Record<Choice, number>>

export interface WorkloadSettings {
  readonly mix: Mix
  readonly thinkMsMax: number
  readonly openCallsMax: number
  readonly holdMsMax: number
}

export function drawMix(dice: Prng): Mix {
  const draw = (most: number): number => (dice.chance(1, 4) ? 0 : dice.between(1, most))
  return {
    ...{ set: dice.between(1, 30), swap: draw(20), get: dice.between(5, 40), delete: draw(8), list: draw(10) },
    ...{ appear: draw(12), vanish: draw(6), acquire: draw(25), try: draw(20), close: draw(2), walkAway: draw(2) },
  }
}

interface World {
  readonly timeline: Timeline
  readonly dice: Prng
  readonly findings: Findings
  readonly beliefs: LockBeliefChecker
}

export class Workload {
  readonly #client: SimulatedClient
  readonly #settings: WorkloadSettings
  readonly #world: World
  readonly #choices: readonly Choice[]
  #writes = 0
  #draining = false
  /** The session is being closed: nothing is begun in it any more, and what is granted now doesn't count. */
  #closing: number | undefined
  /** Last seen content generation of each file, for conditional writes. */
  readonly #generations = new Map<string, number>()
  /** Locks that this session has asked for, waits for or holds. */
  readonly #engaged = new Set<string>()
  /** Handles of ephemeral files made by this session. */
  readonly #appearances: string[] = []
  readonly #endBeliefs = new Set<() => void>()

  constructor(client: SimulatedClient, settings: WorkloadSettings, world: World) {
    this.#client = client
    this.#settings = settings
    this.#world = world
    const { mix } = settings
    this.#choices = (Object.keys(mix) as Choice[]).flatMap((choice) => Array<Choice>(mix[choice]).fill(choice))
  }

  get isIdle(): boolean {
    if (this.#client.openCalls > 0) return false
    return this.#client.sessionId === undefined || this.#engaged.size === 0
  }

  begin(): void {
    this.#client.openSession(() => {
      this.#client.call(openDirectory(livePath), () => {
        this.#next()
      })
    })
  }

  /** From now on nothing new is begun. */
  drain(): void {
    this.#draining = true
  }

  #next(): void {
    if (this.#draining) return
    this.#world.timeline.planAfter(this.#world.dice.between(1, this.#settings.thinkMsMax) * millisecond, () => {
      if (this.#draining) return
      if (this.#client.sessionId === undefined) return this.#startOver()
      const isClosing = this.#closing === this.#client.sessionId
      if (!isClosing && this.#client.openCalls < this.#settings.openCallsMax)
        this.#take(this.#world.dice.pick(this.#choices))
      this.#next()
    })
  }

  /** The session is gone, and with it everything it held. */
  #startOver(): void {
    this.#forgetSession()
    this.begin()
  }

  #forgetSession(): void {
    for (const end of this.#endBeliefs) end()
    this.#endBeliefs.clear()
    this.#engaged.clear()
    this.#appearances.length = 0
  }

  #take(choice: Choice): void {
    const { dice } = this.#world
    const path = dice.pick(filePaths)
    const node: NodeRef = { kind: "path", path }
    switch (choice) {
      case "set":
        return this.#write({ kind: "setContents", node, contents: this.#uniqueContents() }, path)
      case "swap": {
        const ifContentGeneration = this.#generations.get(path) ?? 0
        return this.#write({ kind: "setContents", node, contents: this.#uniqueContents(), ifContentGeneration }, path)
      }
      case "get":
        return this.#write({ kind: "getContentsAndStat", node }, path)
      case "delete":
        return this.#write({ kind: "delete", node }, path)
      case "list":
        this.#call({ kind: "readDir", node: { kind: "path", path: livePath }, ...wholeListing })
        return
      case "appear":
        return this.#appear(`${livePath}/${dice.pick(liveNames)}`)
      case "vanish": {
        const handle = this.#appearances.pop()
        if (handle !== undefined) this.#call({ kind: "close", handle })
        return
      }
      case "acquire":
        return this.#acquire(dice.pick(lockPaths), dice.chance(1, 3) ? "shared" : "exclusive")
      case "try":
        return this.#tryAcquire(dice.pick(lockPaths), dice.chance(1, 3) ? "shared" : "exclusive")
      case "close":
        // Beliefs end before the cell can hear of it.
        this.#forgetSession()
        this.#closing = this.#client.sessionId
        this.#call({ kind: "closeSession" })
        return
      case "walkAway":
        this.#forgetSession()
        return this.#client.abandonSession()
    }
  }

  #call(operation: Operation, then: (outcome: Outcome, call: Call) => void = () => undefined): Call {
    const session = this.#client.sessionId
    return this.#client.call(operation, (outcome, call) => {
      if (outcome !== undefined && this.#client.sessionId === session) then(outcome, call)
    })
  }

  #uniqueContents(): Uint8Array {
    this.#writes += 1
    return new TextEncoder().encode(`${this.#client.name}.${String(this.#writes)}`)
  }

  /** An operation on a file, which may tell its content generation. */
  #write(operation: Operation, path: string): void {
    this.#call(operation, (outcome) => {
      if (outcome.kind === "setContents" || outcome.kind === "getContentsAndStat") {
        this.#generations.set(path, outcome.stat.contentGeneration)
      } else this.#generations.delete(path)
    })
  }

  #appear(path: string): void {
    const contents = new Uint8Array(0)
    const shape = { mode: "write", create: "mustCreate", nodeKind: "file", ephemeral: true } as const
    this.#call({ kind: "open", path, ...shape, sequential: false, contents, acl: {} }, (outcome) => {
      if (outcome.kind === "open") this.#appearances.push(outcome.handle)
    })
  }

  #acquire(path: string, mode: LockMode): void {
    if (this.#engaged.has(path)) return
    this.#engaged.add(path)
    const lockDelayMs = this.#lockDelayMs
    const waitMs = this.#world.dice.chance(1, 4) ? this.#world.dice.between(1, 2000) : 0
    const asked = this.#call(
      { kind: "acquire", node: { kind: "path", path }, mode, lockDelayMs, waitMs },
      (outcome, call) => {
        if (outcome.kind === "acquire") this.#hold(path, mode, outcome.lockGeneration, call)
        else this.#engaged.delete(path)
      },
    )
    // Some lose patience. If the cancellation comes too late, the lock is held after all.
    if (!this.#world.dice.chance(1, 4)) return
    this.#afterSomeTime(() => {
      if (asked.completion.kind !== "unknown") return
      this.#call({ kind: "cancelAcquire", requestNumber: asked.requestNumber })
    })
  }

  /** Some ask that a lock stays barred if they are lost. */
  get #lockDelayMs(): number {
    return this.#world.dice.pick([0, 0, 300, 2000])
  }

  #tryAcquire(path: string, mode: LockMode): void {
    if (this.#engaged.has(path)) return
    this.#engaged.add(path)
    const lockDelayMs = this.#lockDelayMs
    this.#call({ kind: "tryAcquire", node: { kind: "path", path }, mode, lockDelayMs }, (outcome, call) => {
      if (outcome.kind === "tryAcquire" && outcome.acquired) this.#hold(path, mode, outcome.lockGeneration, call)
      else this.#engaged.delete(path)
    })
  }

  #hold(path: string, mode: LockMode, lockGeneration: number, { sessionId }: Call): void {
    if (sessionId === this.#closing) return
    const validUntil = (): number => this.#client.validUntil(sessionId)
    const belief = { path, sessionId, mode, lockGeneration, validUntil }
    const end = this.#world.beliefs.began(this.#world.timeline.now, belief)
    this.#endBeliefs.add(end)
    let holds = true
    if (this.#world.dice.chance(1, 2)) this.#checkSequencer(path, sessionId, () => holds)
    this.#afterSomeTime(() => {
      holds = false
      end()
      this.#endBeliefs.delete(end)
      this.#call({ kind: "release", node: { kind: "path", path } }, () => this.#engaged.delete(path))
    })
  }

  /** Who holds a lock, and goes on holding it until the answer is there, has a valid sequencer. */
  #checkSequencer(path: string, sessionId: number, holds: () => boolean): void {
    const { findings, timeline } = this.#world
    this.#call({ kind: "getSequencer", node: { kind: "path", path } }, (outcome) => {
      if (outcome.kind !== "getSequencer") return
      const { claims } = outcome
      this.#call({ kind: "checkSequencer", claims }, (verdict) => {
        if (verdict.kind !== "checkSequencer" || verdict.valid || !holds()) return
        if (this.#client.validUntil(sessionId) <= timeline.now) return
        findings.report("sequencer", timeline.now, `the holder of ${path} was told: ${verdict.reason}`)
      })
    })
  }

  /** Within the present session only. */
  #afterSomeTime(then: () => void): void {
    const session = this.#client.sessionId
    const span = this.#world.dice.between(1, this.#settings.holdMsMax) * millisecond
    this.#world.timeline.planAfter(this.#draining ? millisecond : span, () => {
      if (session !== undefined && this.#client.sessionId === session) then()
    })
  }
}

function openDirectory(path: string): Operation {
  const contents = new Uint8Array(0)
  const shape = { mode: "read", create: "mayCreate", nodeKind: "directory", ephemeral: false } as const
  return { kind: "open", path, ...shape, sequential: false, contents, acl: {} }
}
