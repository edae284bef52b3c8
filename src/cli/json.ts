/** The JSON that commands print: shapes that other programs build on. */
import type { NodeStat } from "../client/index.ts"

export interface StatFields {
  readonly path: string
  readonly kind: string
  readonly instance: number
  readonly contentGeneration: number
  readonly lockGeneration: number
  readonly aclGeneration: number
  readonly checksum: string
  readonly size: number
}

export function statFields(stat: NodeStat): StatFields {
  const { path, kind, instance, contentGeneration, lockGeneration, aclGeneration, checksum, size } = stat
  return { path, kind, instance, contentGeneration, lockGeneration, aclGeneration, checksum, size }
}

export function asJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
