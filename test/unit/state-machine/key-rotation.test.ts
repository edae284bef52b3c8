/** The keys that sign sequencers take turns: who may have them do so, which stay, and that a call counts once. */
import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { encodeMeta, decodeMeta } from "../../../src/state-machine/entry-codec.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { seedOf } from "../../support/signing-keys.ts"
import { CellUnderTest, acquireOf, answered, at, codeOf, outsideOf } from "./cell-under-test.ts"

type Rotation = Extract<MutatingOperation, { kind: "rotateSigningKeys" }>

let lastSeed = 2

/** Founded cells have the seeds 1 and 2; each rotation brings two more. */
function rotation(rest: Partial<Rotation> = {}): Rotation {
  const seeds = [seedOf((lastSeed += 1)), seedOf((lastSeed += 1))]
  return { kind: "rotateSigningKeys", revoke: false, seeds, isScheduled: false, ...rest }
}

/** Seeds as numbers. */
function keysOf({ machine }: CellUnderTest): string[] {
  return machine.signingKeys.map(({ seed, state, since }) => `${seed[0]} ${state} since ${since}`)
}

function newCell(): CellUnderTest {
  lastSeed = 2
  return new CellUnderTest()
}

const done = { kind: "rotateSigningKeys" }

describe("a rotation", () => {
  test("lets the next key sign, publishes a fresh one, and keeps the one that signed", () => {
    const cell = newCell()
    expect(keysOf(cell)).toEqual(["1 current since 1", "2 next since 1"])
    expect(cell.outside(rotation(), "root")).toEqual(done)
    expect(keysOf(cell)).toEqual(["1 retired since 2", "2 current since 2", "4 next since 2"])
    cell.checkStore()
  })

  test("drops a retired key when nobody holds a lock any more that was granted before its retirement", () => {
    const cell = newCell()
    const alice = cell.session()
    const bob = cell.session("bob")
    alice.call(acquireOf(at("a"))) // Slot 4.
    cell.outside(rotation(), "root") // Slot 5.
    bob.call(acquireOf(at("b")))
    cell.outside(rotation(), "root") // Slot 7.
    expect(keysOf(cell)).toEqual(["1 retired since 5", "2 retired since 7", "4 current since 7", "6 next since 7"])
    alice.call({ kind: "release", node: at("a") })
    cell.outside(rotation(), "root") // Slot 9.
    expect(keysOf(cell)).toEqual(["2 retired since 7", "4 retired since 9", "6 current since 9", "8 next since 9"])
    cell.expire(bob)
    cell.outside(rotation(), "root")
    expect(keysOf(cell)).toEqual(
      ["4 retired since 9", "6 retired since 11", "8 current since 11", "10 next since 11"].slice(1),
    )
    cell.checkStore()
  })

  test("keeps what signed for a hold of the same slot", () => {
    const cell = newCell()
    const alice = cell.session()
    cell.apply(alice.next(acquireOf(at("a"))), outsideOf(rotation(), "root"))
    cell.outside(rotation(), "root")
    expect(keysOf(cell)).toEqual(["1 retired since 3", "2 retired since 4", "4 current since 4", "6 next since 4"])
  })

  test("is refused when the most keys are kept, which says whose lock keeps them; then they can be revoked", () => {
    const cell = newCell()
    const alice = cell.session()
    alice.call(acquireOf(at("a")))
    for (let count = 2; count < limits.signingKeysMax; count += 1) {
      expect(cell.outside(rotation(), "root")).toEqual(done)
    }
    const before = keysOf(cell)
    expect(before).toHaveLength(limits.signingKeysMax)
    const outcome = cell.outside(rotation(), "root")
    expect(codeOf(outcome)).toBe("QUOTA_EXCEEDED")
    expect(outcome).toMatchObject({ detail: expect.stringContaining("session 1 has held /ls/test/a since slot 3") })
    expect(keysOf(cell)).toEqual(before)
    cell.checkStore()
    expect(cell.outside(rotation({ revoke: true }), "root")).toEqual(done)
    expect(keysOf(cell)).toHaveLength(2)
  })

  test("is for administrators, and on schedule for nobody who could ask", () => {
    const cell = newCell()
    const before = cell.machine.signingKeys
    expect(codeOf(cell.outside(rotation(), "mallory"))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.session("mallory", "mallory").call(rotation({ revoke: true })))).toBe("PERMISSION_DENIED")
    expect(cell.machine.signingKeys).toBe(before)
    expect(cell.outside(rotation({ isScheduled: true }), "")).toEqual(done)
    expect(cell.machine.signingKeys).not.toBe(before)
  })

  test.each([[[]], [[seedOf(3)]], [[seedOf(3), seedOf(4).subarray(1)]], [[seedOf(3), seedOf(4), seedOf(5)]]])(
    "with other than two seeds is refused, without a word about them",
    (seeds) => {
      const cell = newCell()
      const outcome = cell.outside(rotation({ seeds }), "root")
      expect(codeOf(outcome)).toBe("INVALID_ARGUMENT")
      expect(JSON.stringify(outcome)).not.toMatch(/[345],[345]/)
    },
  )

  test("counts once, though a retry comes with other seeds", () => {
    const cell = newCell()
    const root = cell.session("root", "root")
    expect(root.call(rotation())).toEqual(done)
    const after = keysOf(cell)
    expect(cell.apply(root.again(rotation(), 1)).outcomes).toEqual([done])
    expect(keysOf(cell)).toEqual(after)
    expect(codeOf(cell.apply(root.again(rotation({ revoke: true }), 1)).outcomes[0])).toBe("INVALID_ARGUMENT")
    cell.checkStore()
  })

  test("leaves no seed in what is remembered of the call", () => {
    const cell = newCell()
    cell.session("root", "root").call(rotation({ seeds: [seedOf(201), seedOf(202)] }))
    const holding = [...cell.machine.entries()].filter(({ payload }) =>
      Buffer.from(payload).includes(Buffer.from(seedOf(202))),
    )
    expect(holding.map(({ key }) => key)).toEqual(["meta"])
  })

  test("does not depend on the bytes of its batch", () => {
    const cell = newCell()
    const seeds = [seedOf(3), seedOf(4)]
    cell.outside(rotation({ seeds }), "root")
    for (const seed of seeds) seed.fill(0)
    expect(cell.machine.signingKeys.at(-1)?.seed).toEqual(seedOf(4))
  })
})

test("a revocation drops all keys, held locks or not", () => {
  const cell = newCell()
  const alice = cell.session()
  const { lockGeneration } = answered(alice.call(acquireOf(at("a"))), "acquire")
  cell.outside(rotation(), "root")
  expect(cell.outside(rotation({ revoke: true }), "root")).toEqual(done)
  expect(keysOf(cell)).toEqual(["5 current since 5", "6 next since 5"])
  // The lock is held as before: only its sequencer has to be fetched again.
  const sequencer = alice.read({ kind: "getSequencer", node: at("a") })
  expect(sequencer).toMatchObject({ kind: "getSequencer", claims: { lockGeneration } })
  cell.checkStore()
})

test("keys outlive a restart, in order and with their places", () => {
  const cell = newCell()
  cell.session().call(acquireOf(at("a")))
  for (let count = 0; count < 3; count += 1) cell.outside(rotation(), "root")
  const before = keysOf(cell)
  cell.restart()
  expect(keysOf(cell)).toEqual(before)
})

describe("stored keys are refused", () => {
  const cell = newCell()
  cell.outside(rotation(), "root")
  const entries = [...cell.machine.entries()]
  const sound = decodeMeta(entries.find(({ key }) => key === "meta")?.payload ?? new Uint8Array(0))
  const keys = sound.secrets?.signingKeys ?? []

  function restoredWith(signingKeys: typeof keys): () => StateMachine {
    const payload = encodeMeta({ ...sound, secrets: { handleKeys: sound.secrets?.handleKeys ?? [], signingKeys } })
    return () =>
      StateMachine.restore(
        "test",
        entries.map((entry) => (entry.key === "meta" ? { ...entry, payload } : entry)),
      )
  }

  test("out of order, too few, too many, too short, or from a slot to come; and taken otherwise", () => {
    expect(restoredWith(keys)().signingKeys).toEqual(keys)
    const [first, second, third] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]]
    const many = Array.from({ length: limits.signingKeysMax }, () => first)
    for (const wrong of [
      [],
      [third],
      [second, first, third],
      [first, third, second],
      [...many, second, third],
      [first, { ...second, seed: seedOf(1).subarray(1) }, third],
      [first, second, { ...third, since: 99 }],
      [{ ...first, since: 2 }, { ...second, since: 1 }, third],
    ]) {
      expect(restoredWith(wrong)).toThrow(/out of order/)
    }
  })
})
