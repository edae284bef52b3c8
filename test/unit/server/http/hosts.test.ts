import { describe, expect, test } from "vitest"
import { doorHosts } from "../../../../src/server/http/hosts.ts"

const all = ["locks-1.example:4311", "10.0.0.2:4312", "[fd00::3]:4313"]

describe("a door", () => {
  test.each([
    "127.0.0.1:4311",
    "10.9.9.9",
    "[::1]:4311",
    "localhost:4311",
    "LOCALHOST",
    "a.localhost",
    "locks-1.example",
  ])("is called by %s", (host) => {
    expect(doorHosts("127.0.0.1:4311", all).isOwn(host)).toBe(true)
  })

  test.each(["evil.example:4311", "localhost.evil.example", "127.0.0.1.evil.example", "locks-2.example", "", "1.2.3"])(
    "is not called by %j",
    (host) => {
      expect(doorHosts("127.0.0.1:4311", all).isOwn(host)).toBe(false)
    },
  )

  test("is on loopback, or may be reached by whatever names others have for it", () => {
    const isLoopback = (own: string): boolean => doorHosts(own, all).isLoopback
    expect(["127.0.0.1:4311", "[::1]:4311", "localhost:1"].map(isLoopback)).toEqual([true, true, true])
    expect(["0.0.0.0:4311", "10.0.0.2:4312", "locks-1.example:4311"].map(isLoopback)).toEqual([false, false, false])
  })
})
