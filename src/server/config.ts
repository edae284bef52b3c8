/**
 * What a replica is told at its start: the file `cell.json`, which must be the same on all replicas; they compare its
 * digest when they meet. Parsed once, from `unknown`, with all problems reported together: a misspelled key is a problem,
 * not a default.
 */
import { createHash } from "node:crypto"
import type { ReplicaId } from "../base/brand.ts"
import { type DurationMs, lengthened } from "../base/instant.ts"
import { cellIdPattern, cellNameInWords, cellNamePattern, cellSizes, cellSizesInWords } from "../contract/cell-rules.ts"
import { ConfigReader } from "./config-reader.ts"
import {
  administratorsFrom,
  anonymousLookupsFrom,
  type CellTls,
  rotateKeysEveryDaysDefault,
  rotateKeysEveryDaysFrom,
  tlsFrom,
} from "./security-config.ts"

export interface CellConfig {
  /** The `<cell>` in `/ls/<cell>/...`. */
  readonly cell: string
  /** Random, drawn when the cell was founded: tells two cells of the same name apart. */
  readonly cellId: string
  /** In order of id. */
  readonly replicas: readonly ReplicaAddresses[]
  readonly timing: CellTiming
  /** Undefined: plain text everywhere. */
  readonly tls: CellTls | undefined
  /** Principals who may administer the cell: at its doors, and, from its founding on, in its tree. */
  readonly administrators: readonly string[]
  /** Whether names may be looked up over HTTP without a certificate, by `anonymous`. Says something with TLS only. */
  readonly anonymousLookups: boolean
  /** How often the keys that sign sequencers take turns by themselves; zero: never. */
  readonly rotateKeysEveryDays: number
}

/** All as `host:port`. */
export interface ReplicaAddresses {
  readonly id: ReplicaId
  /** For clients and operators. */
  readonly grpc: string
  /** For people, probes and anything that speaks HTTP. */
  readonly http: string
  /** For the other replicas. */
  readonly peer: string
}

export interface CellTiming {
  readonly heartbeatMs: DurationMs
  readonly masterLeaseMs: DurationMs
  readonly electionJitterMs: DurationMs
  /** By how much the rates of two machines' clocks may differ. */
  readonly driftPerMille: number
}

export type ParsedCellConfig =
  | { readonly kind: "parsed"; readonly config: CellConfig }
  | { readonly kind: "faulty"; readonly problems: readonly string[] }

/** A fail-over takes about the lease, the jitter and a round trip: with these, well below a second. */
export const timingDefaults: CellTiming = Object.freeze({
  heartbeatMs: 100,
  masterLeaseMs: 500,
  electionJitterMs: 150,
  driftPerMille: 10,
})

export function parseCellConfig(value: unknown): ParsedCellConfig {
  const reader = new ConfigReader()
  const fields = reader.fields("", value, keys)
  const config: CellConfig = {
    cell: reader.text("cell", fields.get("cell"), cellNamePattern, cellNameInWords),
    cellId: reader.text("cellId", fields.get("cellId"), cellIdPattern, "8 to 64 letters, digits and hyphens"),
    replicas: reader
      .list("replicas", fields.get("replicas"))
      .map((entry, index) => replicaFrom(reader, `replicas[${index}]`, entry))
      .sort((left, right) => left.id - right.id),
    timing: timingFrom(reader, fields.get("timing")),
    tls: tlsFrom(reader, fields.get("tls")),
    administrators: administratorsFrom(reader, fields.get("administrators"), fields.get("tls") !== undefined),
    anonymousLookups: anonymousLookupsFrom(reader, fields.get("anonymousLookups"), fields.get("tls") !== undefined),
    rotateKeysEveryDays: rotateKeysEveryDaysFrom(reader, fields.get("rotateKeysEveryDays")),
  }
  // Relations between values mean nothing while the values themselves are wrong.
  if (reader.problems.length === 0) checkRelations(reader, config)
  return reader.problems.length === 0
    ? { kind: "parsed", config: frozen(config) }
    : { kind: "faulty", problems: reader.problems }
}

/**
 * 16 hexadecimal digits, equal on replicas that were told the same. The order of keys in the file doesn't matter, and
 * neither does where a machine keeps its certificates.
 */
export function cellConfigDigest(config: CellConfig): string {
  const { cell, cellId, replicas, timing, tls, administrators, anonymousLookups, rotateKeysEveryDays } = config
  const canonical = [
    cell,
    cellId,
    replicas.map(({ id, grpc, http, peer }) => [id, grpc, http, peer]),
    [timing.heartbeatMs, timing.masterLeaseMs, timing.electionJitterMs, timing.driftPerMille],
    [tls !== undefined, tls?.http === true],
    [...administrators].sort(),
    // Named only where they are used: a cell that never heard of them has the digest that it always had.
    ...(anonymousLookups ? ["anonymousLookups"] : []),
    ...(rotateKeysEveryDays === rotateKeysEveryDaysDefault ? [] : ["rotateKeysEveryDays", rotateKeysEveryDays]),
  ]
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, 16)
}

const keys = [
  "cell",
  "cellId",
  "replicas",
  "timing",
  "tls",
  "administrators",
  "anonymousLookups",
  "rotateKeysEveryDays",
]
const replicaIdMin = 1
const replicaIdMax = 255

function replicaFrom(reader: ConfigReader, place: string, value: unknown): ReplicaAddresses {
  const fields = reader.fields(place, value, ["id", "grpc", "http", "peer"])
  return {
    id: reader.integer(`${place}.id`, fields.get("id"), replicaIdMin, replicaIdMax),
    grpc: reader.address(`${place}.grpc`, fields.get("grpc")),
    http: reader.address(`${place}.http`, fields.get("http")),
    peer: reader.address(`${place}.peer`, fields.get("peer")),
  }
}

function timingFrom(reader: ConfigReader, value: unknown): CellTiming {
  const fields = reader.fields("timing", value ?? {}, Object.keys(timingDefaults))
  const duration = (name: keyof CellTiming, min: number, max: number): number =>
    reader.integer(`timing.${name}`, fields.get(name) ?? timingDefaults[name], min, max)
  return {
    heartbeatMs: duration("heartbeatMs", 10, 10_000),
    masterLeaseMs: duration("masterLeaseMs", 100, 60_000),
    electionJitterMs: duration("electionJitterMs", 10, 60_000),
    driftPerMille: duration("driftPerMille", 1, 100),
  }
}

function checkRelations(reader: ConfigReader, { replicas, timing }: CellConfig): void {
  if (!cellSizes.includes(replicas.length)) {
    reader.report("replicas", `a cell has ${cellSizesInWords} replicas, not ${replicas.length}`)
  }
  reportDoubles(
    reader,
    "replica id",
    replicas.map(({ id }) => String(id)),
  )
  reportDoubles(
    reader,
    "address",
    replicas.flatMap(({ grpc, http, peer }) => [grpc, http, peer]),
  )
  // With fewer than three chances to renew it, two lost frames would cost a healthy master its lease.
  const leaseMin = lengthened(3 * timing.heartbeatMs, timing.driftPerMille)
  if (timing.masterLeaseMs < leaseMin) {
    reader.report("timing.masterLeaseMs", `is to be at least ${leaseMin}, three heartbeats and the drift of clocks`)
  }
}

function reportDoubles(reader: ConfigReader, what: string, values: readonly string[]): void {
  const doubles = values.filter((value, index) => values.indexOf(value) !== index)
  for (const double of new Set(doubles)) reader.report("replicas", `the ${what} ${double} is used twice`)
}

function frozen(config: CellConfig): CellConfig {
  for (const replica of config.replicas) Object.freeze(replica)
  Object.freeze(config.replicas)
  Object.freeze(config.timing)
  Object.freeze(config.tls)
  Object.freeze(config.administrators)
  return Object.freeze(config)
}
