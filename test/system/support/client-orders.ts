/** What a client process can be told to do, and what it answers: see client-process.ts. Everything here travels as JSON. */
import type { SessionStanding } from "../../../src/client/index.ts"

export interface ClientSettings {
  readonly replicas: readonly string[]
  /** So many sessions, all on one connection. */
  readonly sessionCount: number
  readonly sessionLeaseMs: number
  /** Of the thread that sends the KeepAlives. */
  readonly leashMs: number
}

export type Order =
  /** Every session takes a lock: the first one that of this path, the others those of `path-2`, `path-3` and so on. */
  | { readonly kind: "acquire"; readonly path: string; readonly lockDelayMs: number }
  | { readonly kind: "look" }
  /** Through the cache of the first session. */
  | { readonly kind: "read"; readonly path: string }
  /** An ephemeral file, kept open by the first session. */
  | { readonly kind: "createEphemeral"; readonly path: string }
  /**
   * Blocks the main thread, which turns its event loop no more: for `forMs`, or, if that is not said, until a look at
   * the clock shows that the whole process was stopped in between. Then, before anything else, looks at the lock of the
   * first session and at what its cache knows of `path`; and tries to write into the lock's file all the same.
   */
  | { readonly kind: "freeze"; readonly forMs: number | undefined; readonly path: string }

export interface Holding {
  readonly sessionId: number
  readonly standing: SessionStanding
  readonly path: string
  readonly lockGeneration: number
  readonly isHeld: boolean
  /** Until nobody has promised it any more. Negative: that was so long ago. */
  readonly validForMs: number
}

/** What the first look after a freeze has shown, and what became of the writes that followed. */
export interface WokenUp {
  readonly isHeld: boolean
  readonly standing: SessionStanding
  readonly cached: string | undefined
  /** In the session that held the lock: "done", or the code of the refusal. */
  readonly writeInSession: string
  /** Under the lock's sequencer, in another session of the process, which was never in danger. */
  readonly writeUnderSequencer: string
}

/** By kind of order. */
export interface Answers {
  readonly acquire: readonly Holding[]
  readonly look: readonly Holding[]
  /** `cached`: what the cache knew at once; `contents`: what an ordinary read said then. */
  readonly read: { readonly cached: string | undefined; readonly contents: string }
  readonly createEphemeral: { readonly instance: number }
  readonly freeze: WokenUp
}

export type Answer = Answers[Order["kind"]]

export interface ToClient {
  readonly orderId: number
  readonly order: Order
}

export type FromClient =
  | { readonly kind: "ready"; readonly sessionIds: readonly number[] }
  /** It freezes right after this. */
  | { readonly kind: "freezing" }
  | { readonly kind: "answered"; readonly orderId: number; readonly answer: Answer }
  | { readonly kind: "failed"; readonly orderId: number; readonly reason: string }
