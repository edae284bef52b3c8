/**
 * Asking single replicas about themselves. Unlike everything else in the library this needs no master and no quorum:
 * it is how one finds out why there is none.
 */
import { Client, credentials } from "@grpc/grpc-js"
import { deferred } from "../base/deferred.ts"
import { reportFromWire, type ReplicaReport } from "../wire/admin-messages.ts"
import { refusalFromError } from "../wire/error-details.ts"
import { adminService } from "../wire/load.ts"
import { CellError, fromRefusal } from "./errors.ts"
import type { CallOptions } from "./session-calls.ts"

export type { ReplicaReport } from "../wire/admin-messages.ts"

/** What the replica at `address` (its gRPC door) says of itself. Rejects when it does not answer. */
export async function askReplica(address: string, options: CallOptions = {}): Promise<ReplicaReport> {
  const { signal } = options
  signal?.throwIfAborted()
  const { path, requestSerialize, responseDeserialize } = adminService.GetStatus
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 })
  const outcome = deferred<ReplicaReport>()
  const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
    if (error !== null) outcome.reject(fromRefusal(refusalFromError(error)))
    else if (response === undefined) outcome.reject(new CellError("INTERNAL", `${address} answered nothing`))
    else outcome.resolve(reportFromWire(response))
  })
  const onAbort = (): void => {
    outcome.reject(signal?.reason)
    call.cancel()
  }
  signal?.addEventListener("abort", onAbort, { once: true })
  try {
    return await outcome.promise
  } finally {
    signal?.removeEventListener("abort", onAbort)
    client.close()
  }
}
