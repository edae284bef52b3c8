/**
 * The public keys of a cell, fetched from where it publishes them: `http://<replica>/.well-known/jwks.json`. A cell
 * publishes each key long before it signs with it, so a set that is fetched now and then knows every key in time; one
 * that turns up all the same makes this ask at once. Strangers can name as many unknown keys as they like: there is one
 * fetch at a time, and none until a while after the last one. What that has not brought may be a key that the cell has
 * made since, when others were revoked; so nobody is told until the next fetch that there is no such key.
 */
import { equalBytes } from "../base/bytes.ts"
import { type Freshness, type KeySource, readKeys } from "./keys.ts"

/** What is to be had at the address, as parsed JSON. To be given up when the signal fires. */
export type FetchKeys = (signal: AbortSignal) => Promise<unknown>

export interface RemoteKeysOptions {
  /** However many keys are unknown, this long is waited between two fetches; 1,000 unless said otherwise. */
  readonly refetchAfterMs?: number
  /** Keys older than this are fetched again, so that a revoked one is dropped; 300,000 unless said otherwise. */
  readonly maxAgeMs?: number
  /** How long a fetch may take, of all addresses together; 5,000 unless said otherwise. */
  readonly patienceMs?: number
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number
}

/** A set of a hundred keys takes some 20 KiB. */
const answerBytesMax = 64 * 1024

const patienceMsDefault = 5_000

/** `source`: the address of the set, several of them (of which the first that answers counts), or how to get at it. */
export function remoteKeys(source: string | readonly string[] | FetchKeys, options: RemoteKeysOptions = {}): KeySource {
  const patienceMs = options.patienceMs ?? patienceMsDefault
  const fetchKeys = typeof source === "function" ? source : fetchingFrom([source].flat(), patienceMs)
  return new RemoteKeys(fetchKeys, patienceMs, options)
}

class RemoteKeys implements KeySource {
  readonly #fetch: FetchKeys
  readonly #refetchAfterMs: number
  readonly #maxAgeMs: number
  readonly #patienceMs: number
  readonly #now: () => number
  #keys: ReadonlyMap<string, Uint8Array> = new Map()
  #fetchedAt = -Infinity
  #triedAt = -Infinity
  #isFetching = false
  #problem: unknown
  /** Of the latest fetch, under way or over. */
  #latest: Promise<Exclude<Freshness, "recent">> = Promise.resolve("unreachable")

  constructor(
    fetch: FetchKeys,
    patienceMs: number,
    { refetchAfterMs = 1_000, maxAgeMs = 300_000, now }: RemoteKeysOptions,
  ) {
    this.#fetch = fetch
    this.#refetchAfterMs = refetchAfterMs
    this.#maxAgeMs = maxAgeMs
    this.#patienceMs = patienceMs
    this.#now = now ?? (() => performance.now())
  }

  get problem(): unknown {
    return this.#problem
  }

  find(keyId: string): Uint8Array | undefined {
    // Meanwhile the old ones are as good as they were: a cell that is out of reach must not stop who has its keys.
    // In a moment: whoever then asks about this very key has a fetch that begins no earlier than the question.
    if (this.#now() - this.#fetchedAt >= this.#maxAgeMs) queueMicrotask(() => void this.refresh())
    return this.#keys.get(keyId)
  }

  async refresh(): Promise<Freshness> {
    const now = this.#now()
    // A second one at a time could be overtaken by the first, which would bring back what has been revoked in between.
    if (!this.#isFetching && now - this.#triedAt >= this.#refetchAfterMs) {
      this.#triedAt = now
      this.#latest = this.#refetch(now)
      return this.#latest
    }
    const latest = await this.#latest
    return latest === "current" ? "recent" : latest
  }

  async #refetch(askedAt: number): Promise<Exclude<Freshness, "recent">> {
    this.#isFetching = true
    try {
      const signal = AbortSignal.timeout(this.#patienceMs)
      // Whoever fetches may take no notice of the signal.
      this.#replace(readKeys(await Promise.race([this.#fetch(signal), fired(signal)])))
      this.#fetchedAt = askedAt
      this.#problem = undefined
      return "current"
    } catch (problem) {
      this.#problem = problem
      // Out of reach, too slow, or no set of keys: it is asked again when the next unknown key turns up.
      return "unreachable"
    } finally {
      this.#isFetching = false
    }
  }

  /** A key that has not changed stays the same array, by which what was verified with it is known to hold. */
  #replace(fetched: ReadonlyMap<string, Uint8Array>): void {
    const entries = [...fetched].map(([keyId, key]): [string, Uint8Array] => {
      const known = this.#keys.get(keyId)
      return [keyId, known !== undefined && equalBytes(known, key) ? known : key]
    })
    this.#keys = new Map(entries)
  }
}

/** Rejects when the signal fires. */
function fired(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new DOMException("The keys did not arrive in time", "TimeoutError"))
    })
  })
}

/**
 * Begins with the address that answered last, or with the one after that which did not. Each has its share of the
 * patience: a replica that was stopped takes connections and says nothing, and must not use up what is for the others.
 */
function fetchingFrom(addresses: readonly string[], patienceMs: number): FetchKeys {
  const shareMs = Math.ceil(patienceMs / Math.max(1, addresses.length))
  let first = 0
  return async (signal) => {
    let problem: unknown = new TypeError("There is no address to fetch keys from.")
    for (let attempt = 0; attempt < addresses.length && !signal.aborted; attempt += 1) {
      try {
        return await fetchJson(addresses[first] ?? "", AbortSignal.timeout(shareMs))
      } catch (reason) {
        problem = reason
        first = (first + 1) % addresses.length
      }
    }
    throw problem
  }
}

async function fetchJson(address: string, signal: AbortSignal): Promise<unknown> {
  // Whoever could redirect this could name keys of his own.
  const answer = await fetch(address, { signal, redirect: "error", headers: { accept: "application/json" } })
  if (!answer.ok || answer.body === null) throw new TypeError(`${address} answers ${answer.status}.`)
  const reader = answer.body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  for (;;) {
    const { done, value } = (await reader.read()) as { readonly done: boolean; readonly value?: Uint8Array }
    if (done) return JSON.parse(text + decoder.decode())
    length += value?.length ?? 0
    if (length > answerBytesMax) break
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  throw new TypeError(`${address} answers with more than any set of keys takes.`)
}
