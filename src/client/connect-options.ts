/**
 * What a program says when it connects. Looked at before anything is made of it: an address that is none would be tried
 * over and over, and a leash that is no number would be no leash.
 */
import { splitAddress } from "../base/address.ts"
import type { DurationMs } from "../base/instant.ts"
import { demand, isRecord, list, orUndefined, record, text, whole, word, type Rule } from "./argument-rules.ts"
import { CellError } from "./errors.ts"
import type { ClientTls } from "./tls.ts"
import type { WireKind } from "./transport-over.ts"

export interface ConnectOptions {
  /** `host:port` of the gRPC doors of the replicas. One would do, but if just that one is down, nobody is found. */
  readonly replicas: readonly string[]
  /** How sessions introduce themselves unless they are given a name of their own. */
  readonly name?: string | undefined
  /** For a cell with TLS: whom to trust, and who we are. As PEM. Undefined: plain text. */
  readonly tls?: ClientTls | undefined
  /**
   * What goes between this program and the replicas. "frames", unless said otherwise: messages in plain frames over TCP,
   * or TLS, which costs both sides a third of what gRPC does. "grpc": for where only HTTP/2 gets through.
   */
  readonly wire?: WireKind | undefined
  /**
   * Which thread sends the KeepAlives. "worker", unless said otherwise: a thread of their own, so that sessions live on
   * while the main thread computes. "main": saves the thread, its memory (some 20 MiB) and its connection.
   */
  readonly keepAlives?: "worker" | "main" | undefined
  /**
   * For how many ms the main thread may be busy in one piece before its sessions are no longer kept alive, for a process
   * that is wedged must not hold its locks for ever. 30,000 unless said otherwise. Only for KeepAlives of a worker.
   */
  readonly leashMs?: number | undefined
}

export const leashMsDefault: DurationMs = 30_000
const leashMsMin: DurationMs = 100
/** The main thread proves by a timer that it is well, and no timer of Node is longer. */
const leashMsMax: DurationMs = 2 ** 31 - 1

/** Throws a `CellError`, INVALID_ARGUMENT. */
export function checkConnectOptions(options: ConnectOptions): void {
  demand("options", options, record)
  const { replicas, name, tls, wire, keepAlives, leashMs } = options
  demand("replicas", replicas, list)
  if (replicas.length === 0) {
    throw new CellError("INVALID_ARGUMENT", `replicas is empty, but must name at least one replica: ${addressInWords}`)
  }
  replicas.forEach((replica, index) => {
    demand(`replicas[${index}]`, replica, address)
  })
  demand("name", name, orUndefined(text))
  demand("tls", tls, orUndefined(record))
  for (const part of ["certificateAuthority", "certificate", "privateKey"]) {
    if (isRecord(tls)) demand(`tls.${part}`, tls[part], text)
  }
  demand("wire", wire, orUndefined(word(["frames", "grpc"])))
  demand("keepAlives", keepAlives, orUndefined(word(["worker", "main"])))
  demand("leashMs", leashMs, orUndefined(whole(leashMsMin, leashMsMax)))
}

const addressInWords = 'host:port, as in "10.0.0.7:4301", "db1.example.org:4301" or "[::1]:4301"'

/** No `http://` before it and no path behind it. */
const address: Rule = {
  allowed: addressInWords,
  admits: (value) => typeof value === "string" && (splitAddress(value)?.port ?? 0) > 0,
}
