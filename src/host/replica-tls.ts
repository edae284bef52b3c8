/**
 * The certificates of one replica in use. There are two authorities, one for replicas and one for clients: a replica's
 * certificate opens the peer ports and serves as the doors' own, a client's opens the doors and nothing else.
 * Whoever calls is what the issuer of its certificate makes it, and never what the call says.
 */
import { X509Certificate } from "node:crypto"
import {
  type ConnectionOptions,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TlsOptions,
} from "node:tls"
import { type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js"
import type { ReplicaId } from "../base/brand.ts"
import { frameProtocol } from "../wire/frames.ts"
import { alternativeNames, certificatesIn, isIssuedBy, replicaName, replicasNamed } from "./certificates.ts"

/** As PEM. Where there may be several certificates, the order doesn't matter. */
export interface TlsMaterial {
  readonly certificate: string
  readonly privateKey: string
  /** Of whoever issues the certificates of replicas. */
  readonly peerAuthority: string
  /** Of whoever issues the certificates of clients. */
  readonly clientAuthority: string
}

/** Who a verified certificate belongs to. */
export type Bearer =
  | { readonly kind: "replica"; readonly replicaId: ReplicaId }
  | { readonly kind: "client"; readonly uris: readonly string[]; readonly commonNames: readonly string[] }
  /** Issued by one of the authorities, and yet nobody this cell knows. */
  | { readonly kind: "stranger"; readonly reason: string }

/** How another replica is called at its gRPC door. */
export interface Calling {
  readonly credentials: ChannelCredentials
  readonly options: ChannelOptions
}

type CheckServerIdentity = (host: string, certificate: PeerCertificate) => Error | undefined

/** Of certificates seen of late. */
const bearersMax = 10_000

const oldestVersion = "TLSv1.2"

export class ReplicaTls {
  readonly #material: TlsMaterial
  readonly #cellName: string
  readonly #peerAuthorities: readonly X509Certificate[]
  readonly #clientAuthorities: readonly X509Certificate[]
  readonly #callingContext: SecureContext
  /** By fingerprint: a signature costs more to check than a call to serve. */
  readonly #bearers = new Map<string, Bearer>()

  constructor(material: TlsMaterial, cellName: string) {
    const { certificate, privateKey, peerAuthority, clientAuthority } = material
    this.#material = material
    this.#cellName = cellName
    this.#peerAuthorities = certificatesIn(peerAuthority)
    this.#clientAuthorities = certificatesIn(clientAuthority)
    this.#callingContext = createSecureContext({
      ...{ cert: certificate, key: privateKey, ca: peerAuthority },
      minVersion: oldestVersion,
      allowPartialTrustChain: true,
    })
  }

  /** For a port that takes calls from replicas only, or from clients as well. Without a certificate nobody gets in. */
  listening(callers: "replicas" | "everybody"): TlsOptions {
    const { peerAuthority, clientAuthority } = this.#material
    return {
      ...this.#serving(),
      ca: callers === "replicas" ? [peerAuthority] : [peerAuthority, clientAuthority],
      // An authority need not be a root: what an intermediate one has issued is ours, what its own root has issued isn't.
      allowPartialTrustChain: true,
      requestCert: true,
      rejectUnauthorized: true,
      // Clients speak HTTP/2 or frames; replicas among themselves have a preamble of their own.
      ...(callers === "replicas" ? {} : { ALPNProtocols: ["h2", frameProtocol] }),
    }
  }

  /** What a port shows of its own. */
  #serving(): { readonly cert: string; readonly key: string; readonly minVersion: "TLSv1.2" } {
    return { cert: this.#material.certificate, key: this.#material.privateKey, minVersion: oldestVersion }
  }

  /** For a call to the peer port of a replica. Whoever answers must be that replica of this cell, wherever it lives. */
  dialling(replicaId: ReplicaId): ConnectionOptions {
    return {
      secureContext: this.#callingContext,
      // Addresses may be numbers, and TLS wants the name of a host.
      servername: replicaName(replicaId, this.#cellName),
      checkServerIdentity: this.#identityOf(replicaId),
      // Whatever the environment says.
      rejectUnauthorized: true,
    }
  }

  /** The same, for a call to its gRPC door. */
  calling(replicaId: ReplicaId): Calling {
    const checkServerIdentity = this.#identityOf(replicaId)
    return {
      credentials: credentials.createFromSecureContext(this.#callingContext, { checkServerIdentity }),
      options: { "grpc.ssl_target_name_override": replicaName(replicaId, this.#cellName) },
    }
  }

  #identityOf(replicaId: ReplicaId): CheckServerIdentity {
    // By the rule for those who call: what the handshake has verified may still come from an authority below ours.
    return (_host, certificate) => {
      const bearer = this.bearerOf(certificate)
      if (bearer.kind === "replica" && bearer.replicaId === replicaId) return undefined
      const wanted = replicaName(replicaId, this.#cellName)
      const named = `its certificate names ${certificate.subjectaltname ?? "nobody"}, not ${wanted}`
      return new Error(bearer.kind === "stranger" ? bearer.reason : named)
    }
  }

  /** Of a certificate that the handshake has verified. */
  bearerOf(certificate: PeerCertificate): Bearer {
    const known = this.#bearers.get(certificate.fingerprint256)
    if (known !== undefined) return known
    const bearer = this.#identify(new X509Certificate(certificate.raw))
    if (this.#bearers.size >= bearersMax) this.#bearers.clear()
    this.#bearers.set(certificate.fingerprint256, bearer)
    return bearer
  }

  #identify(certificate: X509Certificate): Bearer {
    const names = alternativeNames(certificate.subjectAltName)
    if (isIssuedBy(certificate, this.#peerAuthorities)) {
      const [replicaId, ...others] = replicasNamed(names, this.#cellName)
      if (replicaId !== undefined && others.length === 0) return { kind: "replica", replicaId }
      const wanted = `not one replica of ${this.#cellName}, as in ${replicaName(1, this.#cellName)}`
      return { kind: "stranger", reason: `its certificate names ${certificate.subjectAltName ?? "nobody"}, ${wanted}` }
    }
    if (isIssuedBy(certificate, this.#clientAuthorities)) {
      return { kind: "client", uris: names.uris, commonNames: commonNamesOf(certificate) }
    }
    const advice = "list the one that issues them in the authority's file"
    return { kind: "stranger", reason: `its certificate comes from an authority below the configured ones: ${advice}` }
  }
}

/** A subject may hold several, and Node then gives a list where it gives text otherwise. */
function commonNamesOf(certificate: X509Certificate): readonly string[] {
  const { subject } = certificate.toLegacyObject()
  const found: unknown = (subject as Partial<typeof subject> | undefined)?.CN
  const names: readonly unknown[] = Array.isArray(found) ? found : [found]
  return names.filter((name) => typeof name === "string")
}
