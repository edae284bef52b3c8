/**
 * Writes that are durable in the journal and not in the store yet, and how both look together. A key that is written
 * again and again is stored once; one that is written and removed (a log slot, trimmed) hardly at all.
 */
import { unreachable } from "../base/assert.ts"
import type { DiskEntry, DiskWrite } from "../journal/record.ts"

export class UnstoredWrites {
  /** Of what the store has, everything under these is gone. */
  readonly #cleared: string[] = []
  /** Undefined: removed. */
  readonly #values = new Map<string, Uint8Array | undefined>()

  add(writes: Iterable<DiskWrite>): void {
    for (const write of writes) this.#add(write)
  }

  get(key: string): { readonly value: Uint8Array | undefined } | undefined {
    if (this.#values.has(key)) return { value: this.#values.get(key) }
    return this.#cleared.some((prefix) => key.startsWith(prefix)) ? { value: undefined } : undefined
  }

  /** To be stored in this order. */
  *asWrites(): Iterable<DiskWrite> {
    for (const prefix of this.#cleared) yield { kind: "removeAll", prefix }
    for (const [key, value] of this.#values) {
      yield value === undefined ? { kind: "remove", key } : { kind: "put", key, value }
    }
  }

  /** `stored`, which is in order of key and begins after `afterKey`, as it is with these writes. */
  *over(stored: Iterable<DiskEntry>, prefix: string, afterKey: string): Iterable<DiskEntry> {
    const keys = [...this.#values.keys()].filter((key) => key > afterKey && key.startsWith(prefix)).sort()
    let next = 0
    for (const entry of stored) {
      for (; next < keys.length && (keys[next] as string) < entry.key; next += 1)
        yield* this.#entry(keys[next] as string)
      if (this.get(entry.key) === undefined) yield entry
    }
    for (; next < keys.length; next += 1) yield* this.#entry(keys[next] as string)
  }

  *#entry(key: string): Iterable<DiskEntry> {
    const value = this.#values.get(key)
    if (value !== undefined) yield { key, value }
  }

  #add(write: DiskWrite): void {
    switch (write.kind) {
      case "put":
        this.#values.set(write.key, write.value)
        return
      case "remove":
        this.#values.set(write.key, undefined)
        return
      case "removeAll":
        for (const key of [...this.#values.keys()]) if (key.startsWith(write.prefix)) this.#values.delete(key)
        this.#cleared.push(write.prefix)
        return
      default:
        return unreachable(write)
    }
  }
}
