/**
 * Everything for which a request is turned away before it is looked at as an operation: it is malformed, this is not the
 * master or not any more, the caller's epoch is another one, its session is not its own, or there is too much to do.
 */
import type { Epoch, ReplicaId, SessionId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { type ErrorCode, isRetryable, type Refusal, refuse } from "../contract/errors.ts"
import type { Request } from "../contract/requests.ts"
import { validateRequest } from "../contract/validate.ts"
import type { Paxos } from "../paxos/paxos.ts"
import { type Load, refuseOverload } from "./load.ts"
import { PutOff } from "./put-off.ts"
import type { Surroundings } from "./surroundings.ts"

/** What a replica knows of its own standing. */
export interface Standing {
  readonly isLeading: boolean
  /** Zero: it leads, if at all, without having begun its reign. */
  readonly epoch: Epoch
  readonly isMaster: boolean
  readonly load: Load
}

/** `underLease`: the refusal speaks of the state, and holds only while the master lease does. */
export type Admitted = { readonly refusal: Refusal; readonly underLease: boolean } | undefined

export class Admission {
  readonly #surroundings: Surroundings
  readonly #paxos: Paxos
  readonly #putOff = new PutOff()
  /** Since when this replica has known of no leader. */
  #leaderlessSince: Instant | undefined

  constructor(surroundings: Surroundings, paxos: Paxos) {
    this.#surroundings = surroundings
    this.#paxos = paxos
  }

  watch(now: Instant): void {
    if (this.#paxos.leader(now) !== 0) this.#leaderlessSince = undefined
    else this.#leaderlessSince ??= now
  }

  refusalOf(request: Request, standing: Standing, now: Instant): Admitted {
    const refused = this.#judge(request, standing, now)
    const { sessionId, requestNumber } = request
    if (refused === undefined) this.#putOff.takenIn(request)
    // What is in the log already was overtaken by nobody.
    else if (isRetryable(refused.refusal.code) && !this.#isInLog(sessionId, requestNumber))
      this.#putOff.note(request, now)
    return refused
  }

  #isInLog(sessionId: SessionId, requestNumber: number): boolean {
    return this.#surroundings.machine().recall(sessionId, requestNumber) !== undefined
  }

  #judge(request: Request, standing: Standing, now: Instant): Admitted {
    const refusal =
      validateRequest(request, this.#surroundings.settings.cellName) ??
      this.#refuseUnlessMaster(standing, now) ??
      refuseEpoch(request.epoch, standing.epoch)
    if (refusal !== undefined) return { refusal, underLease: false }
    const strange = this.#refuseStranger(request)
    if (strange !== undefined) return { refusal: strange, underLease: true }
    const putOff = refuseOverload(request.operation.kind, standing.load) ?? this.#refuseToOvertake(request, now)
    return putOff === undefined ? undefined : { refusal: putOff, underLease: false }
  }

  #refuseUnlessMaster({ isLeading, epoch, isMaster }: Standing, now: Instant): Refusal | undefined {
    if (!isLeading) return this.#elsewhere(now)
    if (epoch === 0) return this.#unavailable("FAIL_OVER_IN_PROGRESS", "A new master is taking over.")
    if (isMaster) return undefined
    return this.#unavailable("NO_QUORUM", "The master has not heard from a majority of replicas within its lease.")
  }

  /** A session is its principal's alone. */
  #refuseStranger({ sessionId, principal }: Request): Refusal | undefined {
    if (sessionId === 0) return undefined
    return this.#surroundings.machine().refuseStranger(sessionId, principal)
  }

  #refuseToOvertake(request: Request, now: Instant): Refusal | undefined {
    if (!this.#putOff.isAhead(request, now)) return undefined
    return this.#unavailable(
      "FAIL_OVER_IN_PROGRESS",
      "An earlier call of the session was put off: it has to come first.",
    )
  }

  #elsewhere(now: Instant): Refusal {
    const { doors, masterLeaseMs, electionJitterMs, self } = this.#surroundings.settings
    const master: ReplicaId = this.#paxos.leader(now)
    if (master !== 0) {
      return { ...refuse("NOT_MASTER", `Replica ${master} is master.`), masterHint: doors.get(master) ?? "" }
    }
    const patienceMs = 3 * masterLeaseMs + 2 * electionJitterMs
    const isPatient = now - (this.#leaderlessSince ?? now) < patienceMs
    return this.#unavailable(isPatient ? "FAIL_OVER_IN_PROGRESS" : "NO_QUORUM", `Replica ${self} knows of no master.`)
  }

  /** A fail-over takes about as long as an election; a lost quorum is not back any sooner than a lease lasts. */
  #unavailable(code: Extract<ErrorCode, "FAIL_OVER_IN_PROGRESS" | "NO_QUORUM">, detail: string): Refusal {
    const { masterLeaseMs, heartbeatMs } = this.#surroundings.settings
    return { ...refuse(code, detail), retryAfterMs: code === "NO_QUORUM" ? masterLeaseMs : heartbeatMs }
  }
}

function refuseEpoch(asked: Epoch, epoch: Epoch): Refusal | undefined {
  if (asked > epoch) return refuse("EPOCH_STALE", `This master's epoch is ${epoch}, there is a newer.`)
  if (asked !== 0 && asked < epoch) return refuse("EPOCH_STALE", `The epoch is ${epoch} by now.`)
  return undefined
}
