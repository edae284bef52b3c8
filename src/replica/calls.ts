/**
 * The mutating calls a leader has under way, from the queue through the log to the answer: queued, proposed in a slot,
 * or waiting for a lock. All of it is volatile. When the reign ends the callers are told so, and whether their call may
 * have taken effect; what was chosen is in the state, and a retry with the same request number finds it there.
 */
import type { SessionId, Slot } from "../base/brand.ts"
import { equalBytes } from "../base/bytes.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import { limits } from "../contract/limits.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Command } from "../state-machine/commands.ts"
import type { Applied } from "../state-machine/state-machine.ts"

/** `ticket` zero: nobody waits for an answer. */
export interface Call {
  readonly ticket: number
  readonly command: Command
  /** What it may touch, which can't be cached until it has been applied; undefined: that isn't known. */
  readonly keys: readonly CacheKey[] | undefined
}

/** What goes into one slot: at most so many calls, and so many bytes of contents. */
export interface BatchLimits {
  readonly commands: number
  readonly bytes: number
}

interface ProposedSlot {
  readonly value: Uint8Array
  readonly calls: readonly Call[]
}

export type Answer = (ticket: number, outcome: Outcome) => void

export class Calls {
  #queued: Call[] = []
  #queuedBytes = 0
  readonly #proposed = new Map<Slot, ProposedSlot>()
  /** Callers whose Acquire stands in a lock's queue, by session and request number. */
  readonly #waiting = new Map<string, Set<number>>()
  readonly #waitingKeyOf = new Map<number, string>()

  get queuedCount(): number {
    return this.#queued.length
  }

  /** Of contents that wait for their place in the log. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Whether a slot is on its way that was proposed here. */
  get isAnyProposed(): boolean {
    return this.#proposed.size > 0
  }

  enqueue(call: Call): void {
    this.#queuedBytes += contentsLength(call.command)
    this.#queued.push(call)
  }

  /** Whether more would not go into the next slot anyway. */
  isBatchFull(most: BatchLimits): boolean {
    return this.#queued.length >= most.commands || this.#queuedBytes >= most.bytes
  }

  /** The next calls for one slot. */
  takeBatch(most: BatchLimits): readonly Call[] {
    let count = 0
    let total = 0
    for (const { command } of this.#queued) {
      const length = contentsLength(command)
      if (count > 0 && (count >= most.commands || total + length > most.bytes)) break
      total += length
      count += 1
    }
    this.#queuedBytes -= total
    if (count === this.#queued.length) {
      const all = this.#queued
      this.#queued = []
      return all
    }
    return this.#queued.splice(0, count)
  }

  propose(slot: Slot, value: Uint8Array, calls: readonly Call[]): void {
    this.#proposed.set(slot, { value, calls })
  }

  /** What this reign proposed for `slot`, if that is what was chosen there. If it isn't, the reign is about to end. */
  takeChosen(slot: Slot, value: Uint8Array): readonly Call[] | undefined {
    const proposed = this.#proposed.get(slot)
    if (proposed === undefined || !equalBytes(proposed.value, value)) return undefined
    this.#proposed.delete(slot)
    return proposed.calls
  }

  /** Answers the calls of an applied slot, except Acquires that wait, and those whose waiting has come to its end. */
  settle(calls: readonly Call[], { outcomes, settled }: Applied, answer: Answer): void {
    for (let index = 0; index < calls.length; index += 1) {
      const { ticket, command } = calls[index] as Call
      if (ticket === 0) continue
      const outcome = outcomes[index]
      if (outcome !== undefined) answer(ticket, outcome)
      else if (command.kind === "call") this.wait(command.sessionId, command.requestNumber, ticket)
    }
    this.settleWaiting(settled, answer)
  }

  settleWaiting(settled: Applied["settled"], answer: Answer): void {
    for (const { sessionId, requestNumber, outcome } of settled) {
      const key = waitingKey(sessionId, requestNumber)
      for (const ticket of this.#waiting.get(key) ?? []) {
        this.#waitingKeyOf.delete(ticket)
        answer(ticket, outcome)
      }
      this.#waiting.delete(key)
    }
  }

  wait(sessionId: SessionId, requestNumber: number, ticket: number): void {
    const key = waitingKey(sessionId, requestNumber)
    const tickets = this.#waiting.get(key) ?? new Set()
    tickets.add(ticket)
    this.#waiting.set(key, tickets)
    this.#waitingKeyOf.set(ticket, key)
  }

  /** The caller is gone. The call keeps its place in the log and in the lock's queue; a retry may come for it. */
  abandon(ticket: number): void {
    const key = this.#waitingKeyOf.get(ticket)
    if (key === undefined) return
    this.#waitingKeyOf.delete(ticket)
    const tickets = this.#waiting.get(key)
    tickets?.delete(ticket)
    if (tickets?.size === 0) this.#waiting.delete(key)
  }

  /** The reign is over. `undone` are the tickets of calls that were never proposed, `unknown` those that may yet count. */
  clear(): { readonly undone: readonly number[]; readonly unknown: readonly number[] } {
    const undone = this.#queued.map(({ ticket }) => ticket)
    const proposed = [...this.#proposed.values()].flatMap(({ calls }) => calls.map(({ ticket }) => ticket))
    const unknown = [...proposed, ...this.#waitingKeyOf.keys()]
    this.#queued = []
    this.#queuedBytes = 0
    this.#proposed.clear()
    this.#waiting.clear()
    this.#waitingKeyOf.clear()
    return { undone: undone.filter((ticket) => ticket !== 0), unknown: unknown.filter((ticket) => ticket !== 0) }
  }
}

function waitingKey(sessionId: SessionId, requestNumber: number): string {
  return `${String(sessionId)}/${String(requestNumber)}`
}

/**
 * Of the contents that the command would write, and of whatever else can make a command long. What is left is so short
 * that a batch of nothing but that fits into a frame between replicas, and into a turn.
 */
export function contentsLength(command: Command): number {
  if (command.kind !== "call") return 0
  const { stillOpen, operation } = command
  const listed = stillOpen.length * numberBytes
  if (operation.kind !== "transact") return listed + ("contents" in operation ? operation.contents.length : 0)
  const { guards, then, otherwise } = operation
  const steps = [...then, ...otherwise]
  const written = steps.reduce((sum, step) => sum + ("contents" in step ? step.contents.length : 0), 0)
  return listed + written + (guards.length + steps.length) * partBytes
}

const numberBytes = 8
/** Of a guard or step without its contents: a path, and the names of ACLs. */
const partBytes = limits.pathBytesMax + 3 * limits.aclNameBytesMax
