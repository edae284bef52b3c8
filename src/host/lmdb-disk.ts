/**
 * The Disk of a real replica: one LMDB environment. A commit is one LMDB transaction; its promise resolves after
 * fdatasync and the synchronous write of the meta page (tried with strace). Commits are made one after the other.
 *
 * A small commit on a quick disk is made here: 73 us in all, of which 26 of processor time, are less than the 86 and 40
 * that it takes to have it done by a thread, and on a busy machine, where threads wait for their turn, far less. A large
 * one is made by a thread of the pool, and so is every one for a while after the disk was slow, so that neither holds up
 * the event loop more than once.
 *
 * LMDB's pages are never overwritten while anything refers to them, so a crash at any point leaves the last whole
 * transaction; and a snapshot is a read transaction, which costs nothing but the pages it keeps from being used again.
 */
import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { performance } from "node:perf_hooks"
import { type RangeOptions, type RootDatabase, type Transaction, open } from "lmdb"
import { assert, unreachable } from "../base/assert.ts"
import type { DiskEntry, DiskWrite } from "../journal/record.ts"
import { findDamage } from "./lmdb-check.ts"
import type { Disk, DiskSnapshot } from "./ports.ts"

/** The store can't be read as what it should be. `path` is what to set aside. */
export class DiskDamagedError extends Error {
  override readonly name = "DiskDamagedError"
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${path} is damaged: ${reason}`)
    this.path = path
  }
}

/** A write or sync went wrong. What the disk holds now is unknown until it is read anew. */
export class DiskFailedError extends Error {
  override readonly name = "DiskFailedError"
}

type Store = RootDatabase<Buffer, string>

/** Only address space; beyond it LMDB grows its map by itself. */
const mapBytes = 4 * 1024 ** 3

/** More than that is left to a thread. */
const writesHereMax = 32
const bytesHereMax = 64 * 1024
/** A commit made here that took longer is taken for a sign that the disk is slow now, and for how long. */
const patienceMs = 5
const warinessMs = 1_000

/** Greater than every character of a key, all of which are printable ASCII. */
const afterAllKeys = "\u007f"

export class LmdbDisk implements Disk {
  readonly #store: Store
  readonly #path: string
  /** The latest commit. A commit that fails makes every later one fail with the same reason. */
  #latest: Promise<void> = Promise.resolve()
  /** When commits may be made here again. */
  #hereFrom = 0

  private constructor(store: Store, path: string) {
    this.#store = store
    this.#path = path
  }

  /** Opens the store in the directory `path`, or makes one. Only one process may do so at a time: see directory-lock. */
  static open(path: string): LmdbDisk {
    const file = join(path, "data.mdb")
    const isNew = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0
    mkdirSync(path, { recursive: true })
    // LMDB's binding crashes, instead of raising an error, when it can't open its files.
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!isNew) {
      accessSync(file, constants.R_OK | constants.W_OK)
      const damage = findDamage(file)
      if (damage !== undefined) throw new DiskDamagedError(path, damage)
    }
    const store = open<Buffer, string>({
      path,
      noSubdir: false,
      encoding: "binary",
      mapSize: mapBytes,
      // With this on (the default), LMDB commits first and syncs later, and recovers by the machine's boot id. Here a
      // commit is worth nothing before its sync, so nothing is gained, and the failure of the last write is swallowed.
      overlappingSync: false,
      // A transaction is exactly one commit of ours: no waiting for others to share it.
      eventTurnBatching: false,
    })
    if (isNew) {
      syncDirectory(path)
      syncDirectory(dirname(path))
    }
    return new LmdbDisk(store, path)
  }

  *load(): Iterable<DiskEntry> {
    try {
      yield* entriesUnder(this.#store, "", "")
    } catch (error) {
      throw new DiskDamagedError(this.#path, String(error))
    }
  }

  commit(writes: readonly DiskWrite[]): Promise<void> {
    const done = this.#latest.then(() => this.#carryOut(writes))
    this.#latest = done
    // Whoever asked hears of a failure; the link to the next commit needs no listener of its own.
    done.catch(() => {})
    return done
  }

  openSnapshot(): DiskSnapshot {
    // The binding shares one read transaction until it is reset; a snapshot begins with what has been committed by now.
    this.#store.resetReadTxn()
    return new LmdbSnapshot(this.#store)
  }

  async close(): Promise<void> {
    await this.#latest.catch(() => {})
    await this.#store.close()
  }

  async #carryOut(writes: readonly DiskWrite[]): Promise<void> {
    if (writes.length === 0) return
    try {
      if (areFew(writes) && performance.now() >= this.#hereFrom) {
        // What the same turn has sent leaves first: others can make it durable at the same time.
        await nextRound()
        this.#carryOutHere(writes)
      } else {
        await this.#store.batch(() => {
          for (const [place, write] of writes.entries()) this.#prepare(write, writes, place)
        })
      }
    } catch (error) {
      throw new DiskFailedError(`writing to ${this.#path} failed: ${await reasonOf(error)}`, { cause: error })
    }
  }

  #carryOutHere(writes: readonly DiskWrite[]): void {
    const since = performance.now()
    this.#store.transactionSync(() => {
      for (const [place, write] of writes.entries()) this.#prepare(write, writes, place)
    })
    const now = performance.now()
    if (now - since > patienceMs) this.#hereFrom = now + warinessMs
  }

  /** Inside a batch, the binding's promises say nothing: all of it is done, or the batch fails. */
  #prepare(write: DiskWrite, writes: readonly DiskWrite[], place: number): void {
    switch (write.kind) {
      case "put":
        void this.#store.put(write.key, write.value as Buffer)
        return
      case "remove":
        void this.#store.remove(write.key)
        return
      case "removeAll": {
        // What is stored, and what this very commit has put there before.
        this.#store.resetReadTxn()
        for (const { key } of entriesUnder(this.#store, write.prefix, "")) void this.#store.remove(key)
        for (const earlier of writes.slice(0, place)) {
          if (earlier.kind === "put" && earlier.key.startsWith(write.prefix)) void this.#store.remove(earlier.key)
        }
        return
      }
      default:
        return unreachable(write)
    }
  }
}

function areFew(writes: readonly DiskWrite[]): boolean {
  if (writes.length > writesHereMax) return false
  let bytes = 0
  for (const write of writes) {
    if (write.kind === "removeAll") return false
    if (write.kind === "put") bytes += write.value.length
  }
  return bytes <= bytesHereMax
}

class LmdbSnapshot implements DiskSnapshot {
  readonly #store: Store
  readonly #transaction: Transaction
  #isOpen = true

  constructor(store: Store) {
    this.#store = store
    this.#transaction = store.useReadTransaction()
  }

  get(key: string): Uint8Array | undefined {
    assert(this.#isOpen, "a closed snapshot is not read")
    const value = this.#store.get(key, { transaction: this.#transaction })
    return value === undefined ? undefined : plainBytes(value)
  }

  read(prefix: string, afterKey: string, bytesMax: number): { entries: readonly DiskEntry[]; last: boolean } {
    assert(this.#isOpen, "a closed snapshot is not read")
    const entries: DiskEntry[] = []
    let bytes = 0
    for (const entry of entriesUnder(this.#store, prefix, afterKey, this.#transaction)) {
      if (bytes > bytesMax) return { entries, last: false }
      entries.push(entry)
      bytes += entry.value.length
    }
    return { entries, last: true }
  }

  close(): void {
    if (this.#isOpen) this.#transaction.done()
    this.#isOpen = false
  }
}

function* entriesUnder(store: Store, prefix: string, afterKey: string, transaction?: Transaction): Iterable<DiskEntry> {
  const range: RangeOptions = { end: prefix + afterAllKeys }
  if (afterKey !== "") Object.assign(range, { start: afterKey, exclusiveStart: true })
  else if (prefix !== "") range.start = prefix
  if (transaction !== undefined) range.transaction = transaction
  for (const { key, value } of store.getRange(range)) yield { key, value: plainBytes(value) }
}

/** Not a Buffer, whose `slice` means something else. Reads copy out of the map, so nothing changes these bytes. */
function plainBytes(value: Buffer): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

/** The binding says "commit failed", and a moment later, in a promise on that error, why. */
async function reasonOf(error: unknown): Promise<string> {
  const { commitError } = error as { commitError?: Promise<never> }
  const reason = await Promise.race([commitError, nextRound()]).catch((cause: unknown) => cause)
  return reason instanceof Error ? reason.message : String(error)
}

function nextRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A new file is found after a crash only once the directory that names it is on stable storage too. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
