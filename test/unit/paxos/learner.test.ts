import { beforeEach, describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Learner } from "../../../src/paxos/learner.ts"
import { Log } from "../../../src/paxos/log.ts"
import type { Chosen } from "../../../src/paxos/messages.ts"
import { settingsOf, text } from "../../support/paxos-cell.ts"

const settings = settingsOf(1, 3, { fetchBytes: 4 })
const old = { round: 1, replicaId: 3 }
const current = { round: 2, replicaId: 2 }

let log: Log
let learner: Learner
let out: Outbox

beforeEach(() => {
  log = new Log(0, [])
  learner = new Learner(settings, log)
  out = new Outbox()
})

function accept(slot: number, ballot = current): void {
  log.accept({ slot, ballot, value: utf8(`v${String(slot)}`) }, out)
}

function chosen(above: number, values: readonly string[], chosenThrough: number, firstSlot = 1): Chosen {
  return { kind: "chosen", above, values: values.map(utf8), chosenThrough, firstSlot }
}

function fetches(): (readonly [number, number])[] {
  return out.send.flatMap(({ to, message }) => (message.kind === "fetch" ? [[to, message.above] as const] : []))
}

describe("a learner that hears the leader", () => {
  test("takes what it has accepted in that very ballot for chosen", () => {
    accept(1)
    accept(2)
    learner.hear(2, current, 2, 10, out)
    expect(out.chosen.map(({ value }) => text(value))).toEqual(["v1", "v2"])
    expect(fetches()).toEqual([])
  })

  test("takes nothing for chosen that the leader does not call so", () => {
    accept(1)
    accept(2)
    learner.hear(2, current, 1, 10, out)
    expect(log.chosenThrough).toBe(1)
  })

  test("fetches a slot that it has accepted in an older ballot: the value may be another one by now", () => {
    accept(1)
    accept(2, old)
    accept(3)
    learner.hear(2, current, 3, 10, out)
    expect(log.chosenThrough).toBe(1)
    expect(fetches()).toEqual([[2, 1]])
  })

  test("asks one question at a time, and again when the answer is overdue", () => {
    learner.hear(2, current, 5, 10, out)
    learner.hear(2, current, 6, 20, out)
    expect(fetches()).toHaveLength(1)
    learner.hear(2, current, 6, 10 + settings.masterLeaseMs, out)
    expect(fetches()).toHaveLength(2)
  })

  test("never asks itself", () => {
    learner.seek(1, 5, 10, out)
    expect(fetches()).toEqual([])
  })
})

describe("a learner that is answered", () => {
  test("learns in order, skips what it knows, and goes on until it knows it all", () => {
    learner.seek(3, 4, 10, out)
    learner.learn(3, chosen(0, ["a", "b"], 4), 20, out)
    learner.learn(3, chosen(0, ["a", "b"], 4), 21, out)
    learner.learn(3, chosen(1, ["b", "c", "d"], 4), 22, out)
    expect(out.chosen.map(({ slot, value }) => [slot, text(value)])).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "d"],
    ])
    expect(fetches()[1]).toEqual([3, 2])
  })

  test("can't use slots beyond a gap", () => {
    learner.learn(3, chosen(5, ["f"], 6), 20, out)
    expect(log.chosenThrough).toBe(0)
  })

  test("asks for a snapshot when the log of the other begins too late", () => {
    learner.seek(3, 50, 10, out)
    learner.learn(3, chosen(0, [], 50, 20), 20, out)
    expect(out.snapshotNeededFrom).toBe(3)
  })

  test("does not ask for a snapshot on the word of one it has not asked", () => {
    learner.seek(3, 50, 10, out)
    learner.learn(2, chosen(0, [], 50, 20), 20, out)
    expect(out.snapshotNeededFrom).toBeUndefined()
  })
})

describe("a learner that is asked", () => {
  beforeEach(() => {
    for (const slot of [1, 2, 3]) {
      accept(slot)
      log.choose(slot, out)
    }
    accept(4)
    out = new Outbox()
  })

  test("tells what is chosen, in lots of bounded size, and nothing that is merely accepted", () => {
    learner.answer(2, { kind: "fetch", above: 0 }, out)
    learner.answer(2, { kind: "fetch", above: 2 }, out)
    expect(out.send.map(({ message }) => message)).toEqual([chosen(0, ["v1", "v2"], 3), chosen(2, ["v3"], 3)])
  })

  test("says where its log begins when it can't answer", () => {
    log.installSnapshot(10, out)
    out = new Outbox()
    learner.answer(2, { kind: "fetch", above: 0 }, out)
    expect(out.send[0]?.message).toEqual(chosen(0, [], 10, 11))
  })
})
