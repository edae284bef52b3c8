import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Log } from "../../../src/paxos/log.ts"
import type { AcceptedSlot } from "../../../src/paxos/messages.ts"
import { text } from "../../support/paxos-cell.ts"

const first = { round: 1, replicaId: 1 }
const second = { round: 2, replicaId: 2 }

function entry(slot: number, value: string, ballot = first): AcceptedSlot {
  return { slot, ballot, value: utf8(value) }
}

/** A log with slots 1 to `chosen` chosen and some more accepted. */
function logOf(chosen: number, accepted = 0): Log {
  const log = new Log(0, [])
  for (let slot = 1; slot <= chosen + accepted; slot += 1) log.accept(entry(slot, `v${String(slot)}`), new Outbox())
  for (let slot = 1; slot <= chosen; slot += 1) log.choose(slot, new Outbox())
  return log
}

function valuesOf(log: Log, above: number): string[] {
  return log.chosenAbove(above, 1_000_000).map(text)
}

describe("a log", () => {
  test("takes slots for chosen in order and not twice", () => {
    const log = logOf(1, 2)
    expect(() => log.choose(3, new Outbox())).toThrow("in order")
    expect(() => log.choose(1, new Outbox())).toThrow("in order")
    expect(() => log.learn({ slot: 3, value: utf8("x") }, new Outbox())).toThrow("in order")
  })

  test("does not let a chosen slot be accepted again", () => {
    expect(() => logOf(1).accept(entry(1, "other", second), new Outbox())).toThrow("not accepted again")
  })

  test("counts the bytes of values that are not known to be chosen", () => {
    const log = logOf(0, 3)
    expect(log.openBytes).toBe(6)
    log.accept(entry(3, "longer", second), new Outbox())
    log.choose(1, new Outbox())
    expect(log.openBytes).toBe(8)
    log.learn({ slot: 2, value: utf8("another") }, new Outbox())
    expect(log.openBytes).toBe(6)
    log.installSnapshot(7, new Outbox())
    expect(log.openBytes).toBe(0)
  })

  test("replaces an accepted value only in a ballot at least as high", () => {
    const log = logOf(0)
    log.accept(entry(1, "newer", second), new Outbox())
    expect(() => log.accept(entry(1, "older", first), new Outbox())).toThrow("never goes back")
    expect(log.acceptedAbove(0).map(({ value }) => text(value))).toEqual(["newer"])
  })

  test("records what it accepts and what it learns", () => {
    const out = new Outbox()
    const log = logOf(0)
    log.accept(entry(1, "a"), out)
    log.choose(1, out)
    log.learn({ slot: 2, value: utf8("b") }, out)
    expect(out.records.map((record) => record.kind)).toEqual(["accepted", "accepted"])
    expect(out.chosen.map(({ slot, value }) => [slot, text(value)])).toEqual([
      [1, "a"],
      [2, "b"],
    ])
  })

  test("tells what it has accepted above a slot, leaving out gaps", () => {
    const log = new Log(1, [entry(1, "a"), entry(3, "c"), entry(5, "e")])
    expect(log.acceptedAbove(1).map(({ slot }) => slot)).toEqual([3, 5])
    expect(log.acceptedAbove(3).map(({ slot }) => slot)).toEqual([5])
    expect(log.lastSlot).toBe(5)
  })

  test("knows in which ballot a value was accepted, and forgets it once the value was learned", () => {
    const log = logOf(0, 1)
    expect(log.isAcceptedIn(1, first)).toBe(true)
    expect(log.isAcceptedIn(1, second)).toBe(false)
    log.learn({ slot: 1, value: utf8("learned") }, new Outbox())
    expect(log.isAcceptedIn(1, first)).toBe(false)
  })

  test("gives at least one value, however large, and then as many as fit", () => {
    const log = logOf(5)
    expect(log.chosenAbove(0, 1).map(text)).toEqual(["v1"])
    expect(log.chosenAbove(1, 6).map(text)).toEqual(["v2", "v3", "v4"])
    expect(log.chosenAbove(5, 6)).toEqual([])
  })
})

describe("trimming", () => {
  const keep = { slots: 4, bytes: 1_000_000 }

  test("keeps the tail of what is chosen and everything accepted above it", () => {
    const log = logOf(10, 2)
    log.trim(keep, new Outbox())
    expect(log.firstSlot).toBe(7)
    expect(valuesOf(log, 6)).toEqual(["v7", "v8", "v9", "v10"])
    expect(log.acceptedAbove(10).map(({ slot }) => slot)).toEqual([11, 12])
  })

  test("records what goes, so that the disk forgets the same", () => {
    const out = new Outbox()
    logOf(10).trim(keep, out)
    expect(out.records).toEqual([{ kind: "trimmed", from: 1, through: 6 }])
  })

  test("waits until a lot has gathered", () => {
    const out = new Outbox()
    logOf(5).trim(keep, out)
    expect(out.records).toEqual([])
  })

  test("goes by bytes as well, but always leaves the last chosen slot", () => {
    const log = logOf(10)
    log.trim({ slots: 100, bytes: 5 }, new Outbox())
    expect(log.firstSlot).toBe(9)
    expect(valuesOf(log, 8)).toEqual(["v9", "v10"])
    log.trim({ slots: 100, bytes: 0 }, new Outbox())
    expect(log.firstSlot).toBe(10)
  })

  test("leaves whoever asks for what is gone without values", () => {
    const log = logOf(10)
    log.trim(keep, new Outbox())
    expect(valuesOf(log, 3)).toEqual([])
  })

  test("does nothing to slots that are merely accepted, however many bytes they have", () => {
    const log = logOf(0, 10)
    const out = new Outbox()
    log.trim({ slots: 1, bytes: 1 }, out)
    expect(out.records).toEqual([])
    expect(log.acceptedAbove(0)).toHaveLength(10)
  })
})

describe("a snapshot", () => {
  test("stands for everything through its slot and keeps what was accepted above", () => {
    const log = logOf(2, 4)
    log.installSnapshot(4, new Outbox())
    expect(log.chosenThrough).toBe(4)
    expect(log.firstSlot).toBe(5)
    expect(log.acceptedAbove(4).map(({ slot }) => slot)).toEqual([5, 6])
    log.choose(5, new Outbox())
    expect(valuesOf(log, 4)).toEqual(["v5"])
  })

  test("makes the disk forget the slots it stands for", () => {
    const out = new Outbox()
    logOf(2, 4).installSnapshot(4, out)
    expect(out.records).toEqual([{ kind: "trimmed", from: 1, through: 4 }])
  })

  test("that reaches beyond the log leaves it empty", () => {
    const log = logOf(2, 1)
    log.installSnapshot(40, new Outbox())
    expect([log.firstSlot, log.chosenThrough, log.lastSlot]).toEqual([41, 40, 40])
    expect(log.acceptedAbove(40)).toEqual([])
  })

  test("that is older than what is known changes nothing", () => {
    const log = logOf(3)
    const out = new Outbox()
    log.installSnapshot(3, out)
    expect([log.firstSlot, log.chosenThrough, out.records.length]).toEqual([1, 3, 0])
  })
})
