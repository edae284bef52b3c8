import { describe, expect, test } from "vitest"
import { type Deferred, deferred } from "../../../../src/base/deferred.ts"
import { DurableMarks, type MarkStore } from "../../../../src/fence/node/durable-marks.ts"
import type { Mark } from "../../../../src/fence/marks.ts"
import { mark } from "../../../contracts/high-water-marks.ts"

interface Write {
  readonly kind: "append" | "rewrite"
  readonly marks: readonly (readonly [string, number])[]
  readonly done: Deferred<void>
}

/** A disk that is done when the test says so. */
class ScriptedStore implements MarkStore {
  readonly writes: Write[] = []
  isWasteful = false
  isClosed = false

  append(marks: ReadonlyMap<string, Mark>): Promise<void> {
    return this.#write("append", marks)
  }

  rewrite(marks: ReadonlyMap<string, Mark>): Promise<void> {
    return this.#write("rewrite", marks)
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  #write(kind: "append" | "rewrite", marks: ReadonlyMap<string, Mark>): Promise<void> {
    const done = deferred<void>()
    const written = Array.from(marks, ([lock, { lockGeneration }]): [string, number] => [lock, lockGeneration])
    this.writes.push({ kind, marks: written, done })
    return done.promise
  }
}

function scene(): { store: ScriptedStore; marks: DurableMarks; settled: string[]; raise: Raise } {
  const store = new ScriptedStore()
  const marks = new DurableMarks(store, new Map(), 10)
  const settled: string[] = []
  const raise: Raise = (lock, generation) => {
    const told = (what: string) => () => void settled.push(`${lock}${generation} ${what}`)
    return marks.raise(lock, mark(1, generation)).then(told("stands"), told("failed"))
  }
  return { store, marks, settled, raise }
}

type Raise = (lock: string, generation: number) => Promise<void>

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe("durable marks", () => {
  test("answer when the disk is done, and not before", async () => {
    const { store, settled, raise } = scene()
    void raise("a", 1)
    await turn()
    expect(settled).toEqual([])
    store.writes[0]?.done.resolve()
    await turn()
    expect(settled).toEqual(["a1 stands"])
  })

  test("write together what is raised while the disk is busy", async () => {
    const { store, settled, raise } = scene()
    void raise("a", 1)
    await turn()
    for (const lock of ["b", "c", "d"]) void raise(lock, 1)
    void raise("b", 2)
    await turn()
    expect(store.writes).toHaveLength(1)
    store.writes[0]?.done.resolve()
    await turn()
    expect(store.writes.slice(1).map(({ marks }) => marks)).toEqual([
      [
        ["b", 2],
        ["c", 1],
        ["d", 1],
      ],
    ])
    store.writes[1]?.done.resolve()
    await turn()
    expect(settled).toHaveLength(5)
  })

  test("refuse a lower mark at once, even while the higher one is being written", async () => {
    const { marks, raise } = scene()
    void raise("a", 5)
    await turn()
    expect(await marks.raise("a", mark(1, 4))).toEqual({ kind: "stands", mark: mark(1, 5) })
  })

  test("let an equal mark wait until the first is on the disk", async () => {
    const { store, settled, raise } = scene()
    void raise("a", 5)
    await turn()
    void raise("a", 5)
    await turn()
    expect(settled).toEqual([])
    store.writes[0]?.done.resolve()
    await turn()
    expect(settled).toEqual(["a5 stands", "a5 stands"])
    expect(store.writes).toHaveLength(1)
  })

  test("don't touch the disk for a mark that is there", async () => {
    const { store, settled, raise } = scene()
    void raise("a", 5)
    await turn()
    store.writes[0]?.done.resolve()
    await turn()
    await raise("a", 5)
    await raise("a", 4)
    expect(settled).toHaveLength(3)
    expect(store.writes).toHaveLength(1)
  })

  test("let nobody in whose mark could not be written, and write everything anew for the next", async () => {
    const { store, settled, raise } = scene()
    void raise("a", 1)
    await turn()
    store.writes[0]?.done.resolve()
    await turn()
    void raise("b", 1)
    await turn()
    store.writes[1]?.done.reject(new Error("no space left"))
    await turn()
    expect(settled).toEqual(["a1 stands", "b1 failed"])
    // The same holder again: the mark is in memory, but it is not safe.
    void raise("b", 1)
    await turn()
    expect(store.writes[2]).toMatchObject({
      kind: "rewrite",
      marks: [
        ["a", 1],
        ["b", 1],
      ],
    })
    store.writes[2]?.done.resolve()
    await turn()
    void raise("c", 1)
    await turn()
    expect(settled).toEqual(["a1 stands", "b1 failed", "b1 stands"])
    expect(store.writes[3]).toMatchObject({ kind: "append", marks: [["c", 1]] })
  })

  test("fail as often as the disk does", async () => {
    const { store, settled, raise } = scene()
    for (const round of [0, 1, 2]) {
      void raise("a", round + 1)
      await turn()
      store.writes[round]?.done.reject(new Error("no space left"))
      await turn()
    }
    expect(settled).toEqual(["a1 failed", "a2 failed", "a3 failed"])
    expect(store.writes.map(({ kind }) => kind)).toEqual(["append", "rewrite", "rewrite"])
  })

  test("are written anew when most of what is stored is superseded", async () => {
    const { store, raise } = scene()
    store.isWasteful = true
    void raise("a", 1)
    await turn()
    expect(store.writes).toMatchObject([{ kind: "rewrite", marks: [["a", 1]] }])
  })

  test("refuse a lock too many, and forget none of the others", async () => {
    const store = new ScriptedStore()
    const marks = new DurableMarks(store, new Map([["a", mark(1, 1)]]), 1)
    expect(await marks.raise("b", mark(1, 1))).toEqual({ kind: "full" })
    expect(await marks.raise("a", mark(1, 1))).toEqual({ kind: "stands", mark: mark(1, 1) })
  })

  test("close when what is being written is on the disk, and let nobody in from then on", async () => {
    const { store, marks, settled, raise } = scene()
    void raise("a", 1)
    await turn()
    const closed = marks.close()
    await turn()
    expect(store.isClosed).toBe(false)
    store.writes[0]?.done.resolve()
    await closed
    expect(store.isClosed).toBe(true)
    expect(settled).toEqual(["a1 stands"])
    await raise("a", 1)
    expect(settled).toEqual(["a1 stands", "a1 failed"])
  })
})
