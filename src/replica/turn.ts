/** What one turn of a replica has produced so far. Becomes the turn's `Effects`. */
import type { ReplicaId } from "../base/brand.ts"
import type { JournalRecord } from "../journal/record.ts"
import { Outbox, type PaxosEnvelope } from "../paxos/effects.ts"
import type { PaxosMessage } from "../paxos/messages.ts"
import type { Envelope, SnapshotRead, TicketReply, TraceEvent } from "./effects.ts"
import type { PeerMessage } from "./peer-messages.ts"

export class Turn {
  readonly paxos: Outbox = new Outbox()
  readonly journal: JournalRecord[] = []
  readonly send: Envelope[] = []
  readonly replies: TicketReply[] = []
  readonly snapshotReads: SnapshotRead[] = []
  readonly trace: TraceEvent[] = []
  quarantine: string | undefined
  #lastMessage: PaxosMessage | undefined
  #lastWrapped: PeerMessage | undefined

  sendAfterSync(): Envelope[] {
    return this.paxos.sendAfterSync.map((envelope) => this.wrapped(envelope))
  }

  /** One message to several replicas stays one object, so that the host encodes it once. */
  wrapped({ to, message }: PaxosEnvelope): Envelope {
    if (message !== this.#lastMessage || this.#lastWrapped === undefined) {
      this.#lastMessage = message
      this.#lastWrapped = { kind: "paxos", message }
    }
    return { to, message: this.#lastWrapped }
  }

  tell(to: ReplicaId, message: PeerMessage): void {
    this.send.push({ to, message })
  }
}
