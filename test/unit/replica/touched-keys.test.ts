import { describe, expect, test } from "vitest"
import { keysOfComingOrGoing, keysOfNode } from "../../../src/contract/cache-key.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { touchedKeysOf } from "../../../src/replica/touched-keys.ts"
import { replicaSettings } from "../../support/replica-cell.ts"
import { at, write } from "./scripted-session.ts"

const settings = replicaSettings(1, 3, {})
/** Knows nothing but its root. */
const machine = new StateMachine("local")

function touched(operation: unknown, ...unsettled: string[]): readonly string[] {
  const suspicion = { mayComeOrGo: (path: string) => unsettled.includes(path) }
  const numbers = { sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [] }
  const call = { kind: "call", ...numbers, principal: "anonymous", underSequencer: undefined } as const
  const command = { ...call, operation: operation as MutatingOperation }
  return [...touchedKeysOf({ machine: () => machine, settings }, suspicion, command)].sort()
}

function sorted(...keys: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(keys.flat())].sort()
}

const open = { kind: "open", mode: "read", nodeKind: "file", ephemeral: false, contents: new Uint8Array(), acl: {} }

describe("the keys that a mutation may touch", () => {
  test("are those that the state tells, while nothing else is under way", () => {
    const setAcl = { kind: "setAcl", node: at("file"), acl: {} }
    expect(touched(setAcl)).toEqual(sorted(keysOfNode("/ls/local/file"), ["/ls/local/file/"]))
  })

  test("are those of a node that comes or goes, if something under way may make it so", () => {
    const acquire = { kind: "acquire", node: at(""), mode: "shared", lockDelayMs: 0, waitMs: 0 }
    expect(touched(acquire)).toEqual([])
    expect(touched(acquire, "/ls/local")).toEqual(sorted(keysOfComingOrGoing("/ls/local")))
  })

  test("are looked for under the cell's own name", () => {
    expect(touched(write("d/file", "x"), "/ls/local/d/file")).toContain("/ls/local/d")
  })

  test("of a delete are those of every directory above that may come or go", () => {
    const keys = touched({ kind: "delete", node: at("d/e/file") }, "/ls/local")
    expect(keys).toEqual(expect.arrayContaining([...keysOfComingOrGoing("/ls/local")]))
  })

  test("of a call that can't create are no more than the state tells, so that its client can know them too", () => {
    for (const create of ["mustExist", "mayCreate"]) {
      const opening = { ...open, path: "/ls/local", create, sequential: create === "mayCreate" }
      expect(touched(opening, "/ls/local")).toEqual(touched(opening))
    }
  })

  test("of a transaction are those of all its steps, done or not", () => {
    const step = (name: string): unknown => ({
      ...open,
      path: `/ls/local/${name}`,
      create: "mayCreate",
      sequential: false,
    })
    const transact = { kind: "transact", guards: [], then: [step("a")], otherwise: [step("d/b")] }
    expect(touched(transact, "/ls/local/d/b")).toEqual(
      sorted(keysOfComingOrGoing("/ls/local/a"), keysOfComingOrGoing("/ls/local/d/b")),
    )
  })
})
