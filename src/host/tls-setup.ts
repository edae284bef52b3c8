/**
 * From the files that a configuration names to certificates in use. A mistake here shows as a handshake that fails
 * somewhere else, with a word from OpenSSL: so everything that can be known in advance is checked at the start, and all
 * that is wrong is told at once, each with the way out.
 */
import { type X509Certificate, createPrivateKey, type KeyObject } from "node:crypto"
import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import type { ReplicaId } from "../base/brand.ts"
import { alternativeNames, certificatesIn, isIssuedBy, replicaName, replicasNamed } from "./certificates.ts"
import type { Logger } from "./logger.ts"
import { ReplicaTls, type TlsMaterial } from "./replica-tls.ts"

/** Paths of PEM files, of this replica. */
export interface TlsFiles {
  readonly certificate: string
  readonly privateKey: string
  readonly peerAuthority: string
  readonly clientAuthority: string
}

export interface TlsBearer {
  readonly cellName: string
  readonly self: ReplicaId
  /** Where clients are told to look for this replica: its certificate must be good for it. */
  readonly doorHost: string
}

/** The files don't make a replica that anybody would talk to. The message is for whoever made them. */
export class TlsSetupError extends Error {
  override readonly name = "TlsSetupError"
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(["these certificates can't be used:", ...problems.map((problem) => `  ${problem}`)].join("\n"))
    this.problems = problems
  }
}

const renewalDays = 30
const dayMs = 24 * 60 * 60 * 1000
const everyInterface = ["0.0.0.0", "::"]

export function readReplicaTls(files: TlsFiles, bearer: TlsBearer, log: Logger, now: number): ReplicaTls {
  const problems: string[] = []
  const material = Object.fromEntries(
    Object.entries(files).map(([what, path]: [string, string]) => [what, readText(path, problems)]),
  ) as Record<keyof TlsFiles, string>
  if (problems.length === 0) problems.push(...problemsOf(files, material, bearer, now))
  if (problems.length > 0) throw new TlsSetupError(problems)
  warnOfExpiry(files, material, log, now)
  return new ReplicaTls(material, bearer.cellName)
}

function readText(path: string, problems: string[]): string {
  try {
    return readFileSync(path, "utf8")
  } catch (reason) {
    problems.push(`${path} can't be read: ${messageOf(reason)}`)
    return ""
  }
}

function problemsOf(files: TlsFiles, material: TlsMaterial, bearer: TlsBearer, now: number): readonly string[] {
  const problems: string[] = []
  const peers = authoritiesIn(files.peerAuthority, material.peerAuthority, problems)
  const clients = authoritiesIn(files.clientAuthority, material.clientAuthority, problems)
  const own = readCertificates(files.certificate, material.certificate, problems)[0]
  const key = readKey(files.privateKey, material.privateKey, problems)
  if (own === undefined || key === undefined || problems.length > 0) return problems

  const keys = new Set(peers.map((authority) => publicKeyOf(authority)))
  if (clients.some((authority) => keys.has(publicKeyOf(authority)))) {
    const reason = "or whoever gets a client's certificate may get one that speaks as a replica"
    problems.push(`${files.clientAuthority} holds an authority of ${files.peerAuthority} as well: have two, ${reason}`)
  }
  if (!own.checkPrivateKey(key)) problems.push(`${files.privateKey} is not the key of ${files.certificate}`)
  if (!isIssuedBy(own, peers)) problems.push(`${files.certificate} was not issued by ${files.peerAuthority}`)
  problems.push(...problemsOfNames(files.certificate, own, bearer))
  const { from, to } = validityOf(own)
  if (now < from) problems.push(`${files.certificate} is not valid before ${own.validFrom}: is the clock right?`)
  if (now > to) problems.push(`${files.certificate} has expired on ${own.validTo}: renew it`)
  return problems
}

function problemsOfNames(path: string, own: X509Certificate, { cellName, self, doorHost }: TlsBearer): string[] {
  const problems: string[] = []
  const wanted = replicaName(self, cellName)
  const named = replicasNamed(alternativeNames(own.subjectAltName), cellName)
  if (!named.includes(self)) {
    problems.push(`${path} names ${own.subjectAltName ?? "nobody"}, but replica ${self} is to be named DNS:${wanted}`)
  } else if (named.length > 1) {
    problems.push(
      `${path} names replicas ${named.join(", ")}: each has a certificate of its own, or could pass for another`,
    )
  }
  const isCovered = isIP(doorHost) === 0 ? own.checkHost(doorHost) : own.checkIP(doorHost)
  if (isCovered === undefined && !everyInterface.includes(doorHost)) {
    problems.push(`${path} is not good for ${doorHost}, where clients look for replica ${self}: add that name to it`)
  }
  return problems
}

function readCertificates(path: string, pem: string, problems: string[]): readonly X509Certificate[] {
  try {
    const found = certificatesIn(pem)
    if (found.length === 0) problems.push(`${path} holds no certificate in PEM form`)
    return found
  } catch (reason) {
    problems.push(`${path} holds a certificate that can't be read: ${messageOf(reason)}`)
    return []
  }
}

function authoritiesIn(path: string, pem: string, problems: string[]): readonly X509Certificate[] {
  const found = readCertificates(path, pem, problems)
  if (found.some(({ ca }) => !ca)) problems.push(`${path} holds a certificate that is no authority's`)
  return found
}

function readKey(path: string, pem: string, problems: string[]): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch (reason) {
    problems.push(`${path} holds no private key that can be read without a pass phrase: ${messageOf(reason)}`)
    return undefined
  }
}

function warnOfExpiry(files: TlsFiles, material: TlsMaterial, log: Logger, now: number): void {
  for (const what of ["certificate", "peerAuthority", "clientAuthority"] as const) {
    for (const certificate of certificatesIn(material[what])) {
      const days = Math.floor((validityOf(certificate).to - now) / dayMs)
      if (days < renewalDays) log.warn({ file: files[what], days }, "a certificate expires soon: renew it and restart")
    }
  }
}

function validityOf({ validFrom, validTo }: X509Certificate): { readonly from: number; readonly to: number } {
  return { from: Date.parse(validFrom), to: Date.parse(validTo) }
}

function publicKeyOf(certificate: X509Certificate): string {
  return certificate.publicKey.export({ format: "pem", type: "spki" }).toString()
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason)
}
