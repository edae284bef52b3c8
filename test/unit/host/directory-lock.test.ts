import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, onTestFinished, test } from "vitest"
import { DiskInUseError, lockDirectory } from "../../../src/host/directory-lock.ts"
import { scratchDirectory } from "./scratch.ts"

const childScript = fileURLToPath(new URL("hold-lock.ts", import.meta.url))

describe("the lock of a directory", () => {
  test("is refused to a second holder, with the pid of the first", () => {
    const directory = scratchDirectory()
    lockDirectory(directory)
    expect(() => lockDirectory(directory)).toThrow(DiskInUseError)
    expect(() => lockDirectory(directory)).toThrow(`${directory} is in use by the process ${process.pid}`)
  })

  test("can be taken again once it was released, and leaves nothing behind", () => {
    const directory = scratchDirectory()
    for (let count = 0; count < 3; count += 1) lockDirectory(directory).release()
    expect(readdirSync(directory)).toEqual([])
  })

  test("that was released twice is not taken from its next holder", () => {
    const directory = scratchDirectory()
    const first = lockDirectory(directory)
    first.release()
    lockDirectory(directory)
    first.release()
    expect(() => lockDirectory(directory)).toThrow(DiskInUseError)
  })

  test("of another process is respected while that one lives, and is free after a kill -9", async () => {
    const directory = scratchDirectory()
    const { child, said } = await holdInChild(directory)
    expect(said).toBe("locked")
    expect(() => lockDirectory(directory)).toThrow(`in use by the process ${child.pid}`)
    child.kill("SIGKILL")
    await once(child, "close")
    lockDirectory(directory).release()
  })

  test("is stale when its pid belongs to a process that started at another time", () => {
    const directory = scratchDirectory()
    const lock = lockDirectory(directory)
    const contents = readFileSync(`${directory}/lock`, "utf8")
    lock.release()
    // Without /proc nothing but the pid is known, and a living pid has to be believed.
    if (!contents.includes("started")) return
    writeFileSync(`${directory}/lock`, contents.replace(/started \d+/, "started 1"))
    lockDirectory(directory).release()
  })

  test("that was cut off by a crash of the machine is stale", () => {
    const directory = scratchDirectory()
    writeFileSync(`${directory}/lock`, "")
    lockDirectory(directory).release()
  })

  test("goes to one of many processes that find a stale one at once", async () => {
    const directory = scratchDirectory()
    writeFileSync(`${directory}/lock`, "999999999 started 1 boot long-ago")
    const rivals = await Promise.all(Array.from({ length: 4 }, () => holdInChild(directory)))
    expect(rivals.map(({ said }) => said).sort()).toEqual([...Array<string>(3).fill("DiskInUseError"), "locked"])
  })
})

async function holdInChild(directory: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", childScript, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const [chunk] = (await once(child.stdout, "data")) as [Buffer]
  return { child, said: chunk.toString().trim() }
}
