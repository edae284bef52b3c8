/**
 * A file that is appended to, every append on stable storage when it is done (on Linux by O_DSYNC: one system call and one
 * flush; elsewhere that is missing, or leaves things in the drive's own cache, and a flush follows).
 * It is emptied by writing zeros, so that later appends overwrite what is there: the file system has nothing to write down
 * about them (51 us for 450 bytes, with two others at it, instead of 82 for a file that grows).
 *
 * A small append to a quick disk is made here, in the event loop, because a thread waits for its turn on a busy machine.
 * A large one is made by a thread, and so is every one for a while after the disk was slow, so that neither holds up the
 * event loop more than once.
 */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readSync,
  write,
  writeSync,
} from "node:fs"
import { performance } from "node:perf_hooks"
import { promisify } from "node:util"
import { isZero } from "./journal-frame.ts"

const byThread = { write: promisify(write), flush: promisify(fdatasync) }

const writesAreFlushed = process.platform === "linux"
const flags = constants.O_RDWR | constants.O_CREAT | (writesAreFlushed ? constants.O_DSYNC : 0)

/** More than that is left to a thread. */
const bytesHereMax = 64 * 1024
/** An append made here that took longer is taken for a sign that the disk is slow now, and for how long. */
const patienceMs = 5
const warinessMs = 1_000

const zerosAtOnce = 1024 * 1024

export class JournalFile {
  readonly #descriptor: number
  #length: number
  /** When appends may be made here again. */
  #hereFrom = 0

  /** Opens the file at `path`, or makes one, whose name is durable once its directory has been synchronized. */
  constructor(path: string) {
    this.#descriptor = openSync(path, flags, 0o644)
    this.#length = fstatSync(this.#descriptor).size
  }

  /** In bytes: where the next append goes. Before it is read and emptied, the size of what was found. */
  get length(): number {
    return this.#length
  }

  /** Everything in the file, the zeros too. */
  read(): Buffer {
    const bytes = Buffer.alloc(fstatSync(this.#descriptor).size)
    let count = 0
    while (count < bytes.length) count += readSync(this.#descriptor, bytes, count, bytes.length - count, count)
    this.#length = isZero(bytes) ? 0 : bytes.length
    return bytes
  }

  /** One at a time. After a failure the file may have a part of `bytes` at its end. */
  async append(bytes: Uint8Array): Promise<void> {
    const since = performance.now()
    if (bytes.length > bytesHereMax || since < this.#hereFrom) await this.#writeByThread(bytes, this.#length)
    else {
      this.#writeHere(bytes, this.#length)
      const now = performance.now()
      if (now - since > patienceMs) this.#hereFrom = now + warinessMs
    }
    this.#length += bytes.length
  }

  async empty(): Promise<void> {
    const zeros = Buffer.alloc(Math.min(zerosAtOnce, this.#length))
    for (let at = 0; at < this.#length; at += zeros.length) await this.#writeByThread(zeros, at)
    this.#length = 0
  }

  /** The same, for when nobody waits for the event loop. */
  emptySync(): void {
    const zeros = Buffer.alloc(Math.min(zerosAtOnce, this.#length))
    for (let at = 0; at < this.#length; at += zeros.length) this.#writeHere(zeros, at)
    this.#length = 0
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  async #writeByThread(bytes: Uint8Array, at: number): Promise<void> {
    for (let count = 0; count < bytes.length;) {
      const rest = bytes.length - count
      count += (await byThread.write(this.#descriptor, bytes, count, rest, at + count)).bytesWritten
    }
    if (!writesAreFlushed) await byThread.flush(this.#descriptor)
  }

  #writeHere(bytes: Uint8Array, at: number): void {
    for (let count = 0; count < bytes.length;) {
      count += writeSync(this.#descriptor, bytes, count, bytes.length - count, at + count)
    }
    if (!writesAreFlushed) fdatasyncSync(this.#descriptor)
  }
}
