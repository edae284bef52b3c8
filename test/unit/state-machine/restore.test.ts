import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { decodeMeta, encodeMeta } from "../../../src/state-machine/entry-codec.ts"
import { type StateEntry, entryFingerprint, nodeKey } from "../../../src/state-machine/entry-key.ts"
import { parseKey, resultKey, sessionKey } from "../../../src/state-machine/entry-key.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { CellUnderTest, acquireOf, at, cellName, openOf } from "./cell-under-test.ts"

/** A state with something of everything in it. */
function richCell(): CellUnderTest {
  const cell = new CellUnderTest()
  const alice = cell.session("alice")
  const bob = cell.session("bob")
  alice.open("d", { nodeKind: "directory" })
  alice.open("d/e", { ephemeral: true })
  alice.call(acquireOf(at("d/lock")))
  bob.call(acquireOf(at("d/lock"), "shared"))
  bob.call({ kind: "delete", node: at("nothing") })
  cell.outside(openOf("file", { contents: Uint8Array.of(1, 2, 3) }))
  return cell
}

function restore(entries: Iterable<StateEntry>): StateMachine {
  return StateMachine.restore(cellName, entries)
}

describe("a restored state", () => {
  test("is the state that was stored", () => {
    const cell = richCell()
    const restored = restore(cell.machine.entries())
    expect(restored.digest).toBe(cell.machine.digest)
    expect(restored.appliedThrough).toBe(cell.machine.appliedThrough)
    expect([...restored.entries()]).toEqual([...cell.machine.entries()])
    cell.checkStore()
  })

  test("does not depend on the order of its entries", () => {
    const { machine } = richCell()
    expect(restore([...machine.entries()].reverse()).digest).toBe(machine.digest)
  })

  test("does not keep the bytes that it was read from", () => {
    const { machine } = richCell()
    const entries = [...machine.entries()].map(({ key, payload }) => ({ key, payload: payload.slice() }))
    const restored = restore(entries)
    for (const { payload } of entries) payload.fill(0xff)
    expect([...restored.entries()]).toEqual([...machine.entries()])
  })

  test("of nothing is that of a cell before its first slot, whose first slot stores the root", () => {
    const machine = restore([])
    expect(machine.appliedThrough).toBe(0)
    expect(machine.digest).toBe(new StateMachine(cellName).digest)
    expect(machine.apply(1, new Uint8Array(0)).writes.map(({ key }) => key)).toEqual(["meta", nodeKey(1)])
  })
})

describe("stored entries that are no state", () => {
  const { machine } = richCell()
  const whole = [...machine.entries()]

  test("are refused when any one of them is missing that others refer to", () => {
    const needed = whole.filter(({ key }) => key === "meta" || /^(node\/0*[12]|session\/0*[12])$/.test(key))
    expect(needed).toHaveLength(5)
    for (const { key } of needed) {
      expect(() => restore(whole.filter((entry) => entry.key !== key)), key).toThrow(MalformedBytesError)
    }
  })

  test("are refused when the unanswered call of a waiter is missing, or waits for nothing", () => {
    const waiting = resultKey(2, 1)
    expect(() => restore(whole.filter(({ key }) => key !== waiting))).toThrow(MalformedBytesError)
    const { payload } = whole.find(({ key }) => key === waiting) as StateEntry
    expect(() => restore([...whole, { key: resultKey(2, 9), payload }])).toThrow(MalformedBytesError)
  })

  test("are refused when they hold a number that was never given out", () => {
    const meta = decodeMeta((whole.find(({ key }) => key === "meta") as StateEntry).payload)
    for (const forgotten of [{ lastInstance: meta.lastInstance - 1 }, { lastSessionId: meta.lastSessionId - 1 }]) {
      const payload = encodeMeta({ ...meta, ...forgotten })
      expect(() => restore(whole.map((entry) => (entry.key === "meta" ? { key: "meta", payload } : entry)))).toThrow(
        MalformedBytesError,
      )
    }
  })

  test("are refused under another cell's name", () => {
    expect(() => StateMachine.restore("other", whole)).toThrow(MalformedBytesError)
  })

  test("are refused under keys that are none", () => {
    for (const key of ["", "node/1", "node/0000000000000g", `${nodeKey(1)}/`, "result/00000000000001", "metal"]) {
      expect(() => restore([...whole, { key, payload: new Uint8Array(0) }]), key).toThrow(MalformedBytesError)
    }
  })

  test("are refused, or make a state, but never crash otherwise", () => {
    const damage = fc.record({ entry: fc.nat(), place: fc.nat(), byte: fc.nat(255), length: fc.option(fc.nat()) })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const entries = whole.map(({ key, payload }) => ({ key, payload: payload.slice() }))
        for (const { entry, place, byte, length } of damages) {
          const hit = entries[entry % entries.length] as { payload: Uint8Array }
          hit.payload[place % hit.payload.length] = byte
          if (length !== null) hit.payload = hit.payload.slice(0, length % hit.payload.length)
        }
        try {
          const restored = restore(entries)
          restored.apply(restored.appliedThrough + 1, new Uint8Array(0))
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytesError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test("the same payload under another key is another entry to the digest", () => {
  const payload = Uint8Array.of(1, 2, 3)
  const keys = ["meta", nodeKey(1), nodeKey(2), sessionKey(1), sessionKey(2), resultKey(1, 2), resultKey(2, 1)]
  expect(new Set(keys.map((key) => entryFingerprint(key, payload))).size).toBe(keys.length)
})

describe("keys of entries", () => {
  test("are read as they were written, and ordered as their numbers are", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
        expect(parseKey(nodeKey(one))).toEqual({ kind: "node", instance: one })
        expect(parseKey(sessionKey(one))).toEqual({ kind: "session", sessionId: one })
        expect(parseKey(resultKey(one, other))).toEqual({ kind: "result", sessionId: one, requestNumber: other })
        expect(nodeKey(one) < nodeKey(other)).toBe(one < other)
      }),
    )
  })
})
