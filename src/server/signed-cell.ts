/**
 * The cell as all doors see it: inside it a sequencer is claims, outside it is text with a signature. Sequencers are
 * signed on their way out and verified on their way in, here and nowhere else; everything else passes unchanged.
 */
import { equalBytes } from "../base/bytes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { ReplicaStatus, Reply, Request } from "../contract/requests.ts"
import type { SignedOutcome, SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import type { Cell, Ticket } from "./cell.ts"
import { SequencerSigner } from "./sequencer-signer.ts"

export class SignedCell {
  readonly #cell: Cell
  #seed: Uint8Array | undefined
  #signer: SequencerSigner | undefined
  /** Tickets of requests that never reach the replica are negative, so that they are not mixed up with its own. */
  #lastOwnTicket = 0

  constructor(cell: Cell) {
    this.#cell = cell
  }

  /** As the port of the cell: `onReply` is called once, later. */
  submit(request: SignedRequest, onReply: (reply: SignedReply) => void): Ticket {
    const admitted = this.#withClaims(request)
    if ("kind" in admitted) return this.#answerHere(admitted, onReply)
    return this.#cell.submit(admitted, (reply) => {
      onReply(this.#signed(reply))
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

  /** The request for the replica, or what can be answered without it. */
  #withClaims(request: SignedRequest): Request | SignedOutcome {
    const { operation } = request
    if (operation.kind !== "checkSequencer") return { ...request, operation }
    const signer = this.#currentSigner()
    if (signer === undefined) return keysUnknown
    const verification = signer.verify(operation.sequencer)
    switch (verification.kind) {
      case "genuine":
        return { ...request, operation: { kind: "checkSequencer", claims: verification.claims } }
      case "forged":
        return { kind: "checkSequencer", valid: false, reason: "The sequencer was not signed by this cell." }
      case "refused":
        return verification
    }
  }

  #answerHere(outcome: SignedOutcome, onReply: (reply: SignedReply) => void): Ticket {
    queueMicrotask(() => {
      onReply({ outcome, epoch: 0, commitIndex: 0 })
    })
    this.#lastOwnTicket -= 1
    return this.#lastOwnTicket
  }

  #signed(reply: Reply): SignedReply {
    const { outcome, epoch, commitIndex } = reply
    if (outcome.kind !== "getSequencer") return { outcome, epoch, commitIndex }
    const signer = this.#currentSigner()
    if (signer === undefined) return { outcome: keysUnknown, epoch, commitIndex }
    return { outcome: { kind: "getSequencer", sequencer: signer.sign(outcome.claims) }, epoch, commitIndex }
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

const keysUnknown: Refusal = refuse(
  "FAIL_OVER_IN_PROGRESS",
  "This replica has not learned the key that the cell signs sequencers with.",
)
