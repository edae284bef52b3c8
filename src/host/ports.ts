/**
 * The outside world as a replica's host needs it, in small interfaces. Production gives it LMDB, TCP, the monotonic
 * clock and the operating system's randomness; tests give it simulated ones. Each has a contract suite run over both.
 */
import type { ReplicaId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import type { DiskEntry, DiskWrite } from "../journal/record.ts"

export type { DiskEntry, DiskWrite } from "../journal/record.ts"

/** An ordered map of sealed records (keys: at most 200 ASCII characters, ordered by code unit). */
export interface Disk {
  /** Everything stored, in order of key. */
  load(): Iterable<DiskEntry>
  /**
   * Writes all or nothing, after everything committed before. Resolves once it is on stable storage. A rejection means
   * that the disk can't be trusted any more: the process must stop without sending what depended on it.
   */
  commit(writes: readonly DiskWrite[]): PromiseLike<void>
  /** A view that later commits don't change. */
  openSnapshot(): DiskSnapshot
  close(): Promise<void>
}

export interface DiskSnapshot {
  get(key: string): Uint8Array | undefined
  /** Entries whose key begins with `prefix` and follows `afterKey`, until `bytesMax` bytes of values are exceeded. */
  read(
    prefix: string,
    afterKey: string,
    bytesMax: number,
  ): { readonly entries: readonly DiskEntry[]; readonly last: boolean }
  close(): void
}

/** Frames to and from the other replicas: unreliable, unordered across reconnections, never corrupted. */
export interface Peers {
  /** Sends encoded messages to one replica, in one frame. Drops them silently when it can't be reached. */
  send(to: ReplicaId, messages: readonly Uint8Array[]): void
  onReceive(listener: (from: ReplicaId, messages: readonly Uint8Array[]) => void): void
  /** Replicas that a connection to or from exists with. */
  reachable(): readonly ReplicaId[]
  close(): Promise<void>
}

export interface Clock {
  /** Monotonic; integer milliseconds; at least 1. */
  now(): Instant
}

/** When the host's code runs again; apart from Clock, because most readers of a clock must not be able to wait. */
export interface Timers {
  /** Calls back once what this round of the event loop brings in has been taken in. */
  soon(callback: () => void): void
  /** Calls back at `instant`, or a little later. The function returned takes that back. */
  at(instant: Instant, callback: () => void): () => void
}

export interface Entropy {
  bytes(count: number): Uint8Array
}
