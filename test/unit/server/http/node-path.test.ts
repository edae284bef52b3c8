/** From the path of a URL to the parts of a node's path, and back. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { partsOf, urlOf } from "../../../../src/server/http/node-path.ts"

function parts(url: string): readonly string[] | string {
  const found = partsOf(url, 3)
  return "kind" in found ? found.code : found
}

describe("the path of a URL", () => {
  test.each<[string, readonly string[]]>([
    ["/v1/files/a/b", ["a", "b"]],
    ["/v1/files/a?x=/y", ["a"]],
    ["/v1/files/%61%2E/%20", ["a.", " "]],
    ["/v1/files/%2561", ["%61"]],
    ["/v1/files/%C3%A4", ["ä"]],
    // Nothing is tidied up: whether these are names is for the cell to say.
    ["/v1/files/../%2e", ["..", "."]],
    ["/v1/files/a//b/", ["a", "", "b", ""]],
    ["/v1/files/%00", ["\u0000"]],
  ])("%s is decoded once, part by part", (url, expected) => {
    expect(parts(url)).toEqual(expected)
  })

  test.each(["/v1/files/a%2Fb", "/v1/files/%2f", "/v1/files/%ff", "/v1/files/%C3", "/v1/files/%zz", "/v1/files/%"])(
    "%s is refused",
    (url) => {
      expect(parts(url)).toBe("INVALID_PATH")
    },
  )

  test.each(["http://x/v1/files/a", "https://x/v1/files/a", "", "*"])(
    "%s is refused: it has no place to count from",
    (url) => {
      expect(parts(url)).toBe("INVALID_PATH")
    },
  )

  test("bytes that should have been encoded are refused: Node would read them as other characters", () => {
    for (const url of ["/v1/files/\u00c3\u00a4", "/v1/files/a b", "/v1/files/a\tb", "/v1/files/a#b"]) {
      expect(parts(url)).toBe("INVALID_PATH")
    }
  })

  test("is that of a node again, whatever the node is called", () => {
    const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes("/"))
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        expect(parts(urlOf("/v1/files", `/ls/cell/${names.join("/")}`))).toEqual(names)
      }),
    )
  })
})
