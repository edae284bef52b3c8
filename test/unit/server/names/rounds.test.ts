import { describe, expect, test } from "vitest"
import { deferred, type Deferred } from "../../../../src/base/deferred.ts"
import { Rounds } from "../../../../src/server/names/rounds.ts"

class Work {
  readonly begun: Deferred<string>[] = []

  readonly do = (): Promise<string> => {
    const round = deferred<string>()
    this.begun.push(round)
    return round.promise
  }
}

async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe("rounds", () => {
  test("whoever asks while the same is under way gets the next round, and all of them the same", async () => {
    const rounds = new Rounds<string>()
    const work = new Work()
    const first = rounds.share("a", work.do)
    const others = [rounds.share("a", work.do), rounds.share("a", work.do)]
    expect(work.begun).toHaveLength(1)
    work.begun[0]?.resolve("old")
    expect(await first).toBe("old")
    expect(work.begun).toHaveLength(2)
    work.begun[1]?.resolve("new")
    expect(await Promise.all(others)).toEqual(["new", "new"])
  })

  test("a question during the second round makes a third", async () => {
    const rounds = new Rounds<string>()
    const work = new Work()
    const first = rounds.share("a", work.do)
    const second = rounds.share("a", work.do)
    work.begun[0]?.resolve("one")
    await first
    await quiet()
    const third = rounds.share("a", work.do)
    work.begun[1]?.resolve("two")
    expect(await second).toBe("two")
    await quiet()
    work.begun[2]?.resolve("three")
    expect(await third).toBe("three")
  })

  test("a round that fails fails those who asked for it, and not the next", async () => {
    const rounds = new Rounds<string>()
    const work = new Work()
    const first = rounds.share("a", work.do)
    const second = rounds.share("a", work.do)
    work.begun[0]?.reject(new Error("broken"))
    await expect(first).rejects.toThrow("broken")
    await quiet()
    work.begun[1]?.resolve("whole")
    expect(await second).toBe("whole")
  })

  test("names are apart, and after all is done a question begins at once", async () => {
    const rounds = new Rounds<string>()
    const work = new Work()
    const one = rounds.share("a", work.do)
    const other = rounds.share("b", work.do)
    expect(work.begun).toHaveLength(2)
    for (const round of work.begun) round.resolve("done")
    await Promise.all([one, other])
    void rounds.share("a", work.do)
    expect(work.begun).toHaveLength(3)
  })
})
