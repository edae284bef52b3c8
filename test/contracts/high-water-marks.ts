/**
 * What all high-water marks must do, wherever they are kept. `outlives` says what a second look at them stands for: a
 * restart of the process for those that are kept in a file or a database, nothing for those in memory.
 */
import { expect, onTestFinished, test } from "vitest"
import { compareMarks, type HighWaterMarks, type Mark } from "../../src/fence/marks.ts"

export interface MarksUnderTest {
  /** Opens the same place each time. */
  open(): HighWaterMarks | Promise<HighWaterMarks>
  /** Closes what `open` returned; the next `open` is by another process, as far as the place can tell. */
  close(marks: HighWaterMarks): Promise<void>
  readonly outlivesProcess: boolean
}

export function mark(instance: number, lockGeneration: number, principal = "CN=alice"): Mark {
  return { instance, lockGeneration, epoch: 2, principal }
}

const lock = "cell-for-tests/ls/test/job"

export function describeMarksContract(make: () => MarksUnderTest): void {
  async function opened(place = make()): Promise<{ marks: HighWaterMarks; reopen: () => Promise<HighWaterMarks> }> {
    let marks = await place.open()
    onTestFinished(() => place.close(marks))
    const reopen = async (): Promise<HighWaterMarks> => {
      await place.close(marks)
      marks = await place.open()
      return marks
    }
    return { marks, reopen }
  }

  test("a first mark stands", async () => {
    const { marks } = await opened()
    expect(await marks.raise(lock, mark(1, 5))).toEqual({ kind: "stands", mark: mark(1, 5) })
  })

  test("a higher mark takes the place of a lower one", async () => {
    const { marks } = await opened()
    await marks.raise(lock, mark(1, 5))
    expect(await marks.raise(lock, mark(1, 6, "CN=bob"))).toEqual({ kind: "stands", mark: mark(1, 6, "CN=bob") })
  })

  test("a lower mark leaves the higher one as it was, with its holder", async () => {
    const { marks } = await opened()
    await marks.raise(lock, mark(1, 6, "CN=bob"))
    for (const generation of [5, 1, 4]) {
      expect(await marks.raise(lock, mark(1, generation))).toEqual({ kind: "stands", mark: mark(1, 6, "CN=bob") })
    }
  })

  test("an equal mark changes nothing: those who share a lock have the same", async () => {
    const { marks } = await opened()
    await marks.raise(lock, mark(1, 6, "CN=bob"))
    const again = await marks.raise(lock, mark(1, 6, "CN=carol"))
    expect(again).toEqual({ kind: "stands", mark: mark(1, 6, "CN=bob") })
  })

  test("a later instance is higher whatever its generation, an earlier one lower", async () => {
    const { marks } = await opened()
    await marks.raise(lock, mark(3, 900))
    expect(await marks.raise(lock, mark(4, 1))).toEqual({ kind: "stands", mark: mark(4, 1) })
    expect(await marks.raise(lock, mark(3, 901))).toEqual({ kind: "stands", mark: mark(4, 1) })
  })

  test("locks are apart, even if their names differ by little", async () => {
    const { marks } = await opened()
    const names = ["a/ls/x", "a/ls/x/", "a/ls/X", "b/ls/x", "a/ls/x/ü", 'a/ls/"x"', "a/ls/__proto__", "a/ls/x;--'"]
    for (const [place, name] of names.entries()) await marks.raise(name, mark(1, place + 1))
    for (const [place, name] of names.entries()) {
      expect(await marks.raise(name, mark(1, 1))).toEqual({ kind: "stands", mark: mark(1, place + 1) })
    }
  })

  test("numbers are kept exactly, up to the largest safe one", async () => {
    const { marks } = await opened()
    const largest = { ...mark(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), epoch: Number.MAX_SAFE_INTEGER }
    const belowIt = { ...largest, lockGeneration: Number.MAX_SAFE_INTEGER - 1 }
    expect(await marks.raise(lock, belowIt)).toEqual({ kind: "stands", mark: belowIt })
    expect(await marks.raise(lock, largest)).toEqual({ kind: "stands", mark: largest })
    expect(await marks.raise(lock, belowIt)).toEqual({ kind: "stands", mark: largest })
  })

  test("of marks raised at once none is answered with a lower one, and the highest stands", async () => {
    const { marks } = await opened()
    const wanted = Array.from({ length: 50 }, (_, place) => mark(1, ((place * 7) % 50) + 1))
    const raisings = await Promise.all(wanted.map(async (one) => await marks.raise(lock, one)))
    for (const [place, raising] of raisings.entries()) {
      if (raising.kind !== "stands") throw new Error("there is room")
      expect(compareMarks(raising.mark, wanted[place] as Mark)).toBeGreaterThanOrEqual(0)
    }
    expect(await marks.raise(lock, mark(1, 1))).toEqual({ kind: "stands", mark: mark(1, 50) })
  })

  test("what was answered is still there when they are opened again", async () => {
    const place = make()
    if (!place.outlivesProcess) return
    const { marks, reopen } = await opened(place)
    await marks.raise(lock, mark(1, 5))
    await marks.raise("another", mark(2, 1, 'CN="ü",\n'))
    await marks.raise(lock, mark(1, 6, "CN=bob"))
    const later = await reopen()
    expect(await later.raise(lock, mark(1, 5))).toEqual({ kind: "stands", mark: mark(1, 6, "CN=bob") })
    expect(await later.raise("another", mark(1, 9))).toEqual({ kind: "stands", mark: mark(2, 1, 'CN="ü",\n') })
  })
}
