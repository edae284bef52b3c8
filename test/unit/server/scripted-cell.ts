/** A cell that does what a test tells it: it keeps what was submitted, and answers when and as the test says. */
import { refuse } from "../../../src/contract/errors.ts"
import type {
  LocalOperation,
  LocalReply,
  Outcome,
  ReplicaStatus,
  Reply,
  Request,
} from "../../../src/contract/requests.ts"
import type { SigningSecret } from "../../../src/contract/signing-keys.ts"
import type { Cell, LocalReads, Ticket } from "../../../src/server/cell.ts"
import { secretsOf } from "../../support/signing-keys.ts"

export interface Submitted {
  readonly ticket: Ticket
  readonly request: Request
  reply(outcome: Outcome): void
}

export class ScriptedCell implements Cell, LocalReads {
  readonly submitted: Submitted[] = []
  readonly abandoned: Ticket[] = []
  handOverCount = 0
  keys: readonly SigningSecret[] = secretsOf(7, 9)
  current: ReplicaStatus
  /** If set, every request is answered with this, in the turn after it was submitted. */
  answerAll: ((request: Request) => Outcome) | undefined
  readonly #watchers = new Set<() => void>()

  readonly #cachable: boolean

  constructor(status: Partial<ReplicaStatus> = {}, { cachable = false } = {}) {
    this.current = { ...masterStatus, ...status }
    this.#cachable = cachable
  }

  submit(request: Request, onReply: (reply: Reply) => void): Ticket {
    const ticket = this.submitted.length + 1
    const reply = (outcome: Outcome): void => {
      const { epoch, appliedThrough } = this.current
      onReply({ outcome, epoch, commitIndex: appliedThrough, cachable: this.#cachable })
    }
    this.submitted.push({ ticket, request, reply })
    const { answerAll } = this
    if (answerAll !== undefined) {
      setImmediate(() => {
        reply(answerAll(request))
      })
    }
    this.#changed()
    return ticket
  }

  abandon(ticket: Ticket): void {
    this.abandoned.push(ticket)
    this.#changed()
  }

  status(): ReplicaStatus {
    return this.current
  }

  /** As `answerAll` says. */
  readLocally(operation: LocalOperation, principal: string): LocalReply {
    const outcome =
      this.answerAll?.({ ...outside, principal, operation }) ?? refuse("NODE_NOT_FOUND", "nothing is there")
    return { outcome, commitIndex: this.current.appliedThrough }
  }

  signingKeys(): readonly SigningSecret[] {
    return this.keys
  }

  handOver(): void {
    this.handOverCount += 1
  }

  /** Resolves once so many requests have been submitted, with the last of them. */
  async whenSubmitted(count: number): Promise<Submitted> {
    await this.#until(() => this.submitted.length >= count)
    const last = this.submitted[count - 1]
    if (last === undefined) throw new Error("there is no such request")
    return last
  }

  async whenAbandoned(count: number): Promise<void> {
    await this.#until(() => this.abandoned.length >= count)
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve)
      })
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }
}

const outside = {
  sessionId: 0,
  requestNumber: 0,
  answeredThrough: 0,
  stillOpen: [],
  epoch: 0,
  forCache: false,
  underSequencer: undefined,
}

export const masterStatus: ReplicaStatus = {
  cell: "test",
  replicaId: 1,
  role: "master",
  epoch: 4,
  master: 1,
  canLose: 1,
  chosenThrough: 120,
  appliedThrough: 120,
  firstLogSlot: 10,
  sessionCount: 2,
  nodeCount: 3,
  digest: "0123456789abc",
}
