/**
 * Stands in for a PostgreSQL with the schema of a fence: answers the one query that marks ask, as the function there
 * does, with bigints as drivers hand them out.
 */
import type { PostgresQuery } from "../../../src/fence/postgres.ts"

interface Row {
  readonly lock: string
  readonly instance: bigint
  readonly generation: bigint
  readonly holder: string
  readonly epoch: bigint
}

export type BigintAs = "text" | "number" | "bigint"

export class ScriptedDatabase {
  readonly asked: { readonly text: string; readonly values: readonly unknown[] }[] = []
  readonly #rows = new Map<string, Row>()
  readonly #bigintAs: BigintAs

  constructor(bigintAs: BigintAs = "text") {
    this.#bigintAs = bigintAs
  }

  readonly query: PostgresQuery = async (text, values) => {
    this.asked.push({ text, values })
    const [lock, instance, generation, holder, epoch] = values as [string, number, number, string, number]
    const raised = { lock, instance: BigInt(instance), generation: BigInt(generation), holder, epoch: BigInt(epoch) }
    const standing = this.#rows.get(lock)
    if (standing === undefined || isLower(standing, raised)) this.#rows.set(lock, raised)
    const row = this.#rows.get(lock) ?? raised
    return {
      rows: [
        {
          ...row,
          instance: this.#out(row.instance),
          generation: this.#out(row.generation),
          epoch: this.#out(row.epoch),
        },
      ],
    }
  }

  #out(value: bigint): unknown {
    if (this.#bigintAs === "bigint") return value
    return this.#bigintAs === "text" ? value.toString() : Number(value)
  }
}

function isLower(left: Row, right: Row): boolean {
  return left.instance < right.instance || (left.instance === right.instance && left.generation < right.generation)
}
