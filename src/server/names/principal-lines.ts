/**
 * The lines of all principals for whom names are looked up here. There are few at a time: each is a session of the cell,
 * a connection and a cache. Whoever has not asked for longest makes room for the next, unless something of theirs is
 * being watched; a line that nobody uses for a while is given back.
 */
import type { Instant } from "../../base/instant.ts"
import type { Surroundings } from "../../client/surroundings.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { nameLimits } from "./name-limits.ts"
import type { PrincipalLine } from "./principal-line.ts"

export type Line = Pick<PrincipalLine, "lookUp" | "known" | "lookUpAtMaster" | "list" | "watch" | "close">

interface Held {
  readonly line: Line
  usedAt: Instant
  /** Lookups and watches that are under way. */
  holderCount: number
}

export class PrincipalLines {
  readonly #open: (principal: string) => Line
  readonly #surroundings: Pick<Surroundings, "now" | "schedule">
  /** The one used last is the last. */
  readonly #held = new Map<string, Held>()
  #stopSweeping: (() => void) | undefined

  constructor(open: (principal: string) => Line, surroundings: Pick<Surroundings, "now" | "schedule">) {
    this.#open = open
    this.#surroundings = surroundings
  }

  get count(): number {
    return this.#held.size
  }

  /** What is known for the principal at this very moment. */
  peek(principal: string): Line | undefined {
    const held = this.#held.get(principal)
    if (held !== undefined) held.usedAt = this.#surroundings.now()
    return held?.line
  }

  /** Until it is released, the line stays. */
  hold(principal: string): { readonly line: Line; readonly release: () => void } | Refusal {
    const held = this.#held.get(principal) ?? this.#make(principal)
    if ("kind" in held) return held
    held.holderCount += 1
    this.#use(principal, held)
    return {
      line: held.line,
      release: () => {
        held.holderCount -= 1
        if (this.#held.get(principal) === held) this.#use(principal, held)
      },
    }
  }

  async close(): Promise<void> {
    this.#stopSweeping?.()
    const lines = [...this.#held.values()].map(({ line }) => line)
    this.#held.clear()
    await Promise.all(lines.map((line) => line.close()))
  }

  #make(principal: string): Held | Refusal {
    if (this.#held.size >= nameLimits.sessions && !this.#makeRoom()) {
      const most = nameLimits.sessions
      return refuse("OVERLOADED", `${most} principals are looking names up at this replica, as many as may.`)
    }
    const held = { line: this.#open(principal), usedAt: this.#surroundings.now(), holderCount: 0 }
    this.#stopSweeping ??= this.#sweepLater()
    return held
  }

  #use(principal: string, held: Held): void {
    held.usedAt = this.#surroundings.now()
    this.#held.delete(principal)
    this.#held.set(principal, held)
  }

  #makeRoom(): boolean {
    for (const [principal, { holderCount }] of this.#held) {
      if (holderCount > 0) continue
      this.#drop(principal)
      return true
    }
    return false
  }

  #sweepLater(): () => void {
    return this.#surroundings.schedule(nameLimits.sessionIdleMs, () => {
      const idleSince = this.#surroundings.now() - nameLimits.sessionIdleMs
      for (const [principal, { usedAt, holderCount }] of this.#held) {
        if (holderCount === 0 && usedAt <= idleSince) this.#drop(principal)
      }
      this.#stopSweeping = this.#held.size === 0 ? undefined : this.#sweepLater()
    })
  }

  #drop(principal: string): void {
    const held = this.#held.get(principal)
    this.#held.delete(principal)
    // Its session is told to the cell as closed; nobody waits for that.
    void held?.line.close()
  }
}
