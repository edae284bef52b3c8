/** What a disk is to the journal, and nothing more: an ordered map of sealed records. */
import { journalWrites, sealOf } from "../../src/journal/codec.ts"
import type { DiskEntry, DiskWrite, JournalRecord } from "../../src/journal/record.ts"
import type { Expected } from "../../src/journal/recovery.ts"

export class DiskMap {
  readonly #values = new Map<string, Uint8Array>()
  readonly #seal: number

  constructor({ cellId, replicaId }: Expected) {
    this.#seal = sealOf(cellId, replicaId)
  }

  write(records: readonly JournalRecord[]): this {
    for (const write of journalWrites(records, this.#seal)) this.apply(write)
    return this
  }

  apply(write: DiskWrite): void {
    if (write.kind === "put") this.#values.set(write.key, write.value)
    else if (write.kind === "remove") this.#values.delete(write.key)
    else for (const key of [...this.#values.keys()]) if (key.startsWith(write.prefix)) this.#values.delete(key)
  }

  get entries(): DiskEntry[] {
    const keys = [...this.#values.keys()].sort()
    return keys.map((key) => ({ key, value: this.value(key) }))
  }

  value(key: string): Uint8Array {
    const value = this.#values.get(key)
    if (value === undefined) throw new Error(`there is no record ${key}`)
    return value
  }

  lose(key: string): void {
    if (!this.#values.delete(key)) throw new Error(`there is no record ${key}`)
  }
}
