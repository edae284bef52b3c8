import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { limits } from "../../../src/contract/limits.ts"
import { decodeMeta, decodeSession, encodeEnded, encodeMeta } from "../../../src/state-machine/entry-codec.ts"
import { encodeSession } from "../../../src/state-machine/entry-codec.ts"
import { type StateEntry, entryFingerprint, nodeKey } from "../../../src/state-machine/entry-key.ts"
import { endedKey, parseKey, resultKey, sessionKey } from "../../../src/state-machine/entry-key.ts"
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
  cell.apply(bob.again({ kind: "close", handle: "" }, 5, 4, { stillOpen: [1, 3] }))
  const carol = cell.session("carol")
  carol.call(acquireOf(at("d/barred"), "exclusive", { lockDelayMs: 9_000 }))
  bob.call(acquireOf(at("d/barred"), "shared", { waitMs: 300 }))
  cell.expire(carol)
  cell.apply({ kind: "setLeaseFloor", sessionLeaseMs: 40_000, epoch: 0 })
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
    expect(restored.leaseFloorMs).toBe(40_000)
    expect([...restored.lockDelays()]).toEqual([...cell.machine.lockDelays()])
    expect([...restored.timedWaits()]).toEqual([...cell.machine.timedWaits()])
    expect(restored.endedSessions()).toEqual(cell.machine.endedSessions())
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
    machine.apply(1, new Uint8Array(0))
    expect([...machine.takeWrites()].map(({ key }) => key)).toEqual(["meta", nodeKey(1)])
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

  test("are refused when a session that lives has ended, or one has in a slot to come, or too many have", () => {
    const ended = { clientName: "eve", reason: "its lease ran out", index: 1 }
    const restoreWith = (sessionId: number, entry = ended): StateMachine =>
      restore([...whole, { key: endedKey(sessionId), payload: encodeEnded(entry) }])
    for (const sessionId of [1, 2, 9]) expect(() => restoreWith(sessionId)).toThrow(MalformedBytesError)
    const { index } = machine.endedSessions()[0] as { index: number }
    expect(restoreWith(3, { ...ended, index }).endedSessions()).toContainEqual(
      expect.objectContaining({ clientName: "eve" }),
    )
    expect(() => restoreWith(3, { ...ended, index: machine.appliedThrough + 1 })).toThrow(MalformedBytesError)
    const many = Array.from({ length: limits.endedSessionsKept + 1 }, (_, place) => ({
      key: endedKey(100 + place),
      payload: encodeEnded(ended),
    }))
    const meta = decodeMeta((whole.find(({ key }) => key === "meta") as StateEntry).payload)
    const payload = encodeMeta({ ...meta, lastSessionId: 9_999 })
    expect(() => restore([...many, ...whole, { key: "meta", payload }])).toThrow(MalformedBytesError)
    expect(restore([...many.slice(2), ...whole, { key: "meta", payload }]).endedSessions()).toHaveLength(
      limits.endedSessionsKept,
    )
  })

  test("are refused when calls are left open out of order, or remembered though they are not open", () => {
    const { payload } = whole.find(({ key }) => key === sessionKey(2)) as StateEntry
    const session = decodeSession(payload)
    expect(session).toMatchObject({ answeredThrough: 4, stillOpen: [1, 3] })
    for (const stillOpen of [[], [3], [3, 1], [1, 1, 3], [1, 3, 5]]) {
      const changed = { key: sessionKey(2), payload: encodeSession({ ...session, stillOpen }) }
      expect(() => restore([...whole, changed]), stillOpen.join()).toThrow(MalformedBytesError)
    }
  })

  test("are refused when a lock-delay has begun in a slot to come", () => {
    const meta = decodeMeta((whole.find(({ key }) => key === "meta") as StateEntry).payload)
    const [delay] = machine.lockDelays()
    const payload = encodeMeta({ ...meta, appliedThrough: (delay?.since ?? 0) - 1 })
    const others = whole.filter(({ key }) => !key.startsWith("ended/"))
    expect(() => restore([...others, { key: "meta", payload }])).toThrow(/lock-delay/)
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
        expect(parseKey(endedKey(one))).toEqual({ kind: "ended", sessionId: one })
        expect(parseKey(sessionKey(one))).toEqual({ kind: "session", sessionId: one })
        expect(parseKey(resultKey(one, other))).toEqual({ kind: "result", sessionId: one, requestNumber: other })
        expect(nodeKey(one) < nodeKey(other)).toBe(one < other)
      }),
    )
  })
})
