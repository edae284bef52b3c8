/**
 * A disk that keeps what it has synced and nothing else. Commits become durable in order, some time after they were
 * handed over; a crash takes back what is not durable by then, each commit whole or not at all, as in a transactional
 * store. It outlives the processes that use it.
 */
import type { DiskEntry, DiskSnapshot, DiskWrite } from "../host/ports.ts"
import type { Timeline, TrueTime } from "./time.ts"

interface PendingCommit {
  readonly writes: readonly DiskWrite[]
  readonly onDurable: () => void
  readonly onSynced: () => void
}

export class MemoryDisk {
  readonly #timeline: Timeline
  readonly #syncTime: () => TrueTime
  readonly #durable = new Map<string, Uint8Array>()
  #pending: PendingCommit[] = []
  /** How many of the pending commits, the oldest, the sync under way will make durable. Zero: there is none. */
  #syncing = 0
  #syncs = 0

  /** `syncTime`: how long the next sync takes. */
  constructor(timeline: Timeline, syncTime: () => TrueTime) {
    this.#timeline = timeline
    this.#syncTime = syncTime
  }

  /** What is on stable storage, by key. */
  get durable(): Map<string, Uint8Array> {
    return this.#durable
  }

  get pendingCount(): number {
    return this.#pending.length
  }

  /**
   * Calls `onDurable` and then `onSynced` once `writes` are durable. If the machine crashes first, `onSynced` is never
   * called; `onDurable`, which is for those who watch, still is when the crash spares the commit.
   */
  commit(writes: readonly DiskWrite[], onDurable: () => void, onSynced: () => void): void {
    this.#pending.push({ writes, onDurable, onSynced })
    if (this.#syncing === 0) this.#sync()
  }

  /** The machine is gone in this instant. The `sparedCount` oldest of the pending commits have made it to the disk. */
  crash(sparedCount: number): void {
    for (const commit of this.#pending.slice(0, sparedCount)) this.#makeDurable(commit)
    this.#pending = []
    this.#syncing = 0
    this.#syncs += 1
  }

  /** Writes at once: for what happens before a process is up. */
  prepare(writes: readonly DiskWrite[]): void {
    for (const change of writes) this.#write(change)
  }

  /** Everything durable, in order of key. The list is a copy: later commits don't change it. */
  load(): DiskEntry[] {
    const entries = [...this.#durable].map(([key, value]) => ({ key, value }))
    return entries.sort((left, right) => (left.key < right.key ? -1 : 1))
  }

  /** Shows what is durable now, whatever is written later. */
  openSnapshot(): DiskSnapshot {
    const entries = this.load()
    return {
      get: (key) => entries.find((entry) => entry.key === key)?.value,
      read: (prefix, afterKey, bytesMax) => {
        const rest = entries.filter(({ key }) => key.startsWith(prefix) && key > afterKey)
        let bytes = 0
        let count = 0
        while (count < rest.length && bytes <= bytesMax) bytes += rest[count++]?.value.length ?? 0
        return { entries: rest.slice(0, count), last: count === rest.length }
      },
      close: () => undefined,
    }
  }

  /** Commits that come while a sync is under way share the next one. */
  #sync(): void {
    this.#syncing = this.#pending.length
    this.#syncs += 1
    const sync = this.#syncs
    this.#timeline.planAfter(this.#syncTime(), () => {
      // After a crash the pending commits of the former process are none of this disk's business any more.
      if (this.#syncs !== sync) return
      const synced = this.#pending.splice(0, this.#syncing)
      this.#syncing = 0
      for (const commit of synced) this.#makeDurable(commit)
      if (this.#pending.length > 0) this.#sync()
      for (const { onSynced } of synced) onSynced()
    })
  }

  #makeDurable({ writes, onDurable }: PendingCommit): void {
    for (const change of writes) this.#write(change)
    onDurable()
  }

  #write(change: DiskWrite): void {
    switch (change.kind) {
      case "put":
        this.#durable.set(change.key, change.value)
        break
      case "remove":
        this.#durable.delete(change.key)
        break
      case "removeAll":
        for (const key of [...this.#durable.keys()]) if (key.startsWith(change.prefix)) this.#durable.delete(key)
        break
    }
  }
}
