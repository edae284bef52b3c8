/**
 * The file that marks are kept in: appended to, and now and then written anew without what was superseded. A new one
 * takes the old one's name only when it is whole and on the disk. One process at a time, as its directory's lock says.
 */
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises"
import { join } from "node:path"
import { present } from "../../base/assert.ts"
import { DiskInUseError, lockDirectory, type DirectoryLock } from "../../host/directory-lock.ts"
import type { Mark } from "../marks.ts"
import type { MarkStore } from "./durable-marks.ts"
import { header, lineOf, readLines } from "./mark-lines.ts"

/** These marks can't be relied on, or not by this process. Its message says what to do. */
export class MarksUnusableError extends Error {
  override readonly name = "MarksUnusableError"
}

/** Below this a file is not worth writing anew. */
const wastefulBytesMin = 1024 * 1024
/** How many times as long as when it was written anew. */
const wastefulFactor = 4
const marksPerLine = 1_000

export class MarkFile implements MarkStore {
  readonly #directory: string
  readonly #lock: DirectoryLock
  #file: FileHandle | undefined
  #checksum = 0
  #length = 0
  #lengthWhenNew = 0

  private constructor(directory: string, lock: DirectoryLock) {
    this.#directory = directory
    this.#lock = lock
  }

  /** With the marks that it holds. Throws a `MarksUnusableError`, and what the file system says. */
  static async open(directory: string): Promise<{ readonly store: MarkFile; readonly marks: Map<string, Mark> }> {
    await mkdir(directory, { recursive: true })
    const store = new MarkFile(directory, lockFor(directory))
    try {
      const marks = await store.#read()
      // Proves that it can be written, and drops a line that a crash has cut short.
      await store.rewrite(marks)
      return { store, marks }
    } catch (reason) {
      await store.close()
      throw reason
    }
  }

  get isWasteful(): boolean {
    return this.#length > wastefulBytesMin && this.#length > wastefulFactor * this.#lengthWhenNew
  }

  async append(marks: ReadonlyMap<string, Mark>): Promise<void> {
    const { text, checksum } = lineOf(marks, this.#checksum)
    const file = present(this.#file, "marks are appended to a file that is open")
    await file.appendFile(text)
    await file.datasync()
    this.#checksum = checksum
    this.#length += Buffer.byteLength(text)
  }

  async rewrite(marks: ReadonlyMap<string, Mark>): Promise<void> {
    const { text, checksum } = allLinesOf(marks)
    const draft = `${this.#path}.new`
    const file = await open(draft, "w")
    try {
      await file.writeFile(text)
      await file.sync()
      await rename(draft, this.#path)
      await syncDirectory(this.#directory)
    } catch (reason) {
      await file.close()
      throw reason
    }
    await this.#file?.close()
    this.#file = file
    this.#checksum = checksum
    this.#length = Buffer.byteLength(text)
    this.#lengthWhenNew = this.#length
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    this.#lock.release()
  }

  get #path(): string {
    return join(this.#directory, "marks")
  }

  async #read(): Promise<Map<string, Mark>> {
    let bytes: Buffer
    try {
      bytes = await readFile(this.#path)
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code === "ENOENT") return new Map()
      throw reason
    }
    const reading = readLines(bytes)
    if (reading.kind === "read") return reading.marks
    throw new MarksUnusableError(
      `${this.#path} is damaged in line ${reading.line}. Without its marks stale holders would be let in: bring the ` +
        "file back from a copy, or move it away once nobody who held one of the locks before can still write.",
    )
  }
}

function lockFor(directory: string): DirectoryLock {
  try {
    return lockDirectory(directory)
  } catch (reason) {
    if (!(reason instanceof DiskInUseError)) throw reason
    const advice = "give each process a directory of its own, or keep the marks in a database"
    throw new MarksUnusableError(`The marks in ${directory} are in use by another fence: ${advice}.`, { cause: reason })
  }
}

function allLinesOf(marks: ReadonlyMap<string, Mark>): { readonly text: string; readonly checksum: number } {
  const entries = [...marks]
  let text = header
  let checksum = 0
  for (let at = 0; at < entries.length; at += marksPerLine) {
    const line = lineOf(entries.slice(at, at + marksPerLine), checksum)
    text += line.text
    checksum = line.checksum
  }
  return { text, checksum }
}

/** A rename is on the disk when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
