/**
 * What the name service of one replica takes upon itself at most. All of it is memory of this process: a replica whose
 * lookups could fill it would cost the cell a vote.
 */
export const nameLimits = {
  /** Names that one request may ask for. */
  namesPerRequest: 100,
  /** Children of a name that is a directory. */
  instancesPerName: 1_000,
  /** Of the instances of one name, and of all names of one request. */
  contentsBytes: 4_194_304,
  /** Principals with a session of this replica at a time. */
  sessions: 64,
  /** A session that nobody has used for so long is closed. */
  sessionIdleMs: 120_000,
  /** Of the contents that such a session keeps, and again of the answers made of them. */
  cacheBytesPerSession: 8_388_608,
  /** How long a lookup waits for the cell before it says what is wrong. */
  lookUpMs: 5_000,
  /** Names that are being watched, for all principals. */
  watchedNames: 5_000,
  /** A watch that nobody needs any more goes on for so long: who polls comes back. */
  lingerMs: 30_000,
  /** Blocking queries under way. */
  waiters: 10_000,
  /** How long one of them waits at most. */
  waitMs: 60_000,
  /** Event streams. */
  streams: 10_000,
  /** A stream that says nothing else says so much, or proxies take it for dead. */
  heartbeatMs: 15_000,
  /** A reader that has taken nothing for so long is cut off. */
  stalledMs: 60_000,
} as const
