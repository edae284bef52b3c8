/**
 * Reads an LMDB file page by page before LMDB itself sees it, and says what is wrong with its structure. LMDB maps the
 * file and trusts every number in it: a file cut short, a foreign file or a flipped bit in a page kills the process with
 * a signal, at every start anew. Here the same damage becomes a sentence, and the replica can rebuild itself.
 *
 * What records say is not judged here: their seals do that. Layout: `struct MDB_meta`, `MDB_page` and `MDB_node` of
 * LMDB 1.0 (data version 2), on a 64-bit little-endian machine.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { UnknownFormatError } from "../journal/codec.ts"

const magic = 0xbeefc0de
const dataVersion = 2
const pageHeaderBytes = 24
const nodeHeaderBytes = 8
const metaPageCount = 2
/** LMDB's word for "no root page": all bits set. */
const noPage = 0xffff_ffff_ffff_ffffn

const branchPage = 0x01
const leafPage = 0x02
const overflowPage = 0x04
const metaPage = 0x08
/** Of a page's flags; the other bits are notes of a transaction to itself. */
const pageKinds = 0x6f
const valueInOverflowPages = 0x01

/** The tree that says which pages may be used again, by the transaction that gave them up. */
const freeList = "free list"

class Damage extends Error {}

interface Tree {
  readonly name: string
  readonly depth: number
  readonly branchPageCount: number
  readonly leafPageCount: number
  readonly overflowPageCount: number
  readonly entryCount: number
  readonly rootPage: bigint
}

interface Meta {
  readonly pageBytes: number
  readonly transaction: number
  readonly lastPage: number
  readonly trees: readonly Tree[]
}

/** What is wrong with the file at `path`, or undefined if LMDB can be let loose on it. */
export function findDamage(path: string): string | undefined {
  const file = openSync(path, "r")
  try {
    const meta = readNewestMeta(file)
    const check = new TreeCheck(file, meta)
    for (const tree of meta.trees) check.walk(tree)
    check.checkFreePages()
    return undefined
  } catch (error) {
    if (error instanceof Damage) return error.message
    throw error
  } finally {
    closeSync(file)
  }
}

function demand(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Damage(complaint)
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  const count = position + length <= fstatSync(file).size ? readSync(file, buffer, 0, length, position) : 0
  demand(count === length, `the file ends before byte ${position + length}`)
  return buffer
}

/** Transactions write the two meta pages in turn, so both must be there and their numbers follow each other. */
function readNewestMeta(file: number): Meta {
  const first = readMeta(file, 0)
  const [even, odd] = [first, readMeta(file, first.pageBytes)]
  demand(even.pageBytes === odd.pageBytes, "the two headers disagree")
  const isNew = even.transaction === 0 && odd.transaction <= 1
  const isConsecutive = Math.abs(even.transaction - odd.transaction) === 1 && even.transaction % 2 === 0
  demand(isNew || isConsecutive, `transactions ${even.transaction} and ${odd.transaction} can't be the latest two`)
  return even.transaction > odd.transaction ? even : odd
}

function readMeta(file: number, position: number): Meta {
  const page = readAt(file, position, 168)
  demand((page.readUInt16LE(18) & pageKinds) === metaPage && page.readUInt32LE(24) === magic, "this is no LMDB file")
  const version = page.readUInt32LE(28)
  if (version !== dataVersion) {
    throw new UnknownFormatError(
      `the store has LMDB's format ${version}, and this program reads ${dataVersion}: run another`,
    )
  }
  const pageBytes = page.readUInt32LE(48)
  demand([512, 1024, 2048, 4096, 8192, 16384, 32768].includes(pageBytes), `pages of ${pageBytes} bytes don't exist`)
  const trees = [readTree(page, 48, freeList), readTree(page, 96, "tree")]
  return { pageBytes, transaction: readNumber(page, 152), lastPage: readNumber(page, 144), trees }
}

function readTree(page: Buffer, at: number, name: string): Tree {
  return {
    name,
    depth: page.readUInt16LE(at + 6),
    branchPageCount: readNumber(page, at + 8),
    leafPageCount: readNumber(page, at + 16),
    overflowPageCount: readNumber(page, at + 24),
    entryCount: readNumber(page, at + 32),
    rootPage: page.readBigUInt64LE(at + 40),
  }
}

function readNumber(page: Buffer, at: number): number {
  const value = page.readBigUInt64LE(at)
  demand(value <= BigInt(Number.MAX_SAFE_INTEGER), "a counter is out of range")
  return Number(value)
}

class TreeCheck {
  readonly #file: number
  readonly #meta: Meta
  /** One byte for each page that a tree reaches: no page belongs to two places. */
  readonly #reached: Uint8Array
  #branchPageCount = 0
  #leafPageCount = 0
  #overflowPageCount = 0
  #entryCount = 0
  #keyBefore: Buffer | undefined
  readonly #freePages: Buffer[] = []

  constructor(file: number, meta: Meta) {
    this.#file = file
    this.#meta = meta
    demand(meta.lastPage < Math.ceil(fstatSync(file).size / meta.pageBytes) + 0x1_0000, "the last page is out of reach")
    this.#reached = new Uint8Array(meta.lastPage + 1)
  }

  walk(tree: Tree): void {
    this.#branchPageCount = this.#leafPageCount = this.#overflowPageCount = this.#entryCount = 0
    this.#keyBefore = undefined
    if (tree.rootPage !== noPage) this.#walkPage(tree, tree.rootPage, 1)
    const isComplete =
      this.#branchPageCount === tree.branchPageCount &&
      this.#leafPageCount === tree.leafPageCount &&
      this.#overflowPageCount === tree.overflowPageCount &&
      this.#entryCount === tree.entryCount
    demand(isComplete, `the ${tree.name} has lost pages or records`)
  }

  #walkPage(tree: Tree, pageNumber: bigint, level: number): void {
    const { page, place } = this.#takePage(tree, pageNumber)
    const isLeaf = level === tree.depth
    const kind = page.readUInt16LE(18) & pageKinds
    demand(level <= tree.depth && kind === (isLeaf ? leafPage : branchPage), `${place} is of the wrong kind`)
    if (isLeaf) this.#leafPageCount += 1
    else this.#branchPageCount += 1
    const slotBytes = page.readUInt16LE(20)
    const spaceBytes = this.#meta.pageBytes - pageHeaderBytes
    demand(slotBytes % 2 === 0 && slotBytes <= page.readUInt16LE(22), `the header of ${place} is damaged`)
    demand(page.readUInt16LE(22) <= spaceBytes, `the header of ${place} is damaged`)
    demand(slotBytes >= (isLeaf ? 2 : 4), `${place} is empty`)
    for (let slot = 0; slot < slotBytes; slot += 2) {
      const node = pageHeaderBytes + page.readUInt16LE(pageHeaderBytes + slot)
      demand(
        node >= pageHeaderBytes + slotBytes && node + nodeHeaderBytes <= page.length,
        `${place} points beyond itself`,
      )
      const keyEnd = node + nodeHeaderBytes + page.readUInt16LE(node + 6)
      demand(keyEnd <= page.length, `a key on ${place} runs over`)
      if (isLeaf) this.#checkEntry(tree, page, place, node, keyEnd)
      else this.#walkPage(tree, childOf(page, node), level + 1)
    }
  }

  /**
   * A page that is said to be free is overwritten soon, so it must be none that a tree reaches. A list is its length and
   * then page numbers; a negative number stands before the first page of a run of as many; zeros are gaps.
   */
  checkFreePages(): void {
    for (const list of this.#freePages) {
      const words = list.length / 8
      demand(Number.isInteger(words) && words > 0, "a list of free pages is cut off")
      const count = Number(list.readBigInt64LE(0))
      demand(count >= 0 && count < words, "a list of free pages runs over")
      for (let place = 1; place <= count; place += 1) {
        const word = Number(list.readBigInt64LE(place * 8))
        const runLength = word < 0 ? -word : 1
        if (word < 0) place += 1
        const first = word < 0 && place <= count ? Number(list.readBigInt64LE(place * 8)) : word
        if (first === 0) continue
        demand(first > 0 && first + runLength - 1 <= this.#meta.lastPage, "a free page lies beyond the file")
        for (let run = 0; run < runLength; run += 1) this.#reach(freeList, first + run)
      }
    }
  }

  #checkEntry(tree: Tree, page: Buffer, place: string, node: number, keyEnd: number): void {
    this.#entryCount += 1
    const key = page.subarray(node + nodeHeaderBytes, keyEnd)
    demand(key.length > 0 && (tree.name !== freeList || key.length === 8), `a key on ${place} has a wrong length`)
    const isOrdered = this.#keyBefore === undefined || comesBefore(tree, this.#keyBefore, key)
    demand(isOrdered, `the keys on ${place} are out of order`)
    this.#keyBefore = key
    const flags = page.readUInt16LE(node + 4)
    const valueBytes = page.readUInt32LE(node)
    demand((flags & ~valueInOverflowPages) === 0, `a record on ${place} is of an unknown kind`)
    if (flags === 0) demand(keyEnd + valueBytes <= page.length, `a value on ${place} runs over`)
    const value =
      flags === 0
        ? page.subarray(keyEnd, keyEnd + valueBytes)
        : this.#takeOverflow(tree, page, place, keyEnd, valueBytes)
    if (tree.name === freeList) this.#freePages.push(value)
  }

  #takeOverflow(tree: Tree, page: Buffer, place: string, at: number, valueBytes: number): Buffer {
    demand(at + 24 <= page.length, `a value on ${place} runs over`)
    const first = page.readBigUInt64LE(at)
    // A value that was replaced by a shorter one keeps its pages.
    const count = readNumber(page, at + 16)
    const needed = Math.floor((pageHeaderBytes - 1 + valueBytes) / this.#meta.pageBytes) + 1
    demand(count >= needed && count <= this.#meta.lastPage, `a value on ${place} has lost pages`)
    const head = this.#takePage(tree, first)
    demand((head.page.readUInt16LE(18) & pageKinds) === overflowPage, `${head.place} is of the wrong kind`)
    demand(head.page.readUInt32LE(20) === count, `${head.place} has lost pages`)
    for (let more = 1; more < count; more += 1) this.#reach(tree.name, Number(first) + more)
    this.#overflowPageCount += count
    return readAt(this.#file, Number(first) * this.#meta.pageBytes + pageHeaderBytes, valueBytes)
  }

  #takePage(tree: Tree, pageNumber: bigint): { readonly page: Buffer; readonly place: string } {
    demand(pageNumber <= BigInt(this.#meta.lastPage), `the ${tree.name} points beyond the file`)
    const number = Number(pageNumber)
    const place = `page ${number} of the ${tree.name}`
    this.#reach(tree.name, number)
    const page = readAt(this.#file, number * this.#meta.pageBytes, this.#meta.pageBytes)
    demand(page.readBigUInt64LE(0) === pageNumber, `${place} holds something else`)
    // LMDB takes a page of a later transaction for one that it has in memory.
    demand(page.readBigUInt64LE(8) <= BigInt(this.#meta.transaction), `${place} is from the future`)
    return { page, place }
  }

  #reach(tree: string, pageNumber: number): void {
    demand(pageNumber >= metaPageCount && pageNumber <= this.#meta.lastPage, `the ${tree} is tangled`)
    demand(this.#reached[pageNumber] === 0, `page ${pageNumber} is in two places`)
    this.#reached[pageNumber] = 1
  }
}

/** The free list has numbers of transactions for keys. */
function comesBefore(tree: Tree, left: Buffer, right: Buffer): boolean {
  if (tree.name === freeList) return left.readBigUInt64LE(0) < right.readBigUInt64LE(0)
  return Buffer.compare(left, right) < 0
}

function childOf(page: Buffer, node: number): bigint {
  const low = BigInt(page.readUInt32LE(node))
  return low | (BigInt(page.readUInt16LE(node + 4)) << 32n)
}
