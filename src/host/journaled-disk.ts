/**
 * The Disk of a real replica. A commit is a frame appended to the journal, with one flush; from time to time what has
 * been gathered there is stored in LMDB, by a thread and in small lots, and the journal begins anew. Of two files one is
 * written while the other is being stored.
 *
 *     data.mdb, lock.mdb      LMDB
 *     journal-0, journal-1    the writes that it may lack
 *
 * LMDB alone would do, and did: but there a commit is two flushes and whole pages. With one record, and two other
 * replicas on the same disk, it took 166 us, 39 of them of processor time, and a frame takes 51 and 13. A write waits for
 * that at a majority.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { MalformedBytesError } from "../base/bytes.ts"
import { type Codec, decode, encode, shape, uint } from "../base/codec.ts"
import { openSeal, sealed, unsealed } from "../journal/codec.ts"
import type { DiskEntry, DiskWrite } from "../journal/record.ts"
import { DiskDamagedError, DiskFailedError } from "./disk-errors.ts"
import { JournalFile } from "./journal-file.ts"
import { decodeFrames, encodeFrame, framesAfter } from "./journal-frame.ts"
import { LmdbStore, type StoreSnapshot, syncDirectory } from "./lmdb-store.ts"
import type { Disk, DiskSnapshot } from "./ports.ts"
import { UnstoredWrites } from "./unstored-writes.ts"

/** Says in LMDB up to which frame it has the writes. */
const storedKey = "journal"
const storedCodec: Codec<{ readonly through: number }> = shape<{ readonly through: number }>({ through: uint })

/** A file of the journal that has so much is stored. A start reads as much again, in some tens of milliseconds. */
const journalBytesDefault = 4 * 1024 * 1024
/** So many times as much is in a file, if storing the other one takes so long. */
const growthMax = 4
/** Of the event loop, preparing as many takes about a millisecond. */
const writesPerLot = 256

type Files = readonly [JournalFile, JournalFile]

export class JournaledDisk implements Disk {
  readonly #path: string
  readonly #store: LmdbStore
  readonly #files: Files
  readonly #journalBytesMax: number
  /** The file that is written. */
  #current: 0 | 1 = 0
  #lastNumber: number
  /** In the current file. */
  #unstored = new UnstoredWrites()
  /** In the other one, as long as it is being stored. */
  #beingStored: UnstoredWrites | undefined
  #storing: Promise<void> = Promise.resolve()
  #latest: Promise<void> = Promise.resolve()
  /** Why no commit can be made any more. */
  #failure: DiskFailedError | undefined

  private constructor(path: string, store: LmdbStore, files: Files, lastNumber: number, journalBytesMax: number) {
    this.#path = path
    this.#store = store
    this.#files = files
    this.#lastNumber = lastNumber
    this.#journalBytesMax = journalBytesMax
  }

  /** Opens the disk in the directory `path`, or makes one. Only one process may do so at a time: see directory-lock. */
  static async open(path: string, journalBytesMax: number = journalBytesDefault): Promise<JournaledDisk> {
    const store = LmdbStore.open(path)
    const files: JournalFile[] = []
    try {
      const through = storedThrough(store)
      for (const name of ["journal-0", "journal-1"]) files.push(openFile(join(path, name), through === undefined))
      syncDirectory(path)
      const lastNumber = storeAtStart(path, store, files, through)
      return new JournaledDisk(path, store, files as unknown as Files, lastNumber, journalBytesMax)
    } catch (error) {
      for (const file of files) file.close()
      await store.close()
      throw error instanceof MalformedBytesError ? new DiskDamagedError(path, error.message) : error
    }
  }

  *load(): Iterable<DiskEntry> {
    for (const entry of this.#allUnstored().over(this.#store.load(), "", "")) if (entry.key !== storedKey) yield entry
  }

  /** Commits are made one after the other. One that fails makes every later one fail with the same reason. */
  commit(writes: readonly DiskWrite[]): Promise<void> {
    const done = this.#latest.then(() => this.#carryOut(writes))
    this.#latest = done
    // Whoever asked hears of a failure; the link to the next commit needs no listener of its own.
    done.catch(() => {})
    return done
  }

  openSnapshot(): DiskSnapshot {
    return new JournaledSnapshot(this.#store.openSnapshot(), this.#allUnstored())
  }

  /** Leaves nothing in the journal, unless the disk has failed. */
  async close(): Promise<void> {
    await this.#latest.catch(() => {})
    await this.#storing
    this.#storeCurrent()
    await this.#storing
    for (const file of this.#files) file.close()
    await this.#store.close()
  }

  async #carryOut(writes: readonly DiskWrite[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (writes.length === 0) return
    try {
      if (bytesIn(writes) > this.#journalBytesMax) await this.#storeAtOnce(writes)
      else await this.#journalize(writes)
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async #journalize(writes: readonly DiskWrite[]): Promise<void> {
    const file = this.#files[this.#current]
    await file.append(encodeFrame({ number: this.#lastNumber + 1, writes }))
    this.#lastNumber += 1
    this.#unstored.add(writes)
    if (file.length < this.#journalBytesMax) return
    // While the other file is being stored this one grows on, but a slow store holds commits up in the end.
    if (this.#beingStored !== undefined && file.length < growthMax * this.#journalBytesMax) return
    await this.#storing
    this.#storeCurrent()
  }

  /** A commit as large as that is a whole state, from a snapshot: no frame, and nothing to write twice. */
  async #storeAtOnce(writes: readonly DiskWrite[]): Promise<void> {
    await this.#storing
    this.#storeCurrent()
    await this.#storing
    if (this.#failure !== undefined) throw this.#failure
    await this.#store.commit(writes)
  }

  /** The other file must be empty. */
  #storeCurrent(): void {
    const file = this.#files[this.#current]
    if (this.#failure !== undefined || file.length === 0) return
    this.#beingStored = this.#unstored
    this.#unstored = new UnstoredWrites()
    this.#current = this.#current === 0 ? 1 : 0
    this.#storing = this.#storeLots([...this.#beingStored.asWrites(), storedWrite(this.#lastNumber)])
      .then(() => file.empty())
      .then(
        () => (this.#beingStored = undefined),
        (error: unknown) => this.#fail(error),
      )
      .then(() => {})
  }

  /** A crash between two lots does no harm: the frames count as not stored until the last, and are stored again. */
  async #storeLots(writes: readonly DiskWrite[]): Promise<void> {
    for (let at = 0; at < writes.length; at += writesPerLot) {
      await this.#store.commit(writes.slice(at, at + writesPerLot))
    }
  }

  #allUnstored(): UnstoredWrites {
    const all = new UnstoredWrites()
    if (this.#beingStored !== undefined) all.add(this.#beingStored.asWrites())
    all.add(this.#unstored.asWrites())
    return all
  }

  #fail(cause: unknown): DiskFailedError {
    this.#failure ??= failureOf(this.#path, cause)
    return this.#failure
  }
}

class JournaledSnapshot implements DiskSnapshot {
  readonly #stored: StoreSnapshot
  readonly #unstored: UnstoredWrites

  constructor(stored: StoreSnapshot, unstored: UnstoredWrites) {
    this.#stored = stored
    this.#unstored = unstored
  }

  get(key: string): Uint8Array | undefined {
    const unstored = this.#unstored.get(key)
    return unstored === undefined ? this.#stored.get(key) : unstored.value
  }

  read(prefix: string, afterKey: string, bytesMax: number): { entries: readonly DiskEntry[]; last: boolean } {
    const entries: DiskEntry[] = []
    let bytes = 0
    for (const entry of this.#unstored.over(this.#stored.entries(prefix, afterKey), prefix, afterKey)) {
      if (bytes > bytesMax) return { entries, last: false }
      entries.push(entry)
      bytes += entry.value.length
    }
    return { entries, last: true }
  }

  close(): void {
    this.#stored.close()
  }
}

/** Undefined: nothing of a journal has ever been stored here. */
function storedThrough(store: LmdbStore): number | undefined {
  const value = store.get(storedKey)
  return value === undefined ? undefined : decode(storedCodec, unsealed(openSeal, { key: storedKey, value })).through
}

function storedWrite(through: number): DiskWrite {
  return { kind: "put", key: storedKey, value: sealed(openSeal, storedKey, encode(storedCodec, { through })) }
}

function openFile(path: string, mayBeNew: boolean): JournalFile {
  if (!mayBeNew && !existsSync(path)) throw new MalformedBytesError(`${path} is missing`)
  return new JournalFile(path)
}

/** Returns the number of the last frame. That of a spoiled one is not given again: what remains of it counts as stored. */
function storeAtStart(
  path: string,
  store: LmdbStore,
  files: readonly JournalFile[],
  through: number | undefined,
): number {
  const found = files.map((file) => decodeFrames(file.read(), through ?? 0))
  const frames = framesAfter(through ?? 0, found)
  const isEmpty = files.every(({ length }) => length === 0)
  if (through !== undefined && isEmpty) return through
  const last = (frames.at(-1)?.number ?? through ?? 0) + 1
  const unstored = new UnstoredWrites()
  for (const { writes } of frames) unstored.add(writes)
  try {
    store.commitSync([...unstored.asWrites(), storedWrite(last)])
    for (const file of files) file.emptySync()
  } catch (error) {
    throw failureOf(path, error)
  }
  return last
}

function bytesIn(writes: readonly DiskWrite[]): number {
  let bytes = 0
  for (const write of writes) if (write.kind === "put") bytes += write.value.length
  return bytes
}

function failureOf(path: string, cause: unknown): DiskFailedError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new DiskFailedError(`writing to ${path} failed: ${reason}`, { cause })
}
