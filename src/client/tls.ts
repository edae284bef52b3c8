/**
 * TLS as a client sees it: which authority it trusts to name replicas, and by which certificate the cell knows it. All
 * three are PEM text and not paths, because where they come from is the application's business. Mistakes show in words
 * of OpenSSL's, or in none at all; here they become sentences.
 */
import { X509Certificate } from "node:crypto"
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from "node:tls"
import { refuse, type Refusal } from "../contract/errors.ts"
import { CellError } from "./errors.ts"

export interface ClientTls {
  /** Certificates of whoever issues those of the replicas. */
  readonly certificateAuthority: string
  /** The client's own, which names its principal, with those of authorities in between if there are any. */
  readonly certificate: string
  readonly privateKey: string
}

/** Throws a `CellError` for certificates that can't be used. */
export function secureContextOf(tls: ClientTls): SecureContext {
  const context = contextOf(tls)
  refuseExpired(tls.certificate)
  return context
}

/** Whoever answers must be the host that was dialled, under whatever name TLS has asked for it. */
export function identityAt(host: string): (name: string, certificate: PeerCertificate) => Error | undefined {
  return (_name, certificate) => checkServerIdentity(host, certificate)
}

function contextOf({ certificateAuthority, certificate, privateKey }: ClientTls): SecureContext {
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

export interface FailedHandshake {
  /** What Node has said. */
  readonly reason: string
  readonly hasTls: boolean
  /** Whether the other side has just gone, as a replica does that refuses a certificate. */
  readonly hasHungUp: boolean
}

/** Why no connection came about, in words that say what to do; undefined if it has nothing to do with TLS. */
export function refusalOfHandshake(failed: FailedHandshake): Refusal | undefined {
  const trouble = tlsTrouble(failed)
  return trouble === undefined ? undefined : refuse("UNAUTHENTICATED", trouble)
}

function tlsTrouble({ reason, hasTls, hasHungUp }: FailedHandshake): string | undefined {
  if (!hasTls) return hasHungUp ? "it hangs up on plain text: it may want TLS, and a client's certificate" : undefined
  if (/wrong version number|packet length too long|not TLS/i.test(reason)) return "it speaks plain text and no TLS"
  if (/certificate has expired/i.test(reason)) return "its certificate has expired: renew it there"
  if (/does not match certificate's altnames/i.test(reason)) {
    return "its certificate is for another host: it must name the address that clients use"
  }
  if (/self.signed certificate|unable to (?:get|verify)|unable to get local issuer/i.test(reason)) {
    return "its certificate comes from an authority that this client does not trust"
  }
  if (hasHungUp || /certificate required|bad certificate|unknown ca/i.test(reason)) {
    return "it does not accept this client's certificate: the cell may trust another authority (its log says why)"
  }
  return undefined
}
