import { expect, test } from "vitest"
import { readAtMost } from "../../../src/cli/read-input.ts"

async function* chunks(sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const size of sizes) yield new Uint8Array(size).fill(7)
}

async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) yield new Uint8Array(1_000)
}

test("what fits is read to its end", async () => {
  expect(await readAtMost(chunks([2, 0, 3]), 6)).toEqual(Buffer.alloc(5, 7))
  expect(await readAtMost(chunks([]), 6)).toHaveLength(0)
})

test("no more is read than was asked for, even of a stream without an end", async () => {
  expect(await readAtMost(chunks([4, 4]), 6)).toHaveLength(6)
  expect(await readAtMost(endless(), 2_500)).toHaveLength(2_500)
})
