/**
 * Reads of a session, by way of its cache: what is known is answered without asking, what is not is asked with the wish
 * to keep it, and what several callers ask for at a time is asked once. Everything that is no read by path goes straight
 * to the cell.
 */
import { deferred } from "../base/deferred.ts"
import type { OperationKind } from "../contract/requests.ts"
import type { AnswerOf, OperationOf } from "../wire/messages.ts"
import { unlessAborted } from "./abort.ts"
import { demand, text } from "./argument-rules.ts"
import {
  isWhole,
  type CachableRead,
  type Cache,
  type KnownAbsence,
  type KnownFile,
  type KnownListing,
} from "./cache.ts"
import { fromRefusal } from "./errors.ts"
import { enter, type CallIssuer, type CallOptions, type SessionCalls } from "./session-calls.ts"

type ReadAnswer = AnswerOf<CachableRead["kind"]>

export class CachedReads implements CallIssuer {
  readonly #cache: Cache
  readonly #calls: SessionCalls
  /** By what is asked for; resolved when the answer, if it could be kept, is in the cache. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(cache: Cache, calls: SessionCalls) {
    this.#cache = cache
    this.#calls = calls
  }

  /** A file whose contents are known, or that there is no node. The contents are the cache's own. */
  peek(path: string): KnownFile | KnownAbsence | undefined {
    demand("path", path, text)
    const known = this.#cache.node(path)
    if (known === undefined || known.kind === "facts") return undefined
    this.#cache.noteHit()
    return known
  }

  /** The whole listing of a directory. The entries are the cache's own. */
  peekListing(path: string): KnownListing | undefined {
    demand("path", path, text)
    const known = this.#cache.listing(path)
    if (known !== undefined) this.#cache.noteHit()
    return known
  }

  async call<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Kind>> {
    // Whether a lock is still held, only the cell can tell.
    if (!isCachable(operation) || options.underSequencer !== undefined)
      return await this.#calls.call(operation, options)
    // What is asked for by one kind is answered by that kind, which the compiler can't see through the parameter.
    return (await this.#read(operation, options)) as AnswerOf<Kind>
  }

  async #read(operation: CachableRead, options: CallOptions): Promise<ReadAnswer> {
    enter(options)
    const known = this.#known(operation)
    if (known !== undefined) return known
    const askedAlready = this.#underWay.get(nameOf(operation))
    if (askedAlready === undefined) return await this.#ask(operation, options)
    await unlessAborted(askedAlready, options.signal, (fired) => this.#calls.abortReason(fired))
    // Only an answer that could be kept is good for who asked later than it was given: that one is still current.
    return this.#known(operation) ?? (await this.#ask(operation, options))
  }

  async #ask(operation: CachableRead, options: CallOptions): Promise<ReadAnswer> {
    const name = nameOf(operation)
    const settled = deferred<void>()
    if (!this.#underWay.has(name)) this.#underWay.set(name, settled.promise)
    const read = this.#cache.beginRead(operation)
    try {
      return await this.#calls.inquire(operation, options, {
        forCache: true,
        onReply: (reply) => {
          this.#cache.endRead(read, operation, reply)
        },
      })
    } finally {
      this.#cache.abandonRead(read)
      if (this.#underWay.get(name) === settled.promise) this.#underWay.delete(name)
      settled.resolve()
    }
  }

  /** Throws what is known to be refused. */
  #known(operation: CachableRead): ReadAnswer | undefined {
    const found = this.#lookUp(operation)
    if (found === undefined) return undefined
    this.#cache.noteHit()
    if (found.kind === "absent") throw fromRefusal(found.refusal, found.commitIndex)
    return found
  }

  #lookUp(operation: CachableRead): ReadAnswer | KnownAbsence | undefined {
    const { kind, node } = operation
    if (node.kind === "handle") return undefined
    const known = this.#cache.node(node.path)
    if (known?.kind === "absent") return known
    switch (kind) {
      case "getStat":
        return known && { kind, stat: known.kind === "file" ? known.file.stat : known.stat }
      case "getContentsAndStat":
        if (known?.kind !== "file") return undefined
        // A copy: the caller may do with it as they like, and the cache's own must stay what the cell has said.
        return { kind, contents: known.file.contents.slice(), stat: known.file.stat }
      case "readDir": {
        const listing = isWhole(operation) ? this.#cache.listing(node.path) : undefined
        return listing && { kind, entries: listing.entries, more: false, stat: listing.stat }
      }
    }
  }
}

function isCachable(operation: OperationOf<OperationKind>): operation is CachableRead {
  switch (operation.kind) {
    case "getStat":
    case "getContentsAndStat":
      return operation.node.kind === "path"
    case "readDir":
      return operation.node.kind === "path" && isWhole(operation)
    default:
      return false
  }
}

function nameOf({ kind, node }: CachableRead): string {
  return `${kind} ${node.kind === "path" ? node.path : node.handle}`
}
