/**
 * The cell as all doors see it: inside it a sequencer is claims, outside it is text with a signature. Sequencers are
 * signed on their way out and verified on their way in, here and nowhere else; everything else passes unchanged.
 */
import type { Epoch } from "../base/brand.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer, Guard, Operation, Outcome, ReplicaStatus, Request } from "../contract/requests.ts"
import { type SequencerClaims, type SequencerStatement, claimsOf } from "../contract/sequencer.ts"
import type { SequencerKeys } from "../contract/signing-keys.ts"
import type { SignedOperation, SignedOutcome, SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import type { Entropy } from "../host/ports.ts"
import type { Cell, Ticket } from "./cell.ts"
import { Keyring, freshSeeds } from "./keyring.ts"
import { SequencerSigner } from "./sequencer-signer.ts"

export interface SignedCellOptions {
  readonly cellId: string
  /** The wall clock, in milliseconds since 1970: what sequencers say of the time at which they were signed. */
  readonly now: () => number
  /** For fresh signing keys. */
  readonly entropy: Entropy
}

/** What goes on to the replica, or what can be answered without it. */
type Admission<Admitted> =
  | { readonly kind: "admitted"; readonly value: Admitted }
  /** `claims`: of a sequencer whose key is not known here; so this is the answer only if the master doesn't know it. */
  | { readonly kind: "answered"; readonly outcome: SignedOutcome; readonly claims?: SequencerClaims }

interface KnownKeys extends SequencerKeys {
  readonly kind: "known"
}

/** What a text that is shown as a sequencer turns out to be. */
type Examination =
  | { readonly kind: "ours"; readonly claims: SequencerClaims }
  /** Shaped like a sequencer, but nothing that this cell has said. */
  | { readonly kind: "foreign"; readonly detail: string; readonly claims?: SequencerClaims }
  | Refusal

export class SignedCell {
  readonly #cell: Cell
  readonly #cellId: string
  readonly #now: () => number
  readonly #entropy: Entropy
  readonly #signer: SequencerSigner
  /** Those that the replica knows. */
  readonly keyring: Keyring
  /** Tickets of requests that never reach the replica are negative, so that they are not mixed up with its own. */
  #lastOwnTicket = 0

  constructor(cell: Cell, { cellId, now, entropy }: SignedCellOptions) {
    this.#cell = cell
    this.#cellId = cellId
    this.#now = now
    this.#entropy = entropy
    this.keyring = new Keyring(cell)
    this.#signer = new SequencerSigner(this.keyring)
  }

  /** As the port of the cell: `onReply` is called once, later. `principal`: whom the door takes the caller for. */
  submit(request: SignedRequest, principal: string, onReply: (reply: SignedReply) => void): Ticket {
    const admission = this.#admit(request, principal)
    if (admission.kind === "answered") {
      const { outcome, claims } = admission
      if (claims === undefined) return this.#answerHere(outcome, onReply)
      return this.#answerAsMaster(outcome, claims, principal, onReply)
    }
    return this.#cell.submit(admission.value, (reply) => {
      const signing: Signing = { operation: request.operation, principal, epoch: reply.epoch }
      onReply({ ...reply, outcome: this.#signed(reply.outcome, signing) })
    })
  }

  abandon(ticket: Ticket): void {
    if (ticket > 0) this.#cell.abandon(ticket)
  }

  status(): ReplicaStatus {
    return this.#cell.status()
  }

  handOver(): void {
    this.#cell.handOver()
  }

  /** Those by which sequencers can be verified, as far as this replica knows. */
  sequencerKeys(): KnownKeys | Refusal {
    const keys = this.keyring.publicKeys()
    if (keys.length === 0) return keysUnknown
    return { kind: "known", keys, commitIndex: this.#cell.status().appliedThrough }
  }

  #admit(request: SignedRequest, principal: string): Admission<Request> {
    const lock = request.underSequencer === "" ? noCondition : this.#claimsOf(request.underSequencer)
    if (lock.kind === "answered") return lock
    const inside = this.#operationInside(request.operation)
    if (inside.kind === "answered") return inside
    // Field by field: to copy "the rest" of the request was a fifth of what the master did for a read.
    return admitted({
      sessionId: request.sessionId,
      requestNumber: request.requestNumber,
      answeredThrough: request.answeredThrough,
      stillOpen: request.stillOpen,
      epoch: request.epoch,
      forCache: request.forCache,
      principal,
      underSequencer: lock.value,
      operation: inside.value,
    })
  }

  #operationInside(operation: SignedOperation): Admission<Operation> {
    switch (operation.kind) {
      case "checkSequencer": {
        const examined = this.#examine(operation.sequencer)
        // Whether a sequencer is any good is the very question, so "it is forged" is an answer here.
        if (examined.kind === "foreign") {
          const outcome = { kind: "checkSequencer", valid: false, reason: examined.detail } as const
          return { ...examined, kind: "answered", outcome }
        }
        if (examined.kind === "refused") return { kind: "answered", outcome: examined }
        return admitted({ kind: "checkSequencer", claims: examined.claims })
      }
      case "transact": {
        const guards: Guard[] = []
        for (const guard of operation.guards) {
          if (guard.kind !== "lockHeld") {
            guards.push(guard)
            continue
          }
          const lock = this.#claimsOf(guard.sequencer)
          if (lock.kind === "answered") return lock
          guards.push({ kind: "lockHeld", claims: lock.value })
        }
        return admitted({ ...operation, guards })
      }
      case "rotateSigningKeys":
        return admitted({ ...operation, seeds: freshSeeds(this.#entropy), isScheduled: false })
      default:
        return admitted(operation)
    }
  }

  /**
   * Of a sequencer that a call depends on. A forged one is refused: if it counted as a lock not held, the `otherwise` of
   * a transaction would be done on the strength of a text that says nothing about any lock.
   */
  #claimsOf(sequencer: string): Admission<SequencerClaims> {
    const examined = this.#examine(sequencer)
    switch (examined.kind) {
      case "ours":
        return admitted(examined.claims)
      case "foreign":
        return { ...examined, kind: "answered", outcome: refuse("SEQUENCER_MALFORMED", examined.detail) }
      case "refused":
        return { kind: "answered", outcome: examined }
    }
  }

  #examine(sequencer: string): Examination {
    if (this.keyring.keys.length === 0) return keysUnknown
    const verification = this.#signer.verify(sequencer)
    if (verification.kind === "refused") return verification
    if (verification.kind === "forged") return { kind: "foreign", detail: "The sequencer was not signed by this cell." }
    const { kind, statement } = verification
    // A cell that was restored under a new id from the records of another has that one's keys.
    if (statement.cellId !== this.#cellId) {
      const detail = `The sequencer is one of the cell ${statement.cellId}, not of ${this.#cellId}.`
      return { kind: "foreign", detail }
    }
    if (kind === "genuine") return { kind: "ours", claims: claimsOf(statement) }
    const detail = "The sequencer was signed by a key that this cell never had, or has given up."
    return { kind: "foreign", detail, claims: claimsOf(statement) }
  }

  /**
   * A replica that is behind has not heard of the latest keys, and one that was master until a moment ago may not have
   * either. So before a sequencer is called foreign for its key, the cell is asked what it thinks of the claims: whatever
   * it says, only a master that holds its lease says it. A refusal tells the caller where that master is.
   */
  #answerAsMaster(
    outcome: SignedOutcome,
    claims: SequencerClaims,
    principal: string,
    onReply: (reply: SignedReply) => void,
  ): Ticket {
    const { keys } = this.keyring
    const question: Request = { ...unnumbered, principal, operation: { kind: "checkSequencer", claims } }
    return this.#cell.submit(question, (reply) => {
      if (reply.outcome.kind === "refused") onReply({ ...reply, outcome: reply.outcome })
      else onReply({ ...reply, outcome: keys === this.keyring.keys ? outcome : keysUnknown })
    })
  }

  #answerHere(outcome: SignedOutcome, onReply: (reply: SignedReply) => void): Ticket {
    queueMicrotask(() => {
      onReply({ outcome, epoch: 0, commitIndex: 0, cachable: false })
    })
    this.#lastOwnTicket -= 1
    return this.#lastOwnTicket
  }

  #signed(outcome: Outcome, signing: Signing): SignedOutcome {
    switch (outcome.kind) {
      case "getSequencer": {
        const sequencer = this.#signer.sign(this.#statementOf(outcome.claims, signing))
        return sequencer === undefined ? keysUnknown : { kind: "getSequencer", sequencer }
      }
      case "acquire":
        return { ...outcome, sequencer: this.#sequencerOf(outcome, signing) }
      case "tryAcquire":
        return outcome.acquired ? { ...outcome, sequencer: this.#sequencerOf(outcome, signing) } : outcome
      case "rotateSigningKeys":
        return { ...outcome, keys: this.keyring.publicKeys() }
      default:
        return outcome
    }
  }

  /** What GetSequencer would say to the new holder, a round trip earlier. Empty while the key is unknown. */
  #sequencerOf({ stat, lockGeneration }: Granted, signing: Signing): string {
    const { operation } = signing
    if (operation.kind !== "acquire" && operation.kind !== "tryAcquire") return ""
    const { path, instance } = stat
    const claims = { cell: cellOf(path), path, instance, mode: operation.mode, lockGeneration }
    return this.#signer.sign(this.#statementOf(claims, signing)) ?? ""
  }

  #statementOf(claims: SequencerClaims, { principal, epoch }: Signing): SequencerStatement {
    return { ...claims, cellId: this.#cellId, epoch, principal, issuedAt: Math.floor(this.#now() / 1000) }
  }
}

/** What a call says of itself that its sequencer repeats: who asks is who holds, for a lock is its session's. */
interface Signing {
  readonly operation: SignedOperation
  readonly principal: string
  readonly epoch: Epoch
}

type Granted = Pick<Extract<Answer, { kind: "acquire" }>, "stat" | "lockGeneration">

function admitted<Admitted>(value: Admitted): { readonly kind: "admitted"; readonly value: Admitted } {
  return { kind: "admitted", value }
}

const noCondition = admitted(undefined)

/** Of a request that nothing of its caller's goes into. */
const unnumbered = {
  ...{ sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0 },
  ...{ forCache: false, underSequencer: undefined },
}

/** Of a path as stats have it: `/ls/<cell>/...`. */
function cellOf(path: string): string {
  return path.split("/", 3)[2] ?? ""
}

const keysUnknown: Refusal = refuse(
  "FAIL_OVER_IN_PROGRESS",
  "This replica has not learned the key that the cell signs sequencers with.",
)
