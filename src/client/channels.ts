/** How gRPC is told of a client's certificates, and what it says when they don't suit a replica. */
import { isIP } from "node:net"
import { type ChannelCredentials, type ChannelOptions, credentials, type ServiceError, status } from "@grpc/grpc-js"
import type { Refusal } from "../contract/errors.ts"
import { errorTrailer, refusalFromError } from "../wire/error-details.ts"
import { type ClientTls, identityAt, refusalOfHandshake, secureContextOf } from "./tls.ts"

export interface Channel {
  readonly credentials: ChannelCredentials
  readonly options: ChannelOptions
}

/** For all channels of a client: without `tls` in plain text. Throws a `CellError` for certificates that can't be used. */
export function channelsWith(tls: ClientTls | undefined): (address: string) => Channel {
  if (tls === undefined) return () => ({ credentials: credentials.createInsecure(), options: {} })
  const context = secureContextOf(tls)
  return (address) => {
    const host = hostOf(address)
    return {
      credentials: credentials.createFromSecureContext(context, { checkServerIdentity: identityAt(host) }),
      // TLS wants the name of a host and no number. Nobody looks at it: what counts is the host that was dialled.
      options: isIP(host) === 0 ? {} : { "grpc.ssl_target_name_override": "localhost" },
    }
  }
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1")
}

/**
 * What a call that failed without an answer was refused for: by the replica, or by one side of the handshake. Undefined
 * for a connection that just broke, or was never made.
 */
export function refusalBehind(error: ServiceError, hasTls: boolean): Refusal | undefined {
  if (error.metadata.get(errorTrailer).length > 0) return refusalFromError(error)
  if (error.code !== status.UNAVAILABLE) return undefined
  // gRPC passes on what Node has said.
  const { details: reason } = error
  return refusalOfHandshake({ reason, hasTls, hasHungUp: hungUp.test(reason) })
}

/** While the connection was being made: one that breaks later has nothing to do with certificates. */
const hungUp =
  /No connection established.*(?:ECONNRESET|socket hang up|Socket closed|Failed to connect|EPIPE|before secure TLS connection)/is
