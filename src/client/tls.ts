/**
 * TLS as a client sees it: which authority it trusts to name replicas, and by which certificate the cell knows it. All
 * three are PEM text and not paths, because where they come from is the application's business. Mistakes show in words
 * of OpenSSL's, or in none at all; here they become sentences.
 */
import { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import { checkServerIdentity, createSecureContext, type PeerCertificate } from "node:tls"
import { type ChannelCredentials, type ChannelOptions, credentials, type ServiceError, status } from "@grpc/grpc-js"
import { refuse, type Refusal } from "../contract/errors.ts"
import { errorTrailer, refusalFromError } from "../wire/error-details.ts"
import { CellError } from "./errors.ts"

export interface ClientTls {
  /** Certificates of whoever issues those of the replicas. */
  readonly certificateAuthority: string
  /** The client's own, which names its principal, with those of authorities in between if there are any. */
  readonly certificate: string
  readonly privateKey: string
}

export interface Channel {
  readonly credentials: ChannelCredentials
  readonly options: ChannelOptions
}

/** For all channels of a client: without `tls` in plain text. Throws a `CellError` for certificates that can't be used. */
export function channelsWith(tls: ClientTls | undefined): (address: string) => Channel {
  if (tls === undefined) return () => ({ credentials: credentials.createInsecure(), options: {} })
  const context = contextOf(tls)
  refuseExpired(tls.certificate)
  return (address) => {
    const host = hostOf(address)
    return {
      credentials: credentials.createFromSecureContext(context, {
        checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
      }),
      // TLS wants the name of a host and no number. Nobody looks at it: what counts is the host that was dialled.
      options: isIP(host) === 0 ? {} : { "grpc.ssl_target_name_override": "localhost" },
    }
  }
}

function contextOf({
  certificateAuthority,
  certificate,
  privateKey,
}: ClientTls): ReturnType<typeof createSecureContext> {
  if (!/-----BEGIN CERTIFICATE-----/.test(certificateAuthority)) {
    throw new CellError("INVALID_ARGUMENT", "tls.certificateAuthority is no certificate in PEM form")
  }
  try {
    return createSecureContext({
      ...{ ca: certificateAuthority, cert: certificate, key: privateKey },
      minVersion: "TLSv1.2",
      allowPartialTrustChain: true,
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const sentence = `tls.certificate and tls.privateKey are not a certificate and its key in PEM form: ${reason}`
    throw new CellError("INVALID_ARGUMENT", sentence, { cause })
  }
}

/** The cell would refuse it without a word. */
function refuseExpired(certificate: string): void {
  const { validFrom, validTo } = new X509Certificate(certificate)
  if (Date.parse(validTo) < Date.now()) {
    throw new CellError("UNAUTHENTICATED", `the client's certificate has expired on ${validTo}: renew it`)
  }
  if (Date.parse(validFrom) > Date.now()) {
    throw new CellError("UNAUTHENTICATED", `the client's certificate is not valid before ${validFrom}`)
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
  const trouble = error.code === status.UNAVAILABLE ? tlsTrouble(error.details, hasTls) : undefined
  return trouble === undefined ? undefined : refuse("UNAUTHENTICATED", trouble)
}

/**
 * Why no connection came about, in words that say what to do; undefined if it has nothing to do with TLS. `reason` is
 * gRPC's, which passes on what Node has said. A replica that refuses a certificate says nothing, and hangs up.
 */
function tlsTrouble(reason: string, hasTls: boolean): string | undefined {
  if (!hasTls) {
    return hungUp.test(reason) ? "it hangs up on plain text: it may want TLS, and a client's certificate" : undefined
  }
  if (/wrong version number|packet length too long|not TLS/i.test(reason)) return "it speaks plain text and no TLS"
  if (/certificate has expired/i.test(reason)) return "its certificate has expired: renew it there"
  if (/does not match certificate's altnames/i.test(reason)) {
    return "its certificate is for another host: it must name the address that clients use"
  }
  if (/self.signed certificate|unable to (?:get|verify)|unable to get local issuer/i.test(reason)) {
    return "its certificate comes from an authority that this client does not trust"
  }
  if (/certificate required|bad certificate|unknown ca/i.test(reason) || hungUp.test(reason)) {
    return "it does not accept this client's certificate: the cell may trust another authority (its log says why)"
  }
  return undefined
}

/** While the connection was being made: one that breaks later has nothing to do with certificates. */
const hungUp =
  /No connection established.*(?:ECONNRESET|socket hang up|Socket closed|Failed to connect|EPIPE|before secure TLS connection)/is
