/**
 * Fetching a snapshot, for a replica that is further behind than the others' logs reach. It asks piece by piece, from any
 * replica that is ahead, by choice not from the master, whose loop has enough to do. Nothing is installed before the
 * last piece is here.
 */
import { present } from "../base/assert.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { after, type Instant, never } from "../base/instant.ts"
import type { Prng } from "../base/prng.ts"
import type { StateEntry } from "../journal/record.ts"
import type { SnapshotMessage, SnapshotPieceMessage } from "./peer-messages.ts"
import type { ReplicaSettings } from "./settings.ts"

interface Fetching {
  readonly transfer: number
  readonly from: ReplicaId
  /** The one that is known to be ahead, for the next attempt. */
  readonly fallback: ReplicaId
  readonly above: Slot
  readonly entries: StateEntry[]
  /** Of the first piece. */
  appliedThrough: Slot | undefined
  cursor: string
  until: Instant
}

export interface FetchedSnapshot {
  readonly appliedThrough: Slot
  readonly entries: readonly StateEntry[]
}

export interface SnapshotQuestion {
  readonly to: ReplicaId
  readonly message: SnapshotMessage
}

export class SnapshotFetch {
  readonly #settings: ReplicaSettings
  readonly #dice: Prng
  #fetching: Fetching | undefined

  constructor(settings: ReplicaSettings, dice: Prng) {
    this.#settings = settings
    this.#dice = dice
  }

  get wakeAt(): Instant {
    return this.#fetching?.until ?? never
  }

  /** `ahead` is known to be further than `above`. Undefined: a transfer is under way. */
  begin(ahead: ReplicaId, above: Slot, now: Instant): SnapshotQuestion | undefined {
    if (this.#fetching !== undefined) return undefined
    const others = this.#settings.replicas.filter((id) => id !== this.#settings.self && id !== ahead)
    return this.#ask(others.length === 0 ? ahead : this.#dice.pick(others), ahead, above, now)
  }

  #ask(from: ReplicaId, fallback: ReplicaId, above: Slot, now: Instant): SnapshotQuestion {
    const transfer = this.#dice.next32()
    const until = after(now, this.#settings.snapshotPatienceMs)
    this.#fetching = { transfer, from, fallback, above, entries: [], appliedThrough: undefined, cursor: "", until }
    return { to: from, message: { kind: "snapshotRequest", transfer, cursor: "", above } }
  }

  /** The one who was asked is no further, or has been silent too long: ask the one that is known to be ahead. */
  #giveUp(now: Instant): SnapshotQuestion | undefined {
    const { from, fallback, above } = present(this.#fetching, "there is a transfer to give up")
    this.#fetching = undefined
    return from === fallback ? undefined : this.#ask(fallback, fallback, above, now)
  }

  tick(now: Instant): SnapshotQuestion | undefined {
    return this.#fetching !== undefined && now >= this.#fetching.until ? this.#giveUp(now) : undefined
  }

  onRefused(transfer: number, now: Instant): SnapshotQuestion | undefined {
    return this.#fetching?.transfer === transfer ? this.#giveUp(now) : undefined
  }

  onPiece(piece: SnapshotPieceMessage, now: Instant): SnapshotQuestion | FetchedSnapshot | undefined {
    const fetching = this.#fetching
    // A late or doubled piece of the same transfer names another cursor than the one that was asked for.
    if (fetching?.transfer !== piece.transfer || fetching.cursor !== piece.after) return undefined
    // A source that has started again in between would go on with another state.
    fetching.appliedThrough ??= piece.appliedThrough
    if (fetching.appliedThrough !== piece.appliedThrough) return this.#giveUp(now)
    for (const entry of piece.entries) fetching.entries.push(entry)
    if (piece.last) {
      this.#fetching = undefined
      return { appliedThrough: piece.appliedThrough, entries: fetching.entries }
    }
    fetching.cursor = piece.cursor
    fetching.until = after(now, this.#settings.snapshotPatienceMs)
    const { transfer, cursor, above, from } = fetching
    return { to: from, message: { kind: "snapshotRequest", transfer, cursor, above } }
  }
}
