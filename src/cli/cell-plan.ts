/**
 * What `claviger cell` is to start: a new cell as the options describe it, or the one that is kept in the directory,
 * which the options must not contradict. Reads no files.
 */
import { join, resolve } from "node:path"
import { cellNameInWords, cellNamePattern, cellSizes, cellSizesInWords } from "../contract/cell-rules.ts"
import { textOption, UsageError, type Invocation } from "./arguments.ts"
import type { CellFile, CellFileTls } from "./cell-directory.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"

/** Undefined where the user has said nothing. */
export interface CellWishes {
  readonly replicaCount: number | undefined
  readonly portBase: number | undefined
  readonly name: string | undefined
  /** With the principals who are to be administrators: nobody is one by default. */
  readonly tls: { readonly files: CellFileTls; readonly administrators: readonly string[] } | undefined
}

const defaults = { replicaCount: 5, portBase: 4300, name: "dev" }
const host = "127.0.0.1"
/** Distances from the gRPC door of the same replica. */
const httpOffset = 10
const peerOffset = 20

/** `from`: the directory in which relative paths begin. */
export function wishesOf(invocation: Invocation, from: string): CellWishes {
  const replicaCount = integerOption(invocation, "replicas")
  if (replicaCount !== undefined && !cellSizes.includes(replicaCount)) {
    throw new UsageError(`a cell has ${cellSizesInWords} replicas, not ${replicaCount}`, "cell")
  }
  const portBase = integerOption(invocation, "port")
  if (portBase !== undefined && (portBase < 1 || portBase > 65_500)) {
    throw new UsageError(`--port wants a number from 1 to 65500, not ${portBase}`, "cell")
  }
  const name = textOption(invocation, "name")
  if (name !== undefined && !cellNamePattern.test(name)) {
    throw new UsageError(`--name wants ${cellNameInWords}, not "${name}"`, "cell")
  }
  return { replicaCount, portBase, name, tls: tlsWish(invocation, from) }
}

function tlsWish(invocation: Invocation, from: string): CellWishes["tls"] {
  const named = textOption(invocation, "tls")
  const administrators = textOption(invocation, "administrators")
  if (named === undefined) {
    if (administrators === undefined) return undefined
    throw new UsageError("--administrators wants --tls: without certificates everybody is anonymous", "cell")
  }
  if (administrators === undefined) {
    throw new UsageError("--tls wants --administrators NAME,...: who may administer the cell", "cell")
  }
  const directory = resolve(from, named)
  const files = {
    certificate: join(directory, "replica-{id}.pem"),
    privateKey: join(directory, "replica-{id}.key"),
    peerAuthority: join(directory, "peer-authority.pem"),
    clientAuthority: join(directory, "client-authority.pem"),
  }
  return { files, administrators: administrators.split(",").map((principal) => principal.trim()) }
}

/** What a new cell gets without being asked about it. */
export interface Endowment {
  readonly cellId: string
  readonly timing: object
}

export function newCell(wishes: CellWishes, { cellId, timing }: Endowment): CellFile {
  const base = wishes.portBase ?? defaults.portBase
  const ids = Array.from({ length: wishes.replicaCount ?? defaults.replicaCount }, (_, place) => place + 1)
  return {
    cell: wishes.name ?? defaults.name,
    cellId,
    replicas: ids.map((id) => ({
      id,
      grpc: grpcAddress(base, id),
      http: `${host}:${base + httpOffset + id}`,
      peer: `${host}:${base + peerOffset + id}`,
    })),
    timing,
    ...(wishes.tls === undefined ? {} : { tls: wishes.tls.files, administrators: wishes.tls.administrators }),
  }
}

export function refuseContradictions(directory: string, file: CellFile, wishes: CellWishes): void {
  const contradictions: string[] = []
  const { replicaCount, portBase, name, tls } = wishes
  if (replicaCount !== undefined && replicaCount !== file.replicas.length) {
    contradictions.push(`it has ${file.replicas.length} replicas, but --replicas says ${replicaCount}`)
  }
  if (name !== undefined && name !== file.cell) contradictions.push(`its name is ${file.cell}, but --name says ${name}`)
  const [first] = file.replicas
  if (portBase !== undefined && first !== undefined && first.grpc !== grpcAddress(portBase, first.id)) {
    const wanted = grpcAddress(portBase, first.id)
    contradictions.push(`its replica ${first.id} is at ${first.grpc}, but --port ${portBase} would put it at ${wanted}`)
  }
  if (tls !== undefined && tls.files.certificate !== file.tls?.certificate) {
    const kept = file.tls === undefined ? "speaks plain text" : `has its certificates in ${file.tls.certificate}`
    contradictions.push(`it ${kept}, but --tls names ${tls.files.certificate}; cell.json says how it is`)
  }
  if (contradictions.length === 0) return
  throw new Failure(
    exitCodes.setup,
    [
      `${directory} keeps another cell than the one asked for:`,
      ...contradictions.map((sentence) => `  ${sentence}`),
      "Leave these options out, name another directory with --data, or delete that cell with --empty",
    ].join("\n"),
  )
}

function grpcAddress(base: number, id: number): string {
  return `${host}:${base + id}`
}

function integerOption(invocation: Invocation, name: "replicas" | "port"): number | undefined {
  const text = textOption(invocation, name)
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} wants a number, not "${text}"`, "cell")
  return Number(text)
}
