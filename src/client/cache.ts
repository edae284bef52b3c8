/**
 * What one session has read and may use again without asking: contents and facts of nodes, listings, and that there is
 * no node. It is consistent: an entry is used only while the cell would hold up any write that makes it stale. When that
 * is, the pure parts decide (`core/`); this file keeps the entries, bounded in bytes and number, longest unused first.
 */
import { LRUCache } from "lru-cache"
import type { Epoch, Slot } from "../base/brand.ts"
import { type CacheKey, listingKeyOf } from "../contract/cache-key.ts"
import type { Refusal } from "../contract/errors.ts"
import type { DirectoryEntry, NodeStat } from "../contract/requests.ts"
import type { OperationOf } from "../wire/messages.ts"
import type { SignedReply } from "../wire/signed-forms.ts"
import { CacheGuard, type ReadUnderWay, type WriteUnderWay } from "./core/cache-guard.ts"
import { CacheNames, localForm } from "./core/cache-names.ts"
import { CacheValidity, type CacheLeaseGrant } from "./core/cache-validity.ts"
import type { TouchedKeys } from "./core/touched-keys.ts"
import type { FileContents } from "./files.ts"
import { driftPerMille } from "./lifeline.ts"
import type { Surroundings } from "./surroundings.ts"

export type CachableRead = OperationOf<"getContentsAndStat" | "getStat" | "readDir">

export interface KnownFile {
  readonly kind: "file"
  readonly file: FileContents
}

/** Of a node whose contents are not known, or that is a directory. */
interface KnownFacts {
  readonly kind: "facts"
  readonly stat: NodeStat
}

export interface KnownAbsence {
  readonly kind: "absent"
  readonly refusal: Refusal
  /** Of the answer that said so. */
  readonly commitIndex: Slot
}

export interface KnownListing {
  readonly kind: "listing"
  readonly entries: readonly DirectoryEntry[]
  readonly stat: NodeStat
}

type KnownNode = KnownFile | KnownFacts | KnownAbsence

type Entry = KnownNode | KnownListing

export interface CacheStatistics {
  /** Reads that were answered from the cache, and reads that had to be asked of the cell. */
  readonly hits: number
  readonly misses: number
  readonly entries: number
  /** Contents, names and an allowance for the rest. */
  readonly bytes: number
}

/** Of an entry and of a node's facts, beside contents and names. */
const entryBytes = 700
/** A name with its facts in a listing. */
const listedBytes = 300

export class Cache {
  readonly #entries: LRUCache<CacheKey, Entry>
  readonly #names = new CacheNames()
  readonly #guard = new CacheGuard()
  readonly #validity = new CacheValidity(driftPerMille)
  readonly #surroundings: Surroundings
  readonly #catchUp: () => void
  /** Of the master whose permission to keep something counts. */
  #epoch: Epoch
  #hits = 0
  #misses = 0

  /** `catchUp`: the pulse's, for an invalidation may have come and not been heard. */
  constructor(bytesMax: number, epoch: Epoch, surroundings: Surroundings, catchUp: () => void) {
    this.#epoch = epoch
    this.#catchUp = catchUp
    this.#surroundings = surroundings
    // No bound on the number: it would be allocated at once, and the allowance for each entry bounds it well enough.
    this.#entries = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: (entry, key) => bytesOf(entry) + 2 * key.length,
    })
  }

  get statistics(): CacheStatistics {
    const { size: entries, calculatedSize: bytes } = this.#entries
    return { hits: this.#hits, misses: this.#misses, entries, bytes }
  }

  node(path: string): KnownNode | undefined {
    const key = this.#names.keyOf(path)
    const entry = key === undefined ? undefined : this.#usable(key)
    return entry?.kind === "listing" ? undefined : entry
  }

  listing(path: string): KnownListing | undefined {
    const key = this.#names.keyOf(path)
    const entry = key === undefined ? undefined : this.#usable(listingKeyOf(key))
    return entry?.kind === "listing" ? entry : undefined
  }

  #usable(key: CacheKey): Entry | undefined {
    this.#catchUp()
    if (!this.#validity.isUsable(this.#surroundings.now()) || this.#guard.isBarred(key)) return undefined
    return this.#entries.get(key)
  }

  noteHit(): void {
    this.#hits += 1
  }

  /** The read is about to be sent. */
  beginRead(operation: CachableRead): ReadUnderWay {
    this.#misses += 1
    return this.#guard.beginRead(keysReadBy(operation))
  }

  /** The reply has come, in its turn among all others. What may be kept is kept. */
  endRead(read: ReadUnderWay, operation: CachableRead, { outcome, epoch, commitIndex, cachable }: SignedReply): void {
    if ("stat" in outcome) this.#names.learn(outcome.stat.path)
    const mayBeKept = this.#guard.endRead(read) && cachable && epoch === this.#epoch && this.#names.isKnown
    const key = pathRead(operation, this.#names)
    if (!mayBeKept || key === undefined) return
    switch (outcome.kind) {
      case "getContentsAndStat": {
        // What has come over the wire is a piece of a larger message, which must not live as long as the entry.
        const file = frozen({ contents: new Uint8Array(outcome.contents), stat: frozenStat(outcome.stat) })
        this.#entries.set(key, { kind: "file", file })
        break
      }
      case "getStat":
        this.#keepStat(key, frozenStat(outcome.stat))
        break
      case "readDir":
        if (operation.kind === "readDir" && isWhole(operation) && !outcome.more) {
          const entries = outcome.entries.map(({ name, stat }) => frozen({ name, stat: frozenStat(stat) }))
          this.#entries.set(listingKeyOf(key), { kind: "listing", entries, stat: frozenStat(outcome.stat) })
        }
        break
      case "refused":
        if (outcome.code === "NODE_NOT_FOUND") this.#entries.set(key, { kind: "absent", refusal: outcome, commitIndex })
        break
      default:
        break
    }
  }

  /** The read was given up. */
  abandonRead(read: ReadUnderWay): void {
    this.#guard.endRead(read)
  }

  /** A call of one's own that may change these is about to be sent. */
  beginWrite(touched: TouchedKeys): WriteUnderWay {
    this.#drop(touched)
    return this.#guard.beginWrite(touched)
  }

  /** `wasAnswered`: by a master, rather than given up here. */
  endWrite(write: WriteUnderWay, wasAnswered: boolean): void {
    this.#guard.endWrite(write, wasAnswered)
  }

  /** The master says so. */
  invalidate(keys: readonly CacheKey[]): void {
    const inward = keys.map((key) => this.#names.inward(key))
    this.#guard.overtake(inward)
    this.#drop(inward)
  }

  /** Nobody knows what has changed. */
  invalidateAll(): void {
    this.#guard.overtake("all")
    this.#drop("all")
  }

  extend(grant: CacheLeaseGrant): void {
    this.#validity.extend(grant)
  }

  /** Another master serves: nothing is used until it knows of the entries, and its notices about them were obeyed. */
  freeze(epoch: Epoch): void {
    this.#epoch = epoch
    this.#guard.enterEpoch()
    this.#validity.freeze()
  }

  thaw(): void {
    this.#validity.thaw()
  }

  /** The session has ended. */
  end(): void {
    this.#validity.end()
    this.#entries.clear()
  }

  /** What a new master is told of, as the cell spells it, most recently used first. All that is beyond is forgotten. */
  keysToResume(countMax: number, bytesMax: number): readonly CacheKey[] {
    const keys: CacheKey[] = []
    let left = bytesMax
    for (const key of [...this.#entries.keys()]) {
      const outward = this.#names.outward(key)
      left -= 3 * outward.length
      if (keys.length < countMax && left >= 0) keys.push(outward)
      else this.#entries.delete(key)
    }
    return keys
  }

  /** A newer answer about the facts takes no contents away that they still fit. */
  #keepStat(key: CacheKey, stat: NodeStat): void {
    const known = this.#entries.peek(key)
    const contents = known?.kind === "file" && isSame(known.file.stat, stat) ? known.file.contents : undefined
    this.#entries.set(key, contents ? { kind: "file", file: frozen({ contents, stat }) } : { kind: "facts", stat })
  }

  #drop(keys: TouchedKeys): void {
    if (keys === "all") this.#entries.clear()
    else for (const key of keys) this.#entries.delete(key)
  }
}

/** Whether what is asked for is the whole listing, which alone has a key. */
export function isWhole(operation: OperationOf<"readDir">): boolean {
  return operation.afterName === "" && !operation.recursive
}

/** Whichever cell the path names: its own name may not be known yet. */
function keysReadBy({ kind, node }: CachableRead): readonly CacheKey[] {
  if (node.kind === "handle") return []
  const key = localForm(node.path)
  return kind === "readDir" ? [key, listingKeyOf(key)] : [key]
}

function pathRead({ node }: CachableRead, names: CacheNames): CacheKey | undefined {
  return node.kind === "path" ? names.keyOf(node.path) : undefined
}

function isSame(left: NodeStat, right: NodeStat): boolean {
  return left.instance === right.instance && left.contentGeneration === right.contentGeneration
}

function bytesOf(entry: Entry): number {
  switch (entry.kind) {
    case "file":
      return entryBytes + entry.file.contents.length
    case "facts":
    case "absent":
      return entryBytes
    case "listing":
      return entry.entries.reduce((sum, { name }) => sum + listedBytes + 4 * name.length, entryBytes)
  }
}

function frozen<T extends object>(value: T): Readonly<T> {
  return Object.freeze(value)
}

/** Handed out to many callers, none of whom is to change it for the others. */
function frozenStat(stat: NodeStat): NodeStat {
  // The answer's own object: a copy made by spreading takes half a kilobyte more, since no two share their shape.
  frozen(stat.acl)
  return frozen(stat)
}
