/**
 * Why sessions ended, of the latest ones: whoever comes back to a session that is gone is told the reason. The oldest
 * are dropped, so that the memory of the dead stays small.
 */
import type { SessionId } from "../base/brand.ts"
import { limits } from "../contract/limits.ts"
import type { EndedSession } from "../contract/requests.ts"
import type { Fingerprinted } from "./entry-key.ts"

export interface EndedRecord extends EndedSession, Fingerprinted {}

export class EndedSessions {
  /** By index, and of one index by session id: a restored replica knows no other order, and must drop the same ones. */
  readonly #inOrder: EndedRecord[] = []
  readonly #byId = new Map<SessionId, EndedRecord>()

  /** The oldest first. */
  all(): readonly EndedRecord[] {
    return this.#inOrder
  }

  get(sessionId: SessionId): EndedRecord | undefined {
    return this.#byId.get(sessionId)
  }

  has(record: EndedRecord): boolean {
    return this.#byId.get(record.sessionId) === record
  }

  /** Takes a record in, and returns the one that had to go for it. */
  add(ended: EndedSession): { readonly added: EndedRecord; readonly dropped: EndedRecord | undefined } {
    const added: EndedRecord = { ...ended, fingerprint: 0 }
    this.#inOrder.splice(this.#placeOf(added), 0, added)
    this.#byId.set(added.sessionId, added)
    const dropped = this.#inOrder.length > limits.endedSessionsKept ? this.#inOrder.shift() : undefined
    if (dropped !== undefined) this.#byId.delete(dropped.sessionId)
    return { added, dropped }
  }

  /** From behind, where a newcomer belongs or nearly so. */
  #placeOf(newcomer: EndedRecord): number {
    let place = this.#inOrder.length
    for (; place > 0; place -= 1) if (isBefore(this.#inOrder[place - 1], newcomer)) break
    return place
  }
}

function isBefore(left: EndedRecord | undefined, right: EndedRecord): boolean {
  if (left === undefined || left.index !== right.index) return (left?.index ?? 0) < right.index
  return left.sessionId < right.sessionId
}
