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
  /** Under load the master grants longer leases than were asked for, up to this (paper, 2.8). */
  sessionLeaseMsUnderLoadMax: 60_000,
  /** How long a client may use its cache without a word from the master: a crashed client delays a write no longer. */
  cacheLeaseMs: 5_000,
  /** How long a client waits in jeopardy before it gives its session up (paper, 2.8). */
  gracePeriodMs: 45_000,
  /** Calls of one session that have been sent and not yet answered; the cell remembers as many results. */
  outstandingRequestsMax: 4096,
  /** What calls of one session have read and the cell remembers, until the client says that it has the answers. */
  rememberedBytesMax: 8 * 1024 * 1024,
  /** KeepAlives of one `Connect` stream that the master may hold, and as many waiting Acquires. */
  parkedCallsPerStreamMax: 100_000,
  /** Of one session: requests that are open although later ones have been acknowledged. */
  stillOpenMax: 4096,
  /** Sessions of which a replica remembers the calls that it has put off. */
  sessionsPutOffMax: 10_000,
  /** The longest that a lock stays barred after its holder was lost (paper, 2.4: a minute). */
  lockDelayMsMax: 60_000,
  /** The longest that an Acquire may ask the master to wait for it; without such a limit it waits for ever. */
  waitMsMax: 24 * 60 * 60 * 1000,
  /** Waiters and holders of one lock, together. */
  lockQueueMax: 10_000,
  /** Holders that a refused TryAcquire names; the rest are left out. */
  holdersToldMax: 100,
  /** Handles that keep one ephemeral node alive. */
  opensPerNodeMax: 10_000,
  sessionsMax: 200_000,
  /** Sessions of one authenticated principal; anonymous callers share the limit of the cell. */
  sessionsPerPrincipalMax: 50_000,
  /** Locks held or waited for, and ephemeral nodes kept alive, by one session. */
  engagementsPerSessionMax: 100_000,
  subscriptionsPerSessionMax: 10_000,
  /** Keys that one session may have in its cache, as far as the master keeps track; what is beyond is not cachable. */
  cachedKeysPerSessionMax: 50_000,
  /** Sessions that may cache one key; for others it is not cachable. */
  cachersPerKeyMax: 20_000,
  /** Keys that a Resume may name; the client forgets the rest of its cache. */
  resumedKeysMax: 10_000,
  /** Notices that wait for one session's acknowledgement; beyond, it is told to resync. */
  noticesPerSessionMax: 4_096,
  /** Changes that every replica keeps, to tell after a fail-over what was missed. */
  changesKeptMax: 16_384,
  /** Sessions that ended of late, and why. */
  endedSessionsKept: 1_024,
  /** Keys by which sequencers can be verified, the next one included; each rotation while a lock is held adds one. */
  signingKeysMax: 32,
  /** Nodes and bytes (names and contents) below one child of the root. */
  subtreeNodesMax: 1_000_000,
  subtreeBytesMax: 512 * 1024 * 1024,
  /** Of the whole cell, which every replica has in memory: who could fill that would stop it for good. */
  cellNodesMax: 2_000_000,
  cellBytesMax: 2 * 1024 * 1024 * 1024,
  /** Guards, and steps of either list, of one transaction. */
  transactionStepsMax: 128,
  /** Contents of all steps of a transaction together. */
  transactionBytesMax: 1024 * 1024,
  aclNameBytesMax: 128,
  principalBytesMax: 256,
  hostBytesMax: 256,
  /** Sessions of one page of ListSessions. */
  listSessionsPageMax: 1_000,
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
  readonly sessionLeaseMsUnderLoadMax: number
  readonly cacheLeaseMs: number
  readonly gracePeriodMs: number
  readonly outstandingRequestsMax: number
  readonly rememberedBytesMax: number
  readonly parkedCallsPerStreamMax: number
  readonly stillOpenMax: number
  readonly sessionsPutOffMax: number
  readonly lockDelayMsMax: number
  readonly waitMsMax: number
  readonly lockQueueMax: number
  readonly holdersToldMax: number
  readonly opensPerNodeMax: number
  readonly sessionsMax: number
  readonly sessionsPerPrincipalMax: number
  readonly engagementsPerSessionMax: number
  readonly subscriptionsPerSessionMax: number
  readonly cachedKeysPerSessionMax: number
  readonly cachersPerKeyMax: number
  readonly resumedKeysMax: number
  readonly noticesPerSessionMax: number
  readonly changesKeptMax: number
  readonly endedSessionsKept: number
  readonly signingKeysMax: number
  readonly subtreeNodesMax: number
  readonly subtreeBytesMax: number
  readonly cellNodesMax: number
  readonly cellBytesMax: number
  readonly transactionStepsMax: number
  readonly transactionBytesMax: number
  readonly aclNameBytesMax: number
  readonly principalBytesMax: number
  readonly hostBytesMax: number
  readonly listSessionsPageMax: number
  readonly childrenMax: number
  readonly readDirPageMax: number
  readonly operationsPerMessageMax: number
  readonly pendingCommandsMax: number
  readonly pendingBytesMax: number
  readonly inputQueueMax: number
}
