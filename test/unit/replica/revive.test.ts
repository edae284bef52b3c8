import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { keys, logKey } from "../../../src/journal/codec.ts"
import { ReplicaCell } from "../../support/replica-cell.ts"

/** A cell with some history; replica 3 is down. */
function stopped(): ReplicaCell {
  const cell = new ReplicaCell(3, { retainedSlots: 8 }).found()
  const sessionId = cell.session()
  for (let requestNumber = 1; requestNumber <= 20; requestNumber += 1) {
    const node = { kind: "path", path: `/ls/local/file-${String(requestNumber % 3)}` } as const
    const contents = utf8(String(requestNumber))
    cell.call(1, { kind: "setContents", node, contents }, { sessionId, requestNumber })
  }
  cell.run(200)
  return cell
}

describe("a replica that is revived", () => {
  test("remembers from its records what it knew when it stopped", () => {
    const cell = stopped()
    const before = cell.replica(3).status()
    cell.crash(3)
    const revival = cell.revival(3)
    if (revival.kind !== "sound") throw new Error(`it is ${revival.kind}`)
    const { memory, machine } = revival.revived
    expect(machine.digest.toString(16).padStart(13, "0")).toBe(before.digest)
    expect(memory).toMatchObject({ voting: true, incarnation: 0, chosenThrough: before.appliedThrough })
    expect(memory.promised).toEqual({ round: 1, replicaId: 1 })
    expect(memory.accepted[0]?.slot).toBe(before.firstLogSlot)
    expect(memory.accepted.at(-1)?.slot).toBe(before.chosenThrough)
    cell.start(3)
    expect(cell.replica(3).status()).toMatchObject({ ...before, master: 0 })
  })

  test("finds nothing on an empty disk", () => {
    const cell = stopped()
    for (const { key } of cell.disk(3).entries) cell.disk(3).lose(key)
    expect(cell.revival(3)).toEqual({ kind: "empty" })
  })

  test("takes its disk for damaged when any entry of the state is missing", () => {
    const stateKeys = stopped()
      .disk(3)
      .entries.map(({ key }) => key)
      .filter((key) => key.startsWith(keys.state))
    expect(stateKeys.length).toBeGreaterThan(5)
    for (const key of stateKeys) {
      const cell = stopped()
      cell.disk(3).lose(key)
      expect(cell.revival(3).kind, key).toBe("damaged")
    }
  })

  test("takes its disk for damaged when an entry of the state is an older one", () => {
    const cell = stopped()
    const before = new Map(cell.disk(3).entries.map(({ key, value }) => [key, value.slice()]))
    const node = { kind: "path", path: "/ls/local/file-1" } as const
    cell.call(1, { kind: "setContents", node, contents: utf8("newer") })
    cell.run(200)
    expect(cell.revival(3).kind).toBe("sound")
    const changed = cell.disk(3).entries.filter(({ key, value }) => {
      const old = before.get(key)
      return key.startsWith(keys.state) && old !== undefined && !Buffer.from(old).equals(Buffer.from(value))
    })
    expect(changed.length).toBeGreaterThan(1)
    for (const { key, value } of changed) {
      cell.disk(3).apply({ kind: "put", key, value: before.get(key) ?? value })
      expect(cell.revival(3).kind, key).toBe("damaged")
      cell.disk(3).apply({ kind: "put", key, value })
    }
  })

  test("takes its disk for damaged when an older progress record, or log, has come back", () => {
    const cell = stopped()
    const stale = cell.disk(3).value(keys.progress).slice()
    const { chosenThrough } = cell.replica(3).status()
    const node = { kind: "path", path: "/ls/local/file-1" } as const
    cell.call(1, { kind: "setContents", node, contents: utf8("newer") })
    cell.run(200)
    cell.disk(3).apply({ kind: "put", key: keys.progress, value: stale })
    expect(cell.revival(3).kind).toBe("damaged")
    const other = stopped()
    other.disk(3).lose(logKey(chosenThrough))
    expect(other.revival(3).kind).toBe("damaged")
  })

  test("refuses the disk of another replica", () => {
    const cell = stopped()
    for (const { key } of cell.disk(3).entries) cell.disk(3).lose(key)
    for (const { key, value } of cell.disk(2).entries) cell.disk(3).apply({ kind: "put", key, value })
    expect(cell.revival(3).kind).toBe("foreign")
  })
})
