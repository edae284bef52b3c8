/**
 * The client library of Claviger: sessions, files and locks of a cell.
 *
 * ```ts
 * const cell = await connect({ replicas: ["127.0.0.1:4301", "127.0.0.1:4302", "127.0.0.1:4303"] })
 * await using session = await cell.openSession({ name: "worker-7" })
 * await using lock = await session.acquire("/ls/local/job")
 * await storage.write(row, { sequencer: lock.sequencer, signal: lock.lost })
 * ```
 *
 * Calls are repeated over fail-overs until they are answered; how long to wait is the caller's decision, made with an
 * `AbortSignal`. The library never prints, and it throws nothing but `CellError`s and the reasons of aborted signals.
 */
export { connect, type Cell, type SessionOptions } from "./cell.ts"
export type { ConnectOptions } from "./connect-options.ts"
export type { ClientTls } from "./tls.ts"
export type { WireKind } from "./transport-over.ts"
export type { Session } from "./session.ts"
export type { SessionEvent } from "./session-events.ts"
export type { Watch, WatchEvent, WatchOptions } from "./watch.ts"
export type { CacheStatistics } from "./cache.ts"
export type { SessionStanding } from "./core/session-lease.ts"
export type { AcquireOptions, Lock, LockOptions } from "./lock.ts"
export type { BusyLock } from "./busy-lock.ts"
export type { Handle, NewNode, OpenOptions } from "./handle.ts"
export { guard, step, type StepResult, type Transaction, type TransactionResult } from "./transaction.ts"
export type { AccessQuestion, AccessVerdict, SetAclOptions } from "./acl.ts"
export type { SessionList } from "./list-sessions.ts"
export type { RotateSigningKeysOptions } from "./signing-keys.ts"
export type { CallOptions } from "./session-calls.ts"
export type {
  Contents,
  DeleteOptions,
  DirectoryListing,
  FileContents,
  LockState,
  MakeDirectoryOptions,
  ReadDirOptions,
  SequencerVerdict,
  WriteOptions,
} from "./files.ts"
export { CellError, LockLostError, SequencerStaleError, SessionExpiredError, type ErrorDetails } from "./errors.ts"
export type { ErrorCode } from "../contract/errors.ts"
export type { LockMode } from "../contract/lock-mode.ts"
export type { ChangeKind, NodeChange, Scope } from "../contract/changes.ts"
export type { AclChange, AclNames } from "../contract/acl.ts"
export type { KeyState, SequencerKey } from "../contract/signing-keys.ts"
export type {
  CreateRule,
  DirectoryEntry,
  EndedSession,
  HandleMode,
  LockDelay,
  LockParty,
  NodeKind,
  NodeStat,
  SessionFacts,
  TransactionStep,
} from "../contract/requests.ts"
