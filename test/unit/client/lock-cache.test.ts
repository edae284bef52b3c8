import { describe, expect, test } from "vitest"
import { LockCache, type Grant } from "../../../src/client/lock-cache.ts"

function grantOf(path: string, changes: Partial<Grant> = {}): Grant {
  const terms = { mode: "exclusive", lockDelayMs: 0 } as const
  return {
    path,
    spelledPath: path.replace("/ls/local", "/ls/dev"),
    ...terms,
    instance: 7,
    handle: `handle of ${path}`,
    lockGeneration: 1,
    sequencer: "signed",
    ...changes,
  }
}

const exclusive = { mode: "exclusive", lockDelayMs: 0 } as const

function cacheWithLog(): { readonly cache: LockCache; readonly givenBack: string[] } {
  const givenBack: string[] = []
  return { cache: new LockCache(({ path }) => givenBack.push(path)), givenBack }
}

describe("a kept lock", () => {
  test("is taken again once, under either name of the cell", () => {
    const { cache, givenBack } = cacheWithLog()
    cache.put(grantOf("/ls/local/job"))
    expect(cache.take("/ls/dev/job", exclusive)?.handle).toBe("handle of /ls/local/job")
    expect(cache.take("/ls/dev/job", exclusive)).toBeUndefined()
    expect(givenBack).toEqual([])
  })

  test("is not handed out for a path of another cell", () => {
    const { cache } = cacheWithLog()
    cache.put(grantOf("/ls/local/job"))
    expect(cache.take("/ls/prod/job", exclusive)).toBeUndefined()
    expect(cache.take("/ls/de/job", exclusive)).toBeUndefined()
  })

  test.each([{ mode: "shared", lockDelayMs: 0 } as const, { mode: "exclusive", lockDelayMs: 9 } as const])(
    "goes back to the cell when it is asked for on other terms: %o",
    (terms) => {
      const { cache, givenBack } = cacheWithLog()
      cache.put(grantOf("/ls/local/job"))
      expect(cache.take("/ls/local/job", terms)).toBeUndefined()
      expect(givenBack).toEqual(["/ls/local/job"])
    },
  )

  test("goes back when its instance is wanted elsewhere, and no other does", () => {
    const { cache, givenBack } = cacheWithLog()
    cache.put(grantOf("/ls/local/a", { instance: 1 }))
    cache.put(grantOf("/ls/local/b", { instance: 2 }))
    cache.dropInstance(1)
    expect(givenBack).toEqual(["/ls/local/a"])
    expect(cache.empty()).toMatchObject([{ path: "/ls/local/b" }])
  })

  test("is not kept while an Acquire of the same session waits for it, however many do", () => {
    const { cache, givenBack } = cacheWithLog()
    const firstSettled = cache.awaiting("/ls/local/job")
    const secondSettled = cache.awaiting("/ls/dev/job")
    firstSettled()
    cache.put(grantOf("/ls/local/job"))
    expect(givenBack).toHaveLength(1)
    secondSettled()
    cache.put(grantOf("/ls/local/job"))
    expect(givenBack).toHaveLength(1)
  })

  test("makes room for others when there are too many, the longest unused first", () => {
    const { cache, givenBack } = cacheWithLog()
    for (let count = 0; count <= 1_000; count += 1) {
      if (count === 1_000) {
        const again = cache.take("/ls/local/0", exclusive)
        if (again !== undefined) cache.put(again)
      }
      cache.put(grantOf(`/ls/local/${count}`))
    }
    expect(givenBack).toEqual(["/ls/local/1"])
  })
})
