import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { mutants } from "../../simulator/mutants/all.ts"
import { patched } from "../../simulator/mutants/mutant.ts"

describe("planted bugs", () => {
  test("every patch still fits the sources, exactly once", () => {
    const wrong = mutants.flatMap(({ name, patches }) =>
      patches.flatMap((patch) => {
        const path = new URL(`../../../${patch.file}`, import.meta.url)
        const outcome = patched(readFileSync(path, "utf8"), patch)
        return "wrong" in outcome ? [`${name}: ${outcome.wrong}`] : []
      }),
    )
    expect(wrong).toEqual([])
  })

  test("every mutant has a name of its own", () => {
    const names = mutants.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test("a patch that is not found, or found twice, is refused", () => {
    const patch = { file: "f", find: "a", replace: "b" }
    expect(patched("xax", patch)).toEqual({ text: "xbx" })
    expect(patched("aa", patch)).toHaveProperty("wrong")
    expect(patched("x", patch)).toHaveProperty("wrong")
  })
})
