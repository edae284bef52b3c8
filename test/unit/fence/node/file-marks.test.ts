import { spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { fileMarks } from "../../../../src/fence/node/file-marks.ts"
import { MarkFile, MarksUnusableError } from "../../../../src/fence/node/mark-file.ts"
import { mark } from "../../../contracts/high-water-marks.ts"
import { scratchDirectory } from "../../host/scratch.ts"

const childScript = fileURLToPath(new URL("raise-until-killed.ts", import.meta.url))

/** Kills the child in the midst of writing; the last generation that it was told stands. */
async function raiseInChild(directory: string, from: number, count: number): Promise<number> {
  const words = ["--import", "tsx", childScript, directory, String(from)]
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(child, "exit")
  let latest = 0
  for await (const line of createInterface(child.stdout)) {
    latest = Number(line)
    if (latest >= from + count) child.kill("SIGKILL")
  }
  await exited
  return latest
}

describe("marks in a file", () => {
  test("are all there that were answered before their process was killed, and the next process has them at once", async () => {
    const directory = scratchDirectory()
    let latest = 0
    for (let life = 1; life <= 3; life += 1) {
      latest = await raiseInChild(directory, latest + 1, 20 * life)
      await using marks = await fileMarks(directory)
      const raising = await marks.raise("job", mark(1, 1))
      if (raising.kind !== "stands") throw new Error("there is room")
      expect(raising.mark.lockGeneration).toBeGreaterThanOrEqual(latest)
      // It may have been killed between the disk and the telling.
      latest = raising.mark.lockGeneration
    }
  })

  test("are in a directory that is made for them", async () => {
    const directory = join(scratchDirectory(), "new", "place")
    await using marks = await fileMarks(directory)
    await marks.raise("a", mark(1, 1))
    expect(readFileSync(join(directory, "marks"), "utf8")).toMatch(
      /^claviger-marks 1\n[0-9a-f]{8} \[\["a",1,1,2,"CN=alice"\]\]\n$/,
    )
  })

  test("belong to one fence at a time", async () => {
    const directory = scratchDirectory()
    const marks = await fileMarks(directory)
    await expect(fileMarks(directory)).rejects.toThrow(MarksUnusableError)
    await marks.close()
    await (await fileMarks(directory)).close()
  })

  test("survive a process that was killed in the middle of a line", async () => {
    const directory = scratchDirectory()
    const before = await fileMarks(directory)
    await before.raise("a", mark(1, 5))
    await before.close()
    appendFileSync(join(directory, "marks"), '1234abcd [["a",1,6,2,"CN=b')
    await using marks = await fileMarks(directory)
    expect(await marks.raise("a", mark(1, 4))).toEqual({ kind: "stands", mark: mark(1, 5) })
    expect(await marks.raise("a", mark(1, 6))).toEqual({ kind: "stands", mark: mark(1, 6) })
  })

  test("go on after what a killed process has left, over and over", async () => {
    const directory = scratchDirectory()
    for (let generation = 1; generation <= 5; generation += 1) {
      await using marks = await fileMarks(directory)
      expect(await marks.raise("a", mark(1, generation))).toEqual({ kind: "stands", mark: mark(1, generation) })
      appendFileSync(join(directory, "marks"), "torn")
    }
  })

  test("that are damaged are refused, with the line, and are left as they are", async () => {
    const directory = scratchDirectory()
    const path = join(directory, "marks")
    const before = await fileMarks(directory)
    await before.raise("a", mark(1, 5))
    await before.raise("a", mark(1, 6))
    await before.close()
    const damaged = readFileSync(path, "utf8").replace('[["a",1,5', '[["a",1,4')
    writeFileSync(path, damaged)
    await expect(fileMarks(directory)).rejects.toThrow(/marks is damaged in line 2\./)
    expect(readFileSync(path, "utf8")).toBe(damaged)
    // The lock of the directory is not left behind either.
    await expect(fileMarks(directory)).rejects.toThrow(/damaged/)
  })

  test("are written anew when the file has grown far beyond what stands in it", async () => {
    const directory = scratchDirectory()
    const path = join(directory, "marks")
    const { store } = await MarkFile.open(directory)
    const padded = "a".repeat(100_000)
    let generation = 0
    while (!store.isWasteful) await store.append(new Map([[padded, mark(1, (generation += 1))]]))
    expect(statSync(path).size).toBeGreaterThan(1024 * 1024)
    await store.rewrite(new Map([[padded, mark(1, generation)]]))
    expect(store.isWasteful).toBe(false)
    expect(statSync(path).size).toBeLessThan(101_000)
    await store.append(new Map([["b", mark(1, 1)]]))
    await store.close()
    await using marks = await fileMarks(directory)
    expect(await marks.raise(padded, mark(1, 1))).toEqual({ kind: "stands", mark: mark(1, generation) })
    expect(await marks.raise("b", mark(1, 1))).toEqual({ kind: "stands", mark: mark(1, 1) })
  })

  test("of more locks than fit are refused", async () => {
    await using marks = await fileMarks(scratchDirectory(), { locksMax: 2 })
    await Promise.all([marks.raise("a", mark(1, 1)), marks.raise("b", mark(1, 1))])
    expect(await marks.raise("c", mark(1, 1))).toEqual({ kind: "full" })
    expect(await marks.raise("b", mark(1, 2))).toEqual({ kind: "stands", mark: mark(1, 2) })
  })
})
