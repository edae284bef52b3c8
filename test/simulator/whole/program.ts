/**
 * A program on a client's machine: opens a session, runs errands in it, several at a time, hears events, and closes it
 * again or loses it; and then the next. When the faults are over it finishes what it has begun and begins nothing more.
 */
import type { Session, SessionEvent } from "../../../src/client/index.ts"
import { appear, holdLock, tryLock } from "./lock-errands.ts"
import {
  list,
  peek,
  prepare,
  readFile,
  readStat,
  remove,
  swap,
  transfer,
  useHandle,
  write,
  writeRow,
} from "./file-errands.ts"
import type { Boot } from "./machine.ts"
import { attempt, type Errand, pause, type Tools } from "./tools.ts"
import { follow } from "./watching.ts"

const errands = {
  ...{ readFile, readStat, list, write, writeRow, swap, remove, transfer, useHandle },
  ...{ holdLock, tryLock, appear },
} satisfies Readonly<Record<string, Errand>>

export type ErrandName = keyof typeof errands
/** How often each errand is taken, out of the sum of all. */
export type ErrandMix = Readonly<Record<ErrandName, number>>

export interface ProgramSettings {
  readonly mix: ErrandMix
  readonly sessionLeaseMs: number
  readonly thinkMsMax: number
  /** Between two looks into the cache. */
  readonly peekEveryMsMax: number
  /** Errands at a time. */
  readonly workerCount: number
  readonly watchCount: number
  /** Sessions that are closed after a while, in a hundred. */
  readonly briefPercent: number
}

/** Told of a session that its program has not closed. */
export type OnLost = (session: Session, reason: string) => void

export class Program {
  readonly #boot: Boot
  readonly #tools: Tools
  readonly #settings: ProgramSettings
  readonly #onLost: OnLost
  readonly #choices: readonly ErrandName[]
  #session: Session | undefined
  #isIdle = false

  constructor(boot: Boot, tools: Tools, settings: ProgramSettings, onLost: OnLost) {
    this.#boot = boot
    this.#tools = tools
    this.#settings = settings
    this.#onLost = onLost
    const { mix } = settings
    this.#choices = (Object.keys(mix) as ErrandName[]).flatMap((name) => Array<ErrandName>(mix[name]).fill(name))
  }

  /** It has finished everything that it had begun; its session, if it has one, is still open. */
  get isIdle(): boolean {
    return this.#isIdle || !this.#boot.process.isAlive
  }

  async live(): Promise<void> {
    while (!this.#tools.isDraining()) await this.#liveOnce()
    this.#isIdle = true
  }

  async leave(): Promise<void> {
    if (this.#boot.process.isAlive) await this.#session?.close()
  }

  async #liveOnce(): Promise<void> {
    const { sessionLeaseMs, watchCount, workerCount, briefPercent } = this.#settings
    const { dice, mark } = this.#tools
    const caching = !dice.chance(1, 10)
    const opened = await attempt(this.#boot.client.openSession({ sessionLeaseMs, caching }), this.#tools)
    if (opened.kind === "failed") return
    const session = opened.value
    this.#session = session
    mark("session opened")
    let isClosing = false
    void this.#hear(session.events(), session)
    if (dice.chance(briefPercent, 100)) {
      this.#boot.process.surroundings.schedule(dice.between(1, 30_000), () => {
        isClosing = true
      })
    }
    await prepare(session, this.#tools)
    for (let count = 0; count < watchCount; count += 1) void follow(session, this.#tools)
    const isOver = (): boolean => isClosing || this.#tools.isDraining() || session.standing === "expired"
    void this.#peek(session, isOver)
    await Promise.all(Array.from({ length: workerCount }, () => this.#work(session, isOver)))
    if (this.#tools.isDraining() || session.standing === "expired") return
    await attempt(session.close(), this.#tools)
    mark("session closed")
  }

  async #work(session: Session, isOver: () => boolean): Promise<void> {
    const { dice } = this.#tools
    for (;;) {
      await pause(dice.between(1, this.#settings.thinkMsMax), this.#tools)
      if (isOver()) return
      await errands[dice.pick(this.#choices)](session, this.#tools)
    }
  }

  /** All the time: what is stale may be so for a moment only. */
  async #peek(session: Session, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      peek(session, this.#tools)
      await pause(this.#tools.dice.between(1, this.#settings.peekEveryMsMax), this.#tools)
    }
  }

  async #hear(events: AsyncIterable<SessionEvent>, session: Session): Promise<void> {
    for await (const event of events) {
      this.#tools.mark(`session ${event.kind}`)
      if (event.kind === "expired") this.#onLost(session, event.reason)
    }
  }
}
