/** A workload in which systems take turns, so that a ratio of two of its rows is worth more than either. */
import type { Deciding } from "./report.ts"
import type { Contender } from "./system-under-test.ts"
import type { BenchSettings } from "./workload.ts"

export interface Comparison {
  readonly name: string
  /** One sentence: what is done, and what is counted. */
  readonly meaning: string
  /** The figure by which systems are compared. */
  readonly deciding: Deciding
  run(context: ComparisonContext): Promise<void>
}

export interface ComparisonContext {
  readonly contenders: readonly Contender[]
  readonly settings: BenchSettings
  /** Tells people that something goes on. */
  readonly progress: (system: string, sentence: string) => void
  /** Once a system has started: what it is, for the report. */
  readonly describe: (system: string, description: SystemDescription) => void
  readonly report: (row: ComparisonRow) => void
}

export interface SystemDescription {
  readonly version: string
  /** Whatever was set differently from its defaults. */
  readonly settings: string
}

interface ComparisonRow {
  readonly system: string
  /** By what client. */
  readonly client: string
  /** Rows of one subject are compared with each other. */
  readonly subject: string
  readonly figures: Readonly<Record<string, number>>
}
