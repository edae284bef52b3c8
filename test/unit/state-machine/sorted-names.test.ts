import fc from "fast-check"
import { expect, test } from "vitest"
import { SortedNames } from "../../../src/state-machine/sorted-names.ts"

test("names are in order, whatever came and went between two listings", () => {
  const edits = fc.array(fc.integer({ min: 0, max: 400 }).map(String), { maxLength: 500 })
  fc.assert(
    fc.property(edits, fc.integer({ min: 1, max: 300 }), (each, listsEvery) => {
      const children = new Map<string, true>()
      const sorted = new SortedNames()
      for (const [index, name] of each.entries()) {
        if (children.delete(name)) sorted.remove(name)
        else {
          children.set(name, true)
          sorted.add(name)
        }
        if (index % listsEvery === 0) expect(sorted.of(children)).toEqual([...children.keys()].sort())
      }
      expect(sorted.of(children)).toEqual([...children.keys()].sort())
    }),
    { numRuns: 100 },
  )
})

test("a name that comes between two listings does not have all of them sorted again", () => {
  const children = new Map(Array.from({ length: 1_000 }, (_, index) => [`n-${index}`, true]))
  const sorted = new SortedNames()
  const listed = sorted.of(children)
  children.set("a", true)
  sorted.add("a")
  expect(sorted.of(children)).toBe(listed)
  expect(listed[0]).toBe("a")
})
