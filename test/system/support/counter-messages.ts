/** What is said between a test and the processes that keep a counter, and count it up. */
import type { ClientTls } from "../../../src/client/index.ts"
import type { RefusalProblem } from "../../../src/fence/index.ts"

export interface ServiceSettings {
  readonly port: number
  /** Where the counter and the marks are. */
  readonly directory: string
  /** Addresses of the cell's public keys. */
  readonly keys: readonly string[]
  /** The path of the lock; undefined: whoever comes may write. */
  readonly guardedBy: string | undefined
}

export interface CounterClientSettings {
  readonly name: string
  readonly replicas: readonly string[]
  readonly tls: ClientTls
  readonly path: string
  readonly counter: string
  readonly sessionLeaseMs: number
}

export interface CounterOrder {
  readonly kind: "countUp"
  /** A file: after it has made sure of its lock it does nothing at all until that is there. */
  readonly lingersUntil: string | undefined
}

/** What the service has said to a write. */
export type Written =
  { readonly kind: "written"; readonly value: number } | { readonly kind: "refused"; readonly problem: RefusalProblem }

export type FromCounterProcess =
  | { readonly kind: "ready" }
  /** The client holds the lock, has read the counter, has made sure of its lock, and is about to write. */
  | { readonly kind: "sure"; readonly value: number; readonly lockGeneration: number }
  | { readonly kind: "done"; readonly outcome: Written }
