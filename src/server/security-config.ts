/**
 * The part of `cell.json` that says who may do what: certificates, and the administrators. Paths may hold `{id}`, which
 * stands for the replica's id, and are seen from the directory that `cell.json` lies in; so one file serves a cell on
 * one machine as well as one on five.
 */
import { resolve } from "node:path"
import type { ReplicaId } from "../base/brand.ts"
import { anonymous } from "../contract/acl.ts"
import type { TlsFiles } from "../host/tls-setup.ts"
import type { ConfigReader } from "./config-reader.ts"
import { objectionToAuthenticated, objectionToPrincipal } from "./principal-name.ts"

export interface CellTls {
  /** Paths of PEM files. The replica's own: */
  readonly certificate: string
  readonly privateKey: string
  /** Of the authority that issues the certificates of replicas, and of the one that issues those of clients. */
  readonly peerAuthority: string
  readonly clientAuthority: string
  /** Whether the HTTP door speaks HTTPS. It asks for a certificate and lets in those without, because probes have none. */
  readonly http: boolean
}

/** Together they are the contents of one file of the cell. */
const administratorsMax = 500

const paths = ["certificate", "privateKey", "peerAuthority", "clientAuthority"] as const

/** Undefined: all ports speak plain text, and everybody is anonymous. */
export function tlsFrom(reader: ConfigReader, value: unknown): CellTls | undefined {
  if (value === undefined) return undefined
  const fields = reader.fields("tls", value, [...paths, "http"])
  const path = (name: (typeof paths)[number]): string =>
    reader.text(`tls.${name}`, fields.get(name), /./, "the letters of a path")
  return {
    certificate: path("certificate"),
    privateKey: path("privateKey"),
    peerAuthority: path("peerAuthority"),
    clientAuthority: path("clientAuthority"),
    http: reader.flag("tls.http", fields.get("http") ?? false),
  }
}

/** The files of one replica. `directory` is where `cell.json` lies. */
export function tlsFilesOf(tls: CellTls, directory: string, id: ReplicaId): TlsFiles {
  const own = (path: string): string => resolve(directory, path.replaceAll("{id}", String(id)))
  return {
    certificate: own(tls.certificate),
    privateKey: own(tls.privateKey),
    peerAuthority: own(tls.peerAuthority),
    clientAuthority: own(tls.clientAuthority),
  }
}

/**
 * Without TLS everybody is anonymous, and so administrators are, unless the file says that there are none. With TLS
 * nobody becomes an administrator by default.
 */
export function administratorsFrom(reader: ConfigReader, value: unknown, hasTls: boolean): readonly string[] {
  if (value === undefined && !hasTls) return [anonymous]
  const objection = hasTls ? objectionToAuthenticated : objectionToPrincipal
  const names = reader.list("administrators", value).map((name, index) => {
    const place = `administrators[${index}]`
    const principal = reader.text(place, name, /^/, "the letters of a principal's name")
    const problem = objection(principal)
    if (typeof name === "string" && problem !== undefined) reader.report(place, problem)
    return principal
  })
  if (Array.isArray(value) && names.length === 0 && hasTls) {
    reader.report("administrators", "with TLS at least one principal is wanted, or nobody can administer the cell")
  }
  if (names.length > administratorsMax) {
    reader.report("administrators", `at most ${administratorsMax} principals are wanted, not ${names.length}`)
  }
  return names
}

/** Without TLS everybody is anonymous, and the option would promise something that no option can. */
export function anonymousLookupsFrom(reader: ConfigReader, value: unknown, hasTls: boolean): boolean {
  if (value === undefined) return false
  if (value === true && !hasTls)
    reader.report("anonymousLookups", "says nothing without tls, where everybody is anonymous")
  return reader.flag("anonymousLookups", value)
}

export const rotateKeysEveryDaysDefault = 90

export function rotateKeysEveryDaysFrom(reader: ConfigReader, value: unknown): number {
  return reader.integer("rotateKeysEveryDays", value ?? rotateKeysEveryDaysDefault, 0, 3_650)
}
