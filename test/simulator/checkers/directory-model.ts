/**
 * A directory of ephemeral files: each is created once, by a session that must find its name free, and goes when its
 * handle is closed or its session ends. Listings show exactly what is there.
 */
import { assert } from "../../../src/base/assert.ts"
import type { Call } from "../history.ts"
import type { Model } from "./linearizability.ts"

interface Entry {
  readonly name: string
  readonly sessionId: number
  /** Empty: created by a call whose answer nobody saw. */
  readonly handle: string
}

/** In order of name. */
export type DirectoryState = readonly Entry[]

export const directoryModel: Model<DirectoryState> = {
  initial: [],
  step,
  key: (state) => state.map(({ name, sessionId }) => `${name}=${String(sessionId)}`).join(),
}

function step(state: DirectoryState, { operation, completion, sessionId }: Call): DirectoryState | undefined {
  const answer = completion.kind === "answered" ? completion.answer : undefined
  const refused = completion.kind === "refused"
  switch (operation.kind) {
    case "open": {
      const name = lastPart(operation.path)
      if (state.some((entry) => entry.name === name)) return answer === undefined ? state : undefined
      if (refused) return undefined
      const handle = answer?.kind === "open" ? answer.handle : ""
      return [...state, { name, sessionId, handle }].sort((left, right) => (left.name < right.name ? -1 : 1))
    }
    case "close":
      return without(state, ({ handle }) => handle === operation.handle)
    case "closeSession":
      return without(state, (entry) => entry.sessionId === sessionId)
    case "readDir": {
      if (answer?.kind !== "readDir") return completion.kind === "unknown" ? state : undefined
      const listed = answer.entries.map(({ name }) => name).join()
      return listed === state.map(({ name }) => name).join() ? state : undefined
    }
    default:
      assert(false, `${operation.kind} is not an operation on a directory of ephemeral files`)
  }
}

function without(state: DirectoryState, isGone: (entry: Entry) => boolean): DirectoryState {
  return state.some(isGone) ? state.filter((entry) => !isGone(entry)) : state
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
