/**
 * A file that is appended to, every append on stable storage when it is done (O_DSYNC: one system call and one flush).
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
  ftruncate,
  ftruncateSync,
  openSync,
  readSync,
  write,
  writeSync,
} from "node:fs"
import { performance } from "node:perf_hooks"
import { promisify } from "node:util"

const byThread = { write: promisify(write), truncate: promisify(ftruncate), synchronize: promisify(fdatasync) }

/** More than that is left to a thread. */
const bytesHereMax = 64 * 1024
/** An append made here that took longer is taken for a sign that the disk is slow now, and for how long. */
const patienceMs = 5
const warinessMs = 1_000

export class JournalFile {
  readonly #descriptor: number
  #length: number
  /** When appends may be made here again. */
  #hereFrom = 0

  /** Opens the file at `path`, or makes one, whose name is durable once its directory has been synchronized. */
  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC, 0o644)
    this.#length = fstatSync(this.#descriptor).size
  }

  /** In bytes. */
  get length(): number {
    return this.#length
  }

  read(): Buffer {
    const bytes = Buffer.alloc(this.#length)
    let count = 0
    while (count < bytes.length) count += readSync(this.#descriptor, bytes, count, bytes.length - count, count)
    return bytes
  }

  /** One at a time. After a failure the file may have a part of `bytes` at its end. */
  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length > bytesHereMax || performance.now() < this.#hereFrom) await this.#appendByThread(bytes)
    else {
      // What the same turn has sent leaves first: others can make it durable at the same time.
      await new Promise((resolve) => setImmediate(resolve))
      this.#appendHere(bytes)
    }
    this.#length += bytes.length
  }

  async empty(): Promise<void> {
    await byThread.truncate(this.#descriptor, 0)
    await byThread.synchronize(this.#descriptor)
    this.#length = 0
  }

  /** The same, for when nobody waits for the event loop. */
  emptySync(): void {
    ftruncateSync(this.#descriptor, 0)
    fdatasyncSync(this.#descriptor)
    this.#length = 0
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  async #appendByThread(bytes: Uint8Array): Promise<void> {
    for (let count = 0; count < bytes.length;) {
      const rest = bytes.length - count
      const { bytesWritten } = await byThread.write(this.#descriptor, bytes, count, rest, this.#length + count)
      count += bytesWritten
    }
  }

  #appendHere(bytes: Uint8Array): void {
    const since = performance.now()
    for (let count = 0; count < bytes.length;) {
      count += writeSync(this.#descriptor, bytes, count, bytes.length - count, this.#length + count)
    }
    const now = performance.now()
    if (now - since > patienceMs) this.#hereFrom = now + warinessMs
  }
}
