import { describe, expect, test } from "vitest"
import { keysTouchedBy, type OpenedNode } from "../../../../src/client/core/touched-keys.ts"

type OwnOperation = Parameters<typeof keysTouchedBy>[0]

const opened = new Map<string, OpenedNode>([
  ["plain", { path: "/ls/test/d/f", ephemeral: false }],
  ["fleeting", { path: "/ls/test/d/f", ephemeral: true }],
])

function touched(operation: OwnOperation): readonly string[] | "all" {
  const keys = keysTouchedBy(operation, (handle) => opened.get(handle))
  return keys === "all" ? keys : [...keys].sort()
}

const path = "/ls/test/d/f"
const byPath = { kind: "path", path } as const
const byHandle = { kind: "handle", handle: "plain" } as const
const unknown = { kind: "handle", handle: "unknown" } as const
const contents = new Uint8Array(0)

const node = ["/ls/local/d/", "/ls/local/d/f"]
const coming = ["/ls/local/", "/ls/local/d", "/ls/local/d/", "/ls/local/d/f", "/ls/local/d/f/"]
const goingUpwards = ["/ls/local", ...coming].sort()

function open(changes: Partial<Extract<OwnOperation, { kind: "open" }>>): OwnOperation {
  const plain = { nodeKind: "file", ephemeral: false, sequential: false, contents, acl: {} } as const
  return { kind: "open", path, mode: "write", create: "mayCreate", ...plain, ...changes }
}

describe("a call of one's own touches", () => {
  test("the node and its listing when it writes to what is there, and all that a new node touches by path", () => {
    expect(touched({ kind: "setContents", node: byHandle, contents })).toEqual(node)
    expect(touched({ kind: "setContents", node: byPath, contents })).toEqual(coming)
  })

  test("what a new node touches when it may make one", () => {
    expect(touched(open({}))).toEqual(coming)
    expect(touched(open({ create: "mustExist" }))).toEqual([])
    expect(touched({ kind: "tryAcquire", node: byPath, mode: "shared", lockDelayMs: 0 })).toEqual(coming)
    expect(touched({ kind: "acquire", node: byHandle, mode: "shared", lockDelayMs: 0, waitMs: 0 })).toEqual([])
  })

  test("only the directory when the new node's name is not known yet", () => {
    expect(touched(open({ sequential: true }))).toEqual(["/ls/local/", "/ls/local/d", "/ls/local/d/"])
  })

  test("every directory above what it removes, for an ephemeral one may go too", () => {
    expect(touched({ kind: "delete", node: byPath })).toEqual(goingUpwards)
    expect(touched({ kind: "close", handle: "fleeting" })).toEqual(goingUpwards)
    expect(touched({ kind: "close", handle: "plain" })).toEqual([])
    expect(touched({ kind: "release", node: { kind: "handle", handle: "fleeting" } })).toEqual(goingUpwards)
    expect(touched({ kind: "release", node: byPath })).toEqual(goingUpwards)
    expect(touched({ kind: "release", node: byHandle })).toEqual([])
  })

  test("everything when nobody knows which node is meant", () => {
    expect(touched({ kind: "delete", node: unknown })).toBe("all")
    expect(touched({ kind: "setContents", node: unknown, contents })).toBe("all")
    expect(touched({ kind: "close", handle: "unknown" })).toBe("all")
    expect(touched({ kind: "release", node: unknown })).toBe("all")
  })

  test("what any step of either list of a transaction touches", () => {
    const then = [{ kind: "setAcl", node: byPath, acl: {} }] as const
    const otherwise = [{ kind: "delete", node: { kind: "path", path: "/ls/test/g" } }] as const
    const keys = touched({ kind: "transact", then, otherwise })
    expect(keys).toEqual([
      "/ls/local",
      "/ls/local/",
      "/ls/local/d/",
      "/ls/local/d/f",
      "/ls/local/d/f/",
      "/ls/local/g",
      "/ls/local/g/",
    ])
  })

  test("nothing when it changes nothing that is cached", () => {
    expect(touched({ kind: "getStat", node: byPath })).toEqual([])
    expect(touched({ kind: "checkSequencer" })).toEqual([])
  })
})
