import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import { formatPath, parsePath, quoted, splitPath } from "../../../src/contract/node-path.ts"

function problemOf(path: string): string {
  const found = parsePath(path, "test")
  if (found.kind !== "refused") return "none"
  expect(found.code).toBe("INVALID_PATH")
  return found.detail
}

describe("a path", () => {
  test.each([
    ["/ls/test", []],
    ["/ls/local", []],
    ["/ls/test/a", ["a"]],
    ["/ls/local/a/b", ["a", "b"]],
    ["/ls/test/...", ["..."]],
    ["/ls/test/a b/ c", ["a b", " c"]],
    ["/ls/test/%2e%2e", ["%2e%2e"]],
    ["/ls/test/\u00e9\u{1F511}", ["\u00e9\u{1F511}"]],
    ["/ls/test/ls/test", ["ls", "test"]],
    ["/ls/test/__proto__", ["__proto__"]],
  ])("%j leads to %j", (path, parts) => {
    expect(parsePath(path, "test")).toEqual({ kind: "path", parts })
  })

  test.each([
    ["", "begins with /ls/<cell>"],
    ["/", "begins with /ls/<cell>"],
    ["/ls", "begins with /ls/<cell>"],
    ["ls/test/a", "begins with /ls/<cell>"],
    ["/LS/test/a", "begins with /ls/<cell>"],
    ["/ls/", 'names the cell ""'],
    ["/ls/other/a", 'names the cell "other", but this is "test"'],
    ["/ls/Test/a", 'names the cell "Test"'],
    ["/ls/test/", "empty part"],
    ["/ls/test//a", "empty part"],
    ["/ls/test/a/", "empty part"],
    ["/ls/test/.", '"." is not a name'],
    ["/ls/test/a/../b", '".." is not a name'],
    ["/ls/test/a\u0000", "control character"],
    ["/ls/test/a\nb", "control character"],
    ["/ls/test/\u007f", "control character"],
    ["/ls/test/\u0085", "control character"],
    ["/ls/test/\ud800", "half a surrogate pair"],
    ["/ls/test/x\udc00y", "half a surrogate pair"],
    ["/ls/test/e\u0301", "composed form"],
    [`/ls/test/${"a".repeat(256)}`, "takes 256 bytes"],
    [`/ls/test/${"é".repeat(128)}`, "takes 256 bytes"],
    [`/ls/test${"/a".repeat(65)}`, "has 65 parts"],
    [`/ls/test${`/${"a".repeat(255)}`.repeat(4)}`, "takes 1032 bytes"],
  ])("%j is refused: it %s", (path, problem) => {
    expect(problemOf(path)).toContain(problem)
  })

  test("may be as long, as deep and as wide as the limits say", () => {
    expect(problemOf(`/ls/test/${"a".repeat(limits.nameBytesMax)}`)).toBe("none")
    expect(problemOf(`/ls/test${"/a".repeat(limits.pathDepthMax)}`)).toBe("none")
    const full = `/ls/test${`/${"a".repeat(253)}`.repeat(4)}`
    expect(full).toHaveLength(limits.pathBytesMax)
    expect(problemOf(full)).toBe("none")
    expect(problemOf(`${full}a`)).toContain("takes 1025 bytes")
  })

  test("is as long under the name `local` as under the cell's own", () => {
    const inner = `/${"a".repeat(200)}`.repeat(5)
    const cell = "a-cell-with-a-longer-name"
    expect(parsePath(`/ls/${cell}${inner}`, cell).kind).toBe("refused")
    expect(parsePath(`/ls/local${inner}`, cell).kind).toBe("refused")
  })

  test("has one spelling: what is accepted is given back to the letter", () => {
    const part = fc.oneof(fc.constantFrom("a", ".", "..", "", "e\u0301", "\u00e9"), fc.string({ unit: "binary" }))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const path = ["/ls/test", ...parts].join("/")
        const found = parsePath(path, "test")
        if (found.kind === "path") expect(formatPath("test", found.parts)).toBe(path)
      }),
    )
  })

  test("of any other text is refused, never a crash", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => parsePath(text, "test").kind === "refused"))
  })
})

test("what a logged command names is split without asking the engine's Unicode tables", () => {
  expect(splitPath("/ls/test/e\u0301", "test")).toEqual({ kind: "path", parts: ["e\u0301"] })
})

test("a quoted text is short, on one line, and well-formed", () => {
  expect(quoted('a"b\n')).toBe('"a\\"b\\n"')
  expect(quoted("\ud800")).toBe('"\\ud800"')
  expect(quoted("x".repeat(10_000)).length).toBeLessThan(90)
})
