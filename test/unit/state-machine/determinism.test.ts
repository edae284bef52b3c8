import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { StateWrite } from "../../../src/state-machine/entry-ledger.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { batches } from "./arbitraries.ts"
import { cellName, createSessionOf, founding, outsideOf } from "./cell-under-test.ts"

const preamble = encodeBatch([
  founding,
  ...["alice", "bob", "carol"].map((clientName) => outsideOf(createSessionOf({ clientName, nonce: clientName }))),
])

/** Batches as they should be, batches with a flipped byte, and no batches at all. */
const values: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: batches.map((commands) => encodeBatch(commands)) },
  fc.tuple(batches, fc.nat(), fc.nat(255)).map(([commands, place, byte]) => {
    const bytes = encodeBatch(commands)
    if (bytes.length > 0) bytes[place % bytes.length] = byte
    return bytes
  }),
  fc.uint8Array({ maxLength: 30 }),
)

function keep(stored: Map<string, Uint8Array>, writes: Iterable<StateWrite>): void {
  for (const { key, payload } of writes) {
    if (payload === undefined) stored.delete(key)
    else stored.set(key, payload)
  }
}

describe("two replicas", () => {
  test("that apply the same batches are the same, though one is restored from its entries midway", () => {
    fc.assert(
      fc.property(
        fc.array(values, { maxLength: 30 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 8 }),
        (history, ...when) => {
          const [restart, storedEvery] = when
          const left = new StateMachine(cellName)
          let right = new StateMachine(cellName)
          const stored = new Map<string, Uint8Array>()
          for (const [index, value] of [preamble, ...history].entries()) {
            const fromLeft = left.apply(index + 1, value)
            if (index % storedEvery === 0) keep(stored, left.takeWrites())
            expect(right.apply(index + 1, value)).toEqual(fromLeft)
            if (index % 3 === 0) expect(right.digest).toBe(left.digest)
            if (index === restart) right = StateMachine.restore(cellName, right.entries())
          }
          keep(stored, left.takeWrites())
          const entries = [...left.entries()]
          expect(right.digest).toBe(left.digest)
          expect([...right.entries()]).toEqual(entries)
          expect([...stored.keys()].sort()).toEqual(entries.map(({ key }) => key))
          expect(new Map(entries.map(({ key, payload }) => [key, payload]))).toEqual(stored)
          expect(StateMachine.restore(cellName, entries).digest).toBe(left.digest)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe("a batch that can't be read", () => {
  test("is a no-op that takes its slot", () => {
    const machine = new StateMachine(cellName)
    machine.apply(1, preamble)
    machine.takeWrites()
    expect(machine.apply(2, Uint8Array.of(1, 2, 3)).outcomes).toEqual([])
    expect([...machine.takeWrites()].map(({ key }) => key)).toEqual(["meta"])
    expect(machine.appliedThrough).toBe(2)
  })

  test("leaves the same state whatever it holds", () => {
    const [one, other] = [new StateMachine(cellName), new StateMachine(cellName)]
    one.apply(1, Uint8Array.of(1, 2, 3))
    other.apply(1, Uint8Array.of(255))
    expect(other.digest).toBe(one.digest)
  })
})

test("the digest tells any two states apart, and any two slots", () => {
  const machine = new StateMachine(cellName)
  const seen = new Set([machine.digest])
  machine.apply(1, preamble)
  seen.add(machine.digest)
  machine.apply(2, new Uint8Array(0))
  seen.add(machine.digest)
  expect(seen.size).toBe(3)
})
