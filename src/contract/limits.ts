/**
 * Every bound that a caller can meet, with its unit. Relations between them are asserted in the test of this file.
 */
export const limits: Limits = {
  /** The paper's figure (2.3): files are meant to be small, read whole and written whole. */
  contentsBytesMax: 256 * 1024,
  /** One part of a path, in bytes of UTF-8. */
  nameBytesMax: 255,
  /** A whole path, `/ls/<cell>` included, in bytes of UTF-8. */
  pathBytesMax: 1024,
  pathDepthMax: 64,
  clientNameBytesMax: 256,
  /** The word by which a retried CreateSession finds its session again. */
  nonceBytesMax: 64,
  /** Chubby's default lease. */
  sessionLeaseMsDefault: 12_000,
  sessionLeaseMsMin: 1_000,
  sessionLeaseMsMax: 60 * 60 * 1000,
  /** How long a client waits in jeopardy before it gives its session up (paper, 2.8). */
  gracePeriodMs: 45_000,
  /** Calls of one session that have been sent and not yet answered; the cell remembers as many results. */
  outstandingRequestsMax: 4096,
  /** Waiters and holders of one lock, together. */
  lockQueueMax: 10_000,
  /** Holders that a refused TryAcquire names; the rest are left out. */
  holdersToldMax: 100,
  sessionsMax: 200_000,
  childrenMax: 1_000_000,
  /** Entries of one ReadDir reply. */
  readDirPageMax: 10_000,
  /** Operations in one message of a `Connect` stream. */
  operationsPerMessageMax: 1024,
  /** Mutations that the master has taken in and not yet put into the log. */
  pendingCommandsMax: 20_000,
  /** Contents of such mutations, in sum. */
  pendingBytesMax: 64 * 1024 * 1024,
  /** Requests that wait for the replica's next turn. */
  inputQueueMax: 20_000,
}

export interface Limits {
  readonly contentsBytesMax: number
  readonly nameBytesMax: number
  readonly pathBytesMax: number
  readonly pathDepthMax: number
  readonly clientNameBytesMax: number
  readonly nonceBytesMax: number
  readonly sessionLeaseMsDefault: number
  readonly sessionLeaseMsMin: number
  readonly sessionLeaseMsMax: number
  readonly gracePeriodMs: number
  readonly outstandingRequestsMax: number
  readonly lockQueueMax: number
  readonly holdersToldMax: number
  readonly sessionsMax: number
  readonly childrenMax: number
  readonly readDirPageMax: number
  readonly operationsPerMessageMax: number
  readonly pendingCommandsMax: number
  readonly pendingBytesMax: number
  readonly inputQueueMax: number
}
