/**
 * Sessions, and their memory of recent calls: a call that comes twice is answered twice and carried out once. A result
 * is kept until the client says that it has the answer.
 */
import type { SessionId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import type { Fingerprinted } from "./entry-key.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"

export interface Session extends Fingerprinted {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly sessionLeaseMs: DurationMs
  /** By which a retried CreateSession finds the session again. */
  readonly nonce: string
  /** Calls up to this number have been answered; their results are forgotten. */
  answeredThrough: number
  readonly results: Map<number, Result>
  /**
   * On how many counts the session is engaged with a node: opens that keep it alive, holds and waits. Follows from the
   * nodes; kept so that the end of a session need not look at every node of the cell.
   */
  readonly engagements: Map<Node, number>
}

export interface Result extends Fingerprinted {
  readonly sessionId: SessionId
  readonly requestNumber: number
  /** Tells a retry from another call under the same number. Undefined: for whatever may come, see `forestall`. */
  readonly operationFingerprint: number | undefined
  /** Undefined: an Acquire that still waits. */
  outcome: StoredOutcome | undefined
  /** The node whose lock it waits for. Follows from that node's queue. */
  awaited: Node | undefined
}

export class SessionTable {
  readonly #sessions = new Map<SessionId, Session>()
  readonly #byNonce = new Map<string, Session>()
  #lastSessionId: SessionId = 0

  get size(): number {
    return this.#sessions.size
  }

  /** The highest number ever given to a session. */
  get lastSessionId(): SessionId {
    return this.#lastSessionId
  }

  /** In order of their ids. */
  all(): IterableIterator<Session> {
    return this.#sessions.values()
  }

  get(sessionId: SessionId): Session | undefined {
    return this.#sessions.get(sessionId)
  }

  byNonce(nonce: string): Session | undefined {
    return this.#byNonce.get(nonce)
  }

  has(session: Session): boolean {
    return this.#sessions.get(session.sessionId) === session
  }

  create(clientName: string, sessionLeaseMs: DurationMs, nonce: string): Session {
    this.#lastSessionId += 1
    const session = newSession({
      sessionId: this.#lastSessionId,
      clientName,
      sessionLeaseMs,
      nonce,
      answeredThrough: 0,
    })
    this.#add(session)
    return session
  }

  remove(session: Session): void {
    this.#sessions.delete(session.sessionId)
    this.#byNonce.delete(session.nonce)
  }

  /** Takes over sessions from storage, given in order of their ids. */
  restore(sessions: Iterable<Session>, lastSessionId: SessionId): void {
    for (const session of sessions) this.#add(session)
    this.#lastSessionId = lastSessionId
  }

  #add(session: Session): void {
    this.#sessions.set(session.sessionId, session)
    this.#byNonce.set(session.nonce, session)
  }
}

type SessionFacts = Pick<Session, "sessionId" | "clientName" | "sessionLeaseMs" | "nonce" | "answeredThrough">

export function newSession(facts: SessionFacts): Session {
  return { ...facts, results: new Map(), engagements: new Map(), fingerprint: 0 }
}

/** Answers a call that has not come yet, and may come no more. */
export function forestall(session: Session, requestNumber: number, outcome: StoredOutcome): Result {
  return remember(session, requestNumber, undefined, outcome, undefined)
}

export function remember(
  session: Session,
  requestNumber: number,
  operationFingerprint: number | undefined,
  outcome: StoredOutcome | undefined,
  awaited: Node | undefined,
): Result {
  const { sessionId } = session
  const result: Result = { sessionId, requestNumber, operationFingerprint, outcome, awaited, fingerprint: 0 }
  session.results.set(requestNumber, result)
  return result
}

/** By number. The order in which they came is not part of the state: a restored replica doesn't know it. */
export function resultsInOrder(session: Session): readonly Result[] {
  return [...session.results.values()].sort((left, right) => left.requestNumber - right.requestNumber)
}

export function engage(session: Session, node: Node): void {
  session.engagements.set(node, (session.engagements.get(node) ?? 0) + 1)
}

export function disengage(session: Session, node: Node): void {
  const left = (session.engagements.get(node) ?? 0) - 1
  if (left > 0) session.engagements.set(node, left)
  else session.engagements.delete(node)
}
