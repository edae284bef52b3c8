/**
 * The story of a run in aligned lines, `time replica role ballot chosen/applied event`. Only the last lines are kept,
 * as facts; they become text when somebody wants to read them.
 */
import type { ReplicaId, Slot } from "../../src/base/brand.ts"
import type { Ballot } from "../../src/paxos/ballot.ts"
import { type TrueTime, second } from "../../src/testing/time.ts"

export interface TranscriptLine {
  readonly at: TrueTime
  /** Zero: something that befell the world, not a replica. */
  readonly replicaId: ReplicaId
  readonly role: string
  readonly ballot: Ballot | undefined
  readonly chosenThrough: Slot
  readonly appliedThrough: Slot
  readonly event: { readonly kind: string }
}

export class Transcript {
  readonly #lines: TranscriptLine[] = []
  readonly #linesMax: number
  readonly #tellAll: boolean
  #next = 0

  /** `tellAll`: also print each line at once. */
  constructor(linesMax: number, tellAll = false) {
    this.#linesMax = linesMax
    this.#tellAll = tellAll
  }

  add(line: TranscriptLine): void {
    if (this.#tellAll) console.log(formatLine(line))
    this.#lines[this.#next % this.#linesMax] = line
    this.#next += 1
  }

  /** Something that a fault did. */
  note(at: TrueTime, text: string): void {
    this.add({ at, replicaId: 0, ...noReplica, event: { kind: text } })
  }

  format(): string[] {
    const first = this.#next % this.#linesMax
    const inOrder =
      this.#next <= this.#linesMax ? this.#lines : [...this.#lines.slice(first), ...this.#lines.slice(0, first)]
    return inOrder.map(formatLine)
  }
}

const noReplica = { role: "", ballot: undefined, chosenThrough: 0, appliedThrough: 0 }

export function formatLine(line: TranscriptLine): string {
  const time = (line.at / second).toFixed(6).padStart(10)
  if (line.replicaId === 0) return `${time}  -  ${line.event.kind}`
  const ballot = line.ballot === undefined ? "-" : formatBallot(line.ballot)
  const slots = `${String(line.chosenThrough)}/${String(line.appliedThrough)}`
  const columns = [String(line.replicaId).padStart(2), line.role.padEnd(7), ballot.padEnd(6), slots.padEnd(9)]
  return `${time} ${columns.join(" ")} ${formatEvent(line.event)}`
}

export function formatBallot({ round, replicaId }: Ballot): string {
  return `${String(round)}.${String(replicaId)}`
}

function formatEvent({ kind, ...facts }: { readonly kind: string }): string {
  const parts = Object.entries(facts).map(([name, value]: [string, unknown]) => `${name}=${formatFact(value)}`)
  return [kind, ...parts].join(" ")
}

function formatFact(value: unknown): string {
  if (typeof value === "object" && value !== null && "round" in value) return formatBallot(value as Ballot)
  return value instanceof Uint8Array ? `${String(value.length)} bytes` : JSON.stringify(value)
}
