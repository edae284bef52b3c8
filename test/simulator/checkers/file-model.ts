/**
 * One file, as its callers may expect it to behave: contents, a content generation that each write raises by one, and an
 * instance number that grows with each creation. Ten lines of truth to compare a whole cell with.
 */
import { assert } from "../../../src/base/assert.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { Call } from "../history.ts"
import type { Model } from "./linearizability.ts"

export interface FileState {
  readonly exists: boolean
  readonly contents: string
  readonly generation: number
  /** Zero: created by a call whose answer nobody saw. */
  readonly instance: number
  /** Any later creation has a larger one. */
  readonly instanceFloor: number
}

/** What the file is born with. */
const firstGeneration = 1

const missing: FileState = { exists: false, contents: "", generation: 0, instance: 0, instanceFloor: 0 }

export const fileModel: Model<FileState> = {
  initial: missing,
  step,
  key: ({ exists, contents, generation, instance, instanceFloor }) =>
    exists ? `${contents}@${String(generation)}#${String(instance)}` : `>${String(instanceFloor)}`,
}

function step(state: FileState, call: Call): FileState | undefined {
  const { operation, completion } = call
  const outcome = outcomeOf(call)
  switch (operation.kind) {
    case "setContents": {
      const wanted = operation.ifContentGeneration
      const applies = wanted === undefined || wanted === state.generation
      const contents = new TextDecoder().decode(operation.contents)
      return change(state, outcome, applies, () => written(state, contents))
    }
    case "delete": {
      const wanted = operation.ifContentGeneration
      const applies = state.exists && (wanted === undefined || wanted === state.generation)
      return change(state, outcome, applies, () => ({ ...missing, instanceFloor: floorOf(state) }))
    }
    case "getContentsAndStat":
    case "getStat":
      return completion.kind === "unknown" ? state : seen(state, outcome)
    default:
      assert(false, `${operation.kind} is not an operation on a file's contents`)
  }
}

/** A call that changes the file if `applies`, and must have been refused if not. */
function change(
  state: FileState,
  outcome: Outcome | undefined,
  applies: boolean,
  changed: () => FileState,
): FileState | undefined {
  if (outcome === undefined) return applies ? changed() : state
  if (outcome.kind === "refused") return applies ? undefined : state
  if (!applies) return undefined
  return outcome.kind === "setContents" ? seen(changed(), outcome) : changed()
}

function written(state: FileState, contents: string): FileState {
  if (state.exists) return { ...state, contents, generation: state.generation + 1 }
  return { exists: true, contents, generation: firstGeneration, instance: 0, instanceFloor: floorOf(state) }
}

function floorOf({ instance, instanceFloor }: FileState): number {
  return Math.max(instance, instanceFloor)
}

/** The state, if `outcome` shows just that; it may tell an instance number that was not known yet. */
function seen(state: FileState, outcome: Outcome | undefined): FileState | undefined {
  if (outcome === undefined) return undefined
  if (outcome.kind === "refused") return outcome.code === "NODE_NOT_FOUND" && !state.exists ? state : undefined
  if (!("stat" in outcome) || !state.exists) return undefined
  const { contentGeneration, instance } = outcome.stat
  if (contentGeneration !== state.generation) return undefined
  if (outcome.kind === "getContentsAndStat" && new TextDecoder().decode(outcome.contents) !== state.contents) {
    return undefined
  }
  if (state.instance === instance) return state
  return state.instance === 0 && instance > state.instanceFloor ? { ...state, instance } : undefined
}

function outcomeOf({ completion }: Call): Outcome | undefined {
  switch (completion.kind) {
    case "unknown":
      return undefined
    case "answered":
      return completion.answer
    case "refused":
      return completion.refusal
  }
}
