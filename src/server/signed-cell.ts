/**
 * The cell as all doors see it: inside it a sequencer is claims, outside it is text with a signature. Sequencers are
 * signed on their way out and verified on their way in, here and nowhere else; everything else passes unchanged.
 */
import { equalBytes } from "../base/bytes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer, Guard, Operation, Outcome, ReplicaStatus, Request } from "../contract/requests.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"
import type { SignedOperation, SignedOutcome, SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import type { Cell, Ticket } from "./cell.ts"
import { SequencerSigner, type Verification } from "./sequencer-signer.ts"

/** What goes on to the replica, or what can be answered without it. */
type Admission<Admitted> =
  | { readonly kind: "admitted"; readonly value: Admitted }
  | { readonly kind: "answered"; readonly outcome: SignedOutcome }

export class SignedCell {
  readonly #cell: Cell
  #seed: Uint8Array | undefined
  #signer: SequencerSigner | undefined
  /** Tickets of requests that never reach the replica are negative, so that they are not mixed up with its own. */
  #lastOwnTicket = 0

  constructor(cell: Cell) {
    this.#cell = cell
  }

  /** As the port of the cell: `onReply` is called once, later. `principal`: whom the door takes the caller for. */
  submit(request: SignedRequest, principal: string, onReply: (reply: SignedReply) => void): Ticket {
    const admission = this.#admit(request, principal)
    if (admission.kind === "answered") return this.#answerHere(admission.outcome, onReply)
    return this.#cell.submit(admission.value, (reply) => {
      onReply({ ...reply, outcome: this.#signed(reply.outcome, request.operation) })
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

  #admit(request: SignedRequest, principal: string): Admission<Request> {
    const { underSequencer: sequencer, operation, ...rest } = request
    const lock = sequencer === "" ? noCondition : this.#claimsOf(sequencer)
    if (lock.kind === "answered") return lock
    const inside = this.#operationInside(operation)
    if (inside.kind === "answered") return inside
    return admitted({ ...rest, principal, underSequencer: lock.value, operation: inside.value })
  }

  #operationInside(operation: SignedOperation): Admission<Operation> {
    switch (operation.kind) {
      case "checkSequencer": {
        const verification = this.#verify(operation.sequencer)
        // Whether a sequencer is any good is the very question, so "it is forged" is an answer here.
        if (verification.kind === "forged") {
          return { kind: "answered", outcome: { kind: "checkSequencer", valid: false, reason: forged.detail } }
        }
        if (verification.kind === "refused") return { kind: "answered", outcome: verification }
        return admitted({ kind: "checkSequencer", claims: verification.claims })
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
      default:
        return admitted(operation)
    }
  }

  /**
   * Of a sequencer that a call depends on. A forged one is refused: if it counted as a lock not held, the `otherwise` of
   * a transaction would be done on the strength of a text that says nothing about any lock.
   */
  #claimsOf(sequencer: string): Admission<SequencerClaims> {
    const verification = this.#verify(sequencer)
    switch (verification.kind) {
      case "genuine":
        return admitted(verification.claims)
      case "forged":
        return { kind: "answered", outcome: forged }
      case "refused":
        return { kind: "answered", outcome: verification }
    }
  }

  #verify(sequencer: string): Verification {
    return this.#currentSigner()?.verify(sequencer) ?? keysUnknown
  }

  #answerHere(outcome: SignedOutcome, onReply: (reply: SignedReply) => void): Ticket {
    queueMicrotask(() => {
      onReply({ outcome, epoch: 0, commitIndex: 0, cachable: false })
    })
    this.#lastOwnTicket -= 1
    return this.#lastOwnTicket
  }

  #signed(outcome: Outcome, operation: SignedOperation): SignedOutcome {
    switch (outcome.kind) {
      case "getSequencer": {
        const signer = this.#currentSigner()
        return signer === undefined ? keysUnknown : { ...outcome, sequencer: signer.sign(outcome.claims) }
      }
      case "acquire":
        return { ...outcome, sequencer: this.#sequencerOf(outcome, operation) }
      case "tryAcquire":
        return outcome.acquired ? { ...outcome, sequencer: this.#sequencerOf(outcome, operation) } : outcome
      default:
        return outcome
    }
  }

  /** What GetSequencer would say to the new holder, a round trip earlier. Empty while the key is unknown. */
  #sequencerOf({ stat, lockGeneration }: Granted, operation: SignedOperation): string {
    const signer = this.#currentSigner()
    if (signer === undefined || (operation.kind !== "acquire" && operation.kind !== "tryAcquire")) return ""
    const { path, instance } = stat
    return signer.sign({ cell: cellOf(path), path, instance, mode: operation.mode, lockGeneration })
  }

  #currentSigner(): SequencerSigner | undefined {
    const seed = this.#cell.signingSeed()
    if (seed === undefined) return undefined
    if (this.#signer === undefined || this.#seed === undefined || !equalBytes(seed, this.#seed)) {
      this.#seed = seed
      this.#signer = new SequencerSigner(seed)
    }
    return this.#signer
  }
}

type Granted = Pick<Extract<Answer, { kind: "acquire" }>, "stat" | "lockGeneration">

function admitted<Admitted>(value: Admitted): { readonly kind: "admitted"; readonly value: Admitted } {
  return { kind: "admitted", value }
}

const noCondition = admitted(undefined)

/** Of a path as stats have it: `/ls/<cell>/...`. */
function cellOf(path: string): string {
  return path.split("/", 3)[2] ?? ""
}

const forged: Refusal = refuse("SEQUENCER_MALFORMED", "The sequencer was not signed by this cell.")

const keysUnknown: Refusal = refuse(
  "FAIL_OVER_IN_PROGRESS",
  "This replica has not learned the key that the cell signs sequencers with.",
)
