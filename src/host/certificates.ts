/**
 * What a certificate says of its bearer. A replica's names its place in the cell, `replica-<id>.<cell>`, exactly: neither
 * the address it happens to run at nor a wildcard makes anybody a member. A client's names a principal.
 */
import { X509Certificate } from "node:crypto"
import type { ReplicaId } from "../base/brand.ts"

/** Subject alternative names, by kind; all others don't matter here. */
export interface AlternativeNames {
  readonly dns: readonly string[]
  readonly uris: readonly string[]
}

export function replicaName(id: ReplicaId, cellName: string): string {
  return `replica-${id}.${cellName}`
}

/** The replicas of this cell that a certificate with these names may speak for: one, if all is well. */
export function replicasNamed({ dns }: AlternativeNames, cellName: string): readonly ReplicaId[] {
  return dns.flatMap((name) => {
    const [, digits] = /^replica-([1-9]\d{0,2})\.(.+)$/.exec(name) ?? []
    const id = Number(digits)
    return digits !== undefined && name === replicaName(id, cellName) ? [id] : []
  })
}

/**
 * Reads Node's text of the names, `DNS:a, URI:"b, c"`: values that could be mistaken for several come in quotes. Of text
 * that isn't understood to its end no name at all is believed.
 */
export function alternativeNames(text: string | undefined): AlternativeNames {
  const dns: string[] = []
  const uris: string[] = []
  const entry = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y
  while (text !== undefined && entry.lastIndex < text.length) {
    const [, kind, written = ""] = entry.exec(text) ?? []
    if (kind === undefined) return { dns: [], uris: [] }
    const value = written.startsWith('"') ? unquoted(written) : written
    if (value === undefined) return { dns: [], uris: [] }
    if (kind === "DNS") dns.push(value)
    if (kind === "URI") uris.push(value)
  }
  return { dns, uris }
}

function unquoted(written: string): string | undefined {
  try {
    const value: unknown = JSON.parse(written)
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

/** The certificates in a PEM file, in its order. Throws what Node says of one that can't be read. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block),
  )
}

/**
 * Whether one of `authorities` itself has issued the certificate. Both a replica's and a client's come straight from an
 * authority that the configuration names: which of the two families a certificate belongs to is then a matter of one
 * signature, whatever else its bearer sends along.
 */
export function isIssuedBy(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  return authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey))
}
