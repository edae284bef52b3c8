import { describe, expect, test } from "vitest"
import type { SequencerClaims } from "../../../src/contract/sequencer.ts"
import { CellUnderTest, type SessionUnderTest, answered, at, bytesOf, codeOf } from "./cell-under-test.ts"
import { acquireOf, outsideOf } from "./cell-under-test.ts"

const set = { kind: "setContents", node: at("a"), contents: bytesOf("x") } as const
const release = { kind: "release", node: at("job") } as const

interface Cast {
  readonly cell: CellUnderTest
  readonly alice: SessionUnderTest
  readonly claims: SequencerClaims
}

/** Alice holds a lock, and has a sequencer of it. */
function cast(): Cast {
  const cell = new CellUnderTest()
  const alice = cell.session("alice")
  alice.call(acquireOf(at("job")))
  const { claims } = answered(alice.read({ kind: "getSequencer", node: at("job") }), "getSequencer")
  return { cell, alice, claims }
}

describe("a call under a sequencer", () => {
  test("is carried out while the lock is held so, and then no more", () => {
    const { cell, alice, claims } = cast()
    const under = { underSequencer: claims }
    answered(cell.apply(alice.again(set, 2, 0, under)).outcomes[0], "setContents")
    alice.requestNumber = 2
    alice.call(release)
    const refused = cell.apply(alice.again(set, 4, 0, under)).outcomes[0]
    expect(refused).toMatchObject({ code: "SEQUENCER_STALE", detail: "Nobody holds the lock in exclusive mode." })
    alice.requestNumber = 4
    alice.call(acquireOf(at("job")))
    expect(codeOf(cell.apply(alice.again(set, 6, 0, under)).outcomes[0])).toBe("SEQUENCER_STALE")
    expect(answered(cell.read({ kind: "getStat", node: at("a") }), "getStat").stat.contentGeneration).toBe(1)
    cell.checkStore()
  })

  test("that comes again is answered as before, whatever has become of the lock", () => {
    const { cell, alice, claims } = cast()
    const command = alice.again(set, 2, 0, { underSequencer: claims })
    const first = cell.apply(command).outcomes[0]
    cell.apply(alice.again(release, 3))
    expect(cell.apply(command).outcomes).toEqual([first])
    const late = alice.again(set, 4, 0, { underSequencer: claims })
    const refused = cell.apply(late).outcomes[0]
    expect(codeOf(refused)).toBe("SEQUENCER_STALE")
    cell.apply(alice.again(acquireOf(at("job")), 5))
    expect(cell.apply(late).outcomes).toEqual([refused])
  })

  test("is another call than the same without it", () => {
    const { cell, alice, claims } = cast()
    cell.apply(alice.again(set, 2, 0, { underSequencer: claims }))
    expect(codeOf(cell.apply(alice.again(set, 2)).outcomes[0])).toBe("INVALID_ARGUMENT")
  })

  test("may be anybody's, in a session or not, and a read as well", () => {
    const { cell, alice, claims } = cast()
    const read = (): string => {
      const caller = { sessionId: 0, requestNumber: 0, principal: "bob", underSequencer: claims }
      return cell.machine.read({ kind: "getStat", node: at("") }, caller).kind
    }
    const outside = { ...outsideOf(set), underSequencer: claims }
    answered(cell.apply(outside).outcomes[0], "setContents")
    expect(read()).toBe("getStat")
    alice.call(release)
    expect(codeOf(cell.apply(outside).outcomes[0])).toBe("SEQUENCER_STALE")
    expect(read()).toBe("refused")
  })
})
