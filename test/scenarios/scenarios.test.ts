/** Each story must come out as it was written down. `UPDATE=1` writes down how it comes out now; read the difference. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { retell } from "./storyteller.ts"

const folder = new URL("paxos/", import.meta.url)

describe("stories of the agreement protocol", () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith(".txt")))("%s", (name) => {
    const path = new URL(name, folder)
    const written = readFileSync(path, "utf8")
    const told = retell(written)
    if (process.env["UPDATE"] === "1") writeFileSync(path, told)
    else expect(told).toBe(written)
  })

  test("a story that comes out differently is noticed", () => {
    expect(retell("cell 3\nshow\n  1  leads 9.9\n")).not.toContain("9.9")
  })
})
