/**
 * Reads the replicated state for replicas that are too far behind for the log. Each transfer has a snapshot of the disk
 * of its own, so that all its pieces show one and the same state while the replica goes on. An open snapshot keeps the
 * disk from using old pages again, so there are few, and none outlives a fetcher that has gone silent.
 */
import { present } from "../base/assert.ts"
import { decode } from "../base/codec.ts"
import { after, type DurationMs } from "../base/instant.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { keys, progressCodec, type Seal, unsealed, unsealedState } from "../journal/codec.ts"
import type { SnapshotPiece, SnapshotRead } from "../replica/effects.ts"
import type { Clock, Disk, DiskSnapshot, Timers } from "./ports.ts"

const transfersMax = 2
const silenceMsMax: DurationMs = 30_000

interface Transfer {
  readonly to: ReplicaId
  readonly snapshot: DiskSnapshot
  readonly appliedThrough: Slot
  cancelTimer: () => void
}

export interface SnapshotReaderOptions {
  readonly disk: Disk
  readonly seal: Seal
  readonly clock: Clock
  readonly timers: Timers
}

export class SnapshotReader {
  readonly #options: SnapshotReaderOptions
  readonly #transfers = new Map<string, Transfer>()

  constructor(options: SnapshotReaderOptions) {
    this.#options = options
  }

  /**
   * Undefined if the transfer isn't, or is no longer, being served: the one who fetches will begin another. Raises
   * `MalformedBytesError` when the disk holds something else than what was written.
   */
  read({ to, transfer, cursor, bytesMax }: SnapshotRead): SnapshotPiece | undefined {
    const name = `${to}/${transfer}`
    const found = this.#transfers.get(name) ?? (cursor === "" ? this.#begin(name, to) : undefined)
    if (found === undefined) return undefined
    const { seal } = this.#options
    const { entries, last } = found.snapshot.read(keys.state, cursor === "" ? "" : keys.state + cursor, bytesMax)
    if (last) this.#end(name)
    else this.#awaitNext(name, found)
    const states = entries.map((entry) => unsealedState(seal, entry))
    const { appliedThrough } = found
    return { to, transfer, after: cursor, entries: states, cursor: states.at(-1)?.key ?? cursor, last, appliedThrough }
  }

  close(): void {
    for (const name of [...this.#transfers.keys()]) this.#end(name)
  }

  /** A replica that begins anew has given its earlier transfer up. Otherwise, whoever came first is served first. */
  #begin(name: string, to: ReplicaId): Transfer | undefined {
    for (const [earlier, transfer] of this.#transfers) if (transfer.to === to) this.#end(earlier)
    if (this.#transfers.size >= transfersMax) return undefined
    const snapshot = this.#options.disk.openSnapshot()
    const value = present(snapshot.get(keys.progress), "a replica that runs has a progress record")
    const progress = decode(progressCodec, unsealed(this.#options.seal, { key: keys.progress, value }))
    const transfer = { to, snapshot, appliedThrough: progress.appliedThrough, cancelTimer: () => {} }
    this.#transfers.set(name, transfer)
    return transfer
  }

  #awaitNext(name: string, transfer: Transfer): void {
    const { clock, timers } = this.#options
    transfer.cancelTimer()
    transfer.cancelTimer = timers.at(after(clock.now(), silenceMsMax), () => this.#end(name))
  }

  #end(name: string): void {
    const transfer = this.#transfers.get(name)
    this.#transfers.delete(name)
    transfer?.cancelTimer()
    transfer?.snapshot.close()
  }
}
