/**
 * Stories of what replicas say to each other, with everything that is seen: `paxos/*.txt`. A story is made of
 * commands (`story.ts`), block by block, each block followed by `----` and what it leads to. `UPDATE=1 npx vitest run test/scenarios` writes them anew:
 * read the difference as a reviewer would.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { Story } from "./story.ts"

const folder = fileURLToPath(new URL("paxos/", import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith(".txt"))
const isUpdate = process.env["UPDATE"] !== undefined

/** The story told again: comments and commands as they stand, with what is seen now. */
function retold(written: string): string {
  const story = new Story()
  return written
    .trimEnd()
    .split(/\n\n+/)
    .map((block) => retoldBlock(story, block))
    .join("\n\n")
    .concat("\n")
}

function retoldBlock(story: Story, block: string): string {
  const lines = block.split("\n")
  const end = lines.indexOf("----")
  const commands = end === -1 ? lines : lines.slice(0, end)
  const seen = commands.filter((line) => !line.startsWith("#")).flatMap((command) => story.tell(command))
  return [...commands, ...(seen.length > 0 ? ["----", ...seen] : [])].join("\n")
}

describe("a story", () => {
  test.each(files)("goes as it is written: %s", (name) => {
    const written = readFileSync(folder + name, "utf8")
    expect(written).toMatch(/^# /)
    const told = retold(written)
    if (isUpdate) writeFileSync(folder + name, told)
    else expect(told).toBe(written)
  })

  test("is told at all", () => {
    expect(files.length).toBeGreaterThanOrEqual(6)
  })
})
