import { describe, expect, test } from "vitest"
import {
  keysOfAclChange,
  keysOfComingOrGoing,
  keysOfNode,
  listingKeyOf,
  nodeKeyOf,
  parentPathOf,
  pathOfKey,
} from "../../../src/contract/cache-key.ts"

describe("a cache key", () => {
  test("of a node and of its listing lead back to its path", () => {
    for (const path of ["/ls/test", "/ls/test/a", "/ls/test/a/b"]) {
      expect(pathOfKey(nodeKeyOf(path))).toBe(path)
      expect(pathOfKey(listingKeyOf(path))).toBe(path)
      expect(nodeKeyOf(path)).not.toBe(listingKeyOf(path))
    }
  })
})

describe("the way up", () => {
  test("ends at the root of the cell", () => {
    expect(parentPathOf("/ls/test/a/b")).toBe("/ls/test/a")
    expect(parentPathOf("/ls/test/a")).toBe("/ls/test")
    expect(parentPathOf("/ls/test")).toBeUndefined()
  })
})

describe("a change", () => {
  test("of a node's facts makes the listing stale that it stands in", () => {
    expect(keysOfNode("/ls/test/a/b")).toEqual(["/ls/test/a/b", "/ls/test/a/"])
  })

  test("of an ACL makes the node's own listing stale too, which tells the directory's facts", () => {
    expect(keysOfAclChange("/ls/test/a")).toEqual(["/ls/test/a", "/ls/test/", "/ls/test/a/"])
  })

  test("of the root makes no listing stale, for it stands in none", () => {
    expect(keysOfNode("/ls/test")).toEqual(["/ls/test"])
  })

  test("in a directory reaches two levels up, because directories count their children", () => {
    expect([...keysOfComingOrGoing("/ls/test/a/b")].sort()).toEqual(
      ["/ls/test/", "/ls/test/a", "/ls/test/a/", "/ls/test/a/b", "/ls/test/a/b/"].sort(),
    )
  })
})
