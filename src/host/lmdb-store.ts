/**
 * One LMDB environment: where the records are, but for the latest, which are in the journal's files alone
 * (journaled-disk.ts). LMDB's pages are never overwritten while anything refers to them, so a crash at any point leaves
 * the last whole transaction; and a snapshot is a read transaction, which costs nothing but the pages it keeps from being
 * used again.
 */
import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { type RangeOptions, type RootDatabase, type Transaction, open } from "lmdb"
import { assert, unreachable } from "../base/assert.ts"
import type { DiskEntry, DiskWrite } from "../journal/record.ts"
import { DiskDamagedError } from "./disk-errors.ts"
import { findDamage } from "./lmdb-check.ts"

type Store = RootDatabase<Buffer, string>

/** Only address space; beyond it LMDB grows its map by itself. */
const mapBytes = 4 * 1024 ** 3

/** Greater than every character of a key, all of which are printable ASCII. */
const afterAllKeys = "\u007f"

export class LmdbStore {
  readonly #store: Store
  readonly #path: string

  private constructor(store: Store, path: string) {
    this.#store = store
    this.#path = path
  }

  /** Opens the store in the directory `path`, or makes one. Only one process may do so at a time: see directory-lock. */
  static open(path: string): LmdbStore {
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
    return new LmdbStore(store, path)
  }

  get(key: string): Uint8Array | undefined {
    const value = this.#store.get(key)
    return value === undefined ? undefined : plainBytes(value)
  }

  /** Everything stored, in order of key. */
  *load(): Iterable<DiskEntry> {
    try {
      yield* entriesUnder(this.#store, "", "")
    } catch (error) {
      throw new DiskDamagedError(this.#path, String(error))
    }
  }

  /** One transaction, made by a thread of the pool. Resolves once it is on stable storage; one at a time. */
  async commit(writes: readonly DiskWrite[]): Promise<void> {
    try {
      await this.#store.batch(() => this.#prepareAll(writes))
    } catch (error) {
      throw new Error(await reasonOf(error), { cause: error })
    }
  }

  /** The same, made here: for when nobody waits for the event loop. */
  commitSync(writes: readonly DiskWrite[]): void {
    this.#store.transactionSync(() => this.#prepareAll(writes))
  }

  /** A view that later commits don't change. */
  openSnapshot(): StoreSnapshot {
    // The binding shares one read transaction until it is reset; a snapshot begins with what has been committed by now.
    this.#store.resetReadTxn()
    return new StoreSnapshot(this.#store)
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  /** Inside a transaction the binding's promises say nothing: all of it is done, or the transaction fails. */
  #prepareAll(writes: readonly DiskWrite[]): void {
    for (const [place, write] of writes.entries()) this.#prepare(write, writes, place)
  }

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

export class StoreSnapshot {
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

  /** In order of key, those that begin with `prefix` and follow `afterKey`. */
  entries(prefix: string, afterKey: string): Iterable<DiskEntry> {
    assert(this.#isOpen, "a closed snapshot is not read")
    return entriesUnder(this.#store, prefix, afterKey, this.#transaction)
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
  const soon = new Promise((resolve) => setImmediate(resolve))
  const reason = await Promise.race([commitError, soon]).catch((cause: unknown) => cause)
  return reason instanceof Error ? reason.message : String(error)
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
