/**
 * The cell as all doors see it. In front of the replica it does what every door would have to do otherwise: refuse what
 * can be seen to be wrong, sign sequencers on their way out, verify them on their way in, and put the master's address
 * into refusals that send a caller there.
 */
import { equalBytes } from "../base/bytes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { ReplicaStatus, Reply, Request } from "../contract/requests.ts"
import { validateRequest } from "../contract/validate.ts"
import type { SignedOutcome, SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import type { Cell, Ticket } from "./cell.ts"
import type { CellConfig } from "./config.ts"
import { SequencerSigner } from "./sequencer-signer.ts"

export class SignedCell {
  readonly #cell: Cell
  readonly #config: CellConfig
  #seed: Uint8Array | undefined
  #signer: SequencerSigner | undefined
  /** Tickets of requests that never reach the replica are negative, so that they are not mixed up with its own. */
  #lastOwnTicket = 0

  constructor(cell: Cell, config: CellConfig) {
    this.#cell = cell
    this.#config = config
  }

  /** As the port of the cell: `onReply` is called once, later. */
  submit(request: SignedRequest, onReply: (reply: SignedReply) => void): Ticket {
    const admitted = this.#admit(request)
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
  #admit(request: SignedRequest): Request | SignedOutcome {
    const plain = this.#withClaims(request)
    if ("kind" in plain) return plain
    return validateRequest(plain, this.#config.cell) ?? plain
  }

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
    const { epoch, appliedThrough } = this.#cell.status()
    queueMicrotask(() => {
      onReply({ outcome, epoch, commitIndex: appliedThrough })
    })
    this.#lastOwnTicket -= 1
    return this.#lastOwnTicket
  }

  #signed(reply: Reply): SignedReply {
    const { outcome, epoch, commitIndex } = reply
    if (outcome.kind === "refused") return { outcome: this.#hinted(outcome), epoch, commitIndex }
    if (outcome.kind !== "getSequencer") return { outcome, epoch, commitIndex }
    const signer = this.#currentSigner()
    if (signer === undefined) return { outcome: keysUnknown, epoch, commitIndex }
    return { outcome: { kind: "getSequencer", sequencer: signer.sign(outcome.claims) }, epoch, commitIndex }
  }

  /** A replica knows the master's id, the configuration knows the address. */
  #hinted(refusal: Refusal): Refusal {
    if (refusal.code !== "NOT_MASTER" || refusal.masterHint !== undefined) return refusal
    const { master, replicaId } = this.#cell.status()
    const address = this.#config.replicas.find(({ id }) => id === master && id !== replicaId)?.grpc
    return address === undefined ? refusal : { ...refusal, masterHint: address }
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
