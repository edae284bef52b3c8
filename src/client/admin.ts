/**
 * Asking single replicas about themselves and about their cell. Unlike everything else in the library this needs no
 * master and no quorum: it is how one finds out why there is none.
 */
import { Client, type ServiceError } from "@grpc/grpc-js"
import { deferred, type Deferred } from "../base/deferred.ts"
import type { CellStatus, ReplicaReport } from "../contract/cell-status.ts"
import type { SequencerKeys } from "../contract/signing-keys.ts"
import { cellStatusFromWire, reportFromWire } from "../wire/admin-messages.ts"
import { refusalFromError } from "../wire/error-details.ts"
import { sequencerKeysToContract } from "../wire/key-conversions.ts"
import { adminService, lockService } from "../wire/load.ts"
import { CellError, fromRefusal } from "./errors.ts"
import type { CallOptions } from "./session-calls.ts"
import type { ClientTls } from "./tls.ts"
import { channelsWith, refusalBehind } from "./channels.ts"

export class ReplicaAdmin {
  readonly #address: string
  readonly #hasTls: boolean
  readonly #client: Client

  /** `address`: the replica's gRPC door. Without `tls` in plain text. */
  constructor(address: string, tls?: ClientTls) {
    this.#address = address
    this.#hasTls = tls !== undefined
    const { credentials, options } = channelsWith(tls)(address)
    this.#client = new Client(address, credentials, {
      ...options,
      "grpc.use_local_subchannel_pool": 1,
      // A replica that is back should be seen to be back.
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 500,
    })
  }

  /** What the replica says of itself. Rejects when it does not answer. */
  async getStatus(options: CallOptions = {}): Promise<ReplicaReport> {
    const { path, requestSerialize, responseDeserialize } = adminService.GetStatus
    return await this.#ask(options, (answer) =>
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
        this.#settle(answer, error, response, reportFromWire)
      }),
    )
  }

  /** The cell as this replica sees it, which asks the others for it. */
  async getCellStatus(options: CallOptions = {}): Promise<CellStatus> {
    const { path, requestSerialize, responseDeserialize } = adminService.GetCellStatus
    return await this.#ask(options, (answer) =>
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
        this.#settle(answer, error, response, cellStatusFromWire)
      }),
    )
  }

  /** The public keys of sequencers, as far as this replica knows. */
  async getSequencerKeys(options: CallOptions = {}): Promise<SequencerKeys> {
    const { path, requestSerialize, responseDeserialize } = lockService.GetSequencerKeys
    return await this.#ask(options, (answer) =>
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
        this.#settle(answer, error, response, sequencerKeysToContract)
      }),
    )
  }

  close(): void {
    this.#client.close()
  }

  async #ask<Answer>({ signal }: CallOptions, send: (answer: Deferred<Answer>) => { cancel(): void }): Promise<Answer> {
    signal?.throwIfAborted()
    const answer = deferred<Answer>()
    const call = send(answer)
    const onAbort = (): void => {
      answer.reject(signal?.reason)
      call.cancel()
    }
    signal?.addEventListener("abort", onAbort, { once: true })
    try {
      return await answer.promise
    } finally {
      signal?.removeEventListener("abort", onAbort)
    }
  }

  #settle<Message, Answer>(
    answer: Deferred<Answer>,
    error: ServiceError | null,
    message: Message | undefined,
    read: (message: Message) => Answer,
  ): void {
    if (error !== null) answer.reject(fromRefusal(refusalBehind(error, this.#hasTls) ?? refusalFromError(error)))
    else if (message === undefined) answer.reject(new CellError("INTERNAL", `${this.#address} answered nothing`))
    else {
      try {
        answer.resolve(read(message))
      } catch (cause) {
        answer.reject(new CellError("INTERNAL", `what ${this.#address} answers can't be read`, { cause }))
      }
    }
  }
}
