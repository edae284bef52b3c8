/**
 * Sessions, and their memory of recent calls: a call that comes twice is answered twice and carried out once. A result
 * is kept until the client says that it has the answer.
 */
import type { SessionId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { StepAnswer } from "../contract/requests.ts"
import type { MutatingOperation } from "./commands.ts"
import type { Fingerprinted } from "./entry-key.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"

export interface Session extends Fingerprinted {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly principal: string
  readonly host: string
  readonly processId: number
  readonly caching: boolean
  readonly sessionLeaseMs: DurationMs
  /** By which a retried CreateSession finds the session again. */
  readonly nonce: string
  /** Calls up to this number have been answered and their results forgotten, except those in `stillOpen`. */
  answeredThrough: number
  /** In ascending order. */
  stillOpen: readonly number[]
  readonly results: Map<number, Result>
  /** How much of what calls have read is remembered in them. Follows from the results. */
  rememberedBytes: number
  /**
   * On how many counts the session is engaged with a node: opens that keep it alive, holds and waits. Follows from the
   * nodes; kept so that the end of a session need not look at every node of the cell.
   */
  readonly engagements: Map<Node, number>
  /** On how many counts in all. */
  engagementCount: number
}

/** What a client says of a session as it creates it, and whom the door took it for. */
export type SessionClaim = Pick<
  Session,
  "clientName" | "principal" | "host" | "processId" | "caching" | "sessionLeaseMs" | "nonce"
>

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
  readonly #countByPrincipal = new Map<string, number>()
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

  countOf(principal: string): number {
    return this.#countByPrincipal.get(principal) ?? 0
  }

  has(session: Session): boolean {
    return this.#sessions.get(session.sessionId) === session
  }

  create(claim: SessionClaim): Session {
    this.#lastSessionId += 1
    const session = newSession({ ...claim, sessionId: this.#lastSessionId, answeredThrough: 0, stillOpen: [] })
    this.#add(session)
    return session
  }

  remove(session: Session): void {
    this.#sessions.delete(session.sessionId)
    this.#byNonce.delete(session.nonce)
    const left = this.countOf(session.principal) - 1
    if (left > 0) this.#countByPrincipal.set(session.principal, left)
    else this.#countByPrincipal.delete(session.principal)
  }

  /** Takes over sessions from storage, given in order of their ids. */
  restore(sessions: Iterable<Session>, lastSessionId: SessionId): void {
    for (const session of sessions) this.#add(session)
    this.#lastSessionId = lastSessionId
  }

  #add(session: Session): void {
    this.#sessions.set(session.sessionId, session)
    this.#byNonce.set(session.nonce, session)
    this.#countByPrincipal.set(session.principal, this.countOf(session.principal) + 1)
  }
}

type StoredFacts = SessionClaim & Pick<Session, "sessionId" | "answeredThrough" | "stillOpen">

export function newSession(facts: StoredFacts): Session {
  return {
    ...facts,
    results: new Map(),
    rememberedBytes: 0,
    engagements: new Map(),
    engagementCount: 0,
    fingerprint: 0,
  }
}

/** Whether the call may still come, or come again: the client has not said that it is done with it. */
export function isOpen({ answeredThrough, stillOpen }: Session, requestNumber: number): boolean {
  return requestNumber > answeredThrough || stillOpen.includes(requestNumber)
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
  session.rememberedBytes += bulkOf(outcome)
  return result
}

export function forgetResult(session: Session, { requestNumber, outcome }: Result): void {
  session.results.delete(requestNumber)
  session.rememberedBytes -= bulkOf(outcome)
}

/** Said before the call is carried out; the last one let through may be as large as one may be. */
export function refuseMoreRemembered(session: Session, kind: MutatingOperation["kind"]): Refusal | undefined {
  const { results, rememberedBytes } = session
  const { outstandingRequestsMax, rememberedBytesMax } = limits
  const isFull = results.size >= outstandingRequestsMax
  if (!isFull && (rememberedBytes < rememberedBytesMax || !bulkyKinds.has(kind))) return undefined
  const size = isFull ? `${results.size} calls` : `${rememberedBytes} bytes of answers`
  return refuse("QUOTA_EXCEEDED", `${size} of the session await their acknowledgement, as many as may.`)
}

/** Calls whose answers may be long. Those to all others are short, whatever they say. */
const bulkyKinds: ReadonlySet<MutatingOperation["kind"]> = new Set(["transact", "tryAcquire"])

/** What is long in an outcome: contents and facts that a transaction has read, holders that stood in the way. */
function bulkOf(outcome: StoredOutcome | undefined): number {
  switch (outcome?.kind) {
    case "transact":
      return outcome.answers.reduce((sum, answer) => sum + bulkOfStep(answer), 0)
    case "tryAcquire":
      if (outcome.acquired) return 0
      return outcome.holders.reduce((sum, { clientName, principal, host }) => {
        return sum + entryBytes + clientName.length + principal.length + host.length
      }, 0)
    default:
      return 0
  }
}

function bulkOfStep(answer: StepAnswer): number {
  const factsLength = answer.kind === "delete" ? 0 : answer.stat.path.length
  return entryBytes + factsLength + (answer.kind === "getContentsAndStat" ? answer.contents.length : 0)
}

/** Roughly, of a list's entry without its text. */
const entryBytes = 128

/** By number. The order in which they came is not part of the state: a restored replica doesn't know it. */
export function resultsInOrder(session: Session): readonly Result[] {
  return [...session.results.values()].sort((left, right) => left.requestNumber - right.requestNumber)
}

export function refuseMoreEngagements({ sessionId, clientName, engagementCount }: Session): Refusal | undefined {
  if (engagementCount < limits.engagementsPerSessionMax) return undefined
  return refuse(
    "QUOTA_EXCEEDED",
    `Session ${sessionId} (${clientName}) has ${engagementCount} locks, waits and ephemeral nodes, the most allowed.`,
  )
}

export function engage(session: Session, node: Node): void {
  session.engagements.set(node, (session.engagements.get(node) ?? 0) + 1)
  session.engagementCount += 1
}

export function disengage(session: Session, node: Node): void {
  const left = (session.engagements.get(node) ?? 0) - 1
  if (left > 0) session.engagements.set(node, left)
  else session.engagements.delete(node)
  session.engagementCount -= 1
}
