/**
 * Group commit. One commit is at the disk, one is being gathered: turns go on while the disk syncs, and their records
 * share the next commit. So the slower the disk, the larger the commits, and a turn never waits for more than two.
 *
 * What must not leave before it is durable waits here, and is released nowhere but in the disk's completion.
 */
import { journalWrites, type Seal } from "../journal/codec.ts"
import type { JournalRecord } from "../journal/record.ts"
import type { Disk } from "./ports.ts"

interface Commit {
  readonly records: JournalRecord[]
  readonly whenDurable: (() => void)[]
}

export interface CommitQueueOptions {
  readonly disk: Disk
  readonly seal: Seal
  /** The disk can't be trusted any more. Nothing that waits will ever be released. */
  readonly onFailure: (error: unknown) => void
}

export class CommitQueue {
  readonly #options: CommitQueueOptions
  #underWay: Commit | undefined
  #gathering: Commit = { records: [], whenDurable: [] }
  #hasFailed = false
  #onIdle: (() => void)[] = []

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Calls back once `records` and everything added before them are on stable storage; at once if they are already. */
  add(records: readonly JournalRecord[], whenDurable: () => void): void {
    if (this.#hasFailed) return
    if (records.length > 0 || this.#gathering.records.length > 0) {
      for (const record of records) this.#gathering.records.push(record)
      this.#gathering.whenDurable.push(whenDurable)
      if (this.#underWay === undefined) this.#commit()
    } else if (this.#underWay !== undefined) this.#underWay.whenDurable.push(whenDurable)
    else whenDurable()
  }

  /** Resolves once everything added so far is durable; never after a failure. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#underWay === undefined && !this.#hasFailed) resolve()
      else this.#onIdle.push(resolve)
    })
  }

  #commit(): void {
    const commit = this.#gathering
    this.#gathering = { records: [], whenDurable: [] }
    this.#underWay = commit
    const { disk, seal } = this.#options
    disk.commit(journalWrites(commit.records, seal)).then(
      () => this.#complete(commit),
      (error: unknown) => {
        this.#hasFailed = true
        this.#options.onFailure(error)
      },
    )
  }

  /** First lets go what others wait for, then keeps the disk busy. */
  #complete(commit: Commit): void {
    for (const release of commit.whenDurable) release()
    this.#underWay = undefined
    if (this.#gathering.records.length > 0) return this.#commit()
    const idle = this.#onIdle
    this.#onIdle = []
    for (const resolve of idle) resolve()
  }
}
