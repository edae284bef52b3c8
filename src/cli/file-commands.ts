/** `get`, `set`, `stat`, `ls`, `rm` and `mkdir`. Reading needs no session and costs the cell no write. */
import { limits } from "../contract/limits.ts"
import { counterOption, type Invocation } from "./arguments.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { asJson, statFields } from "./json.ts"
import { withReader, withSession } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

type FileCommand = "get" | "set" | "stat" | "ls" | "rm" | "mkdir"

export const fileCommands: {
  readonly [Name in FileCommand]: (invocation: Invocation, terminal: Terminal) => Promise<void>
} = { get: getCommand, set: setCommand, stat: statCommand, ls: lsCommand, rm: rmCommand, mkdir: mkdirCommand }

async function getCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const { contents, stat } = await withReader(
    invocation,
    terminal,
    async (cell, signal) => await cell.get(path, { signal }),
  )
  if (invocation.options.has("json")) terminal.print(asJson({ ...statFields(stat), ...asText(contents) }))
  else terminal.print(contents)
}

async function setCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const typed = operand(invocation, 1)
  const ifContentGeneration = counterOption(invocation, "if-generation")
  const contents = typed === "-" ? await readContents(terminal) : typed
  const stat = await withSession(
    invocation,
    terminal,
    async (session, signal) => await session.set(path, contents, { ifContentGeneration, signal }),
  )
  if (invocation.options.has("json")) terminal.print(asJson(statFields(stat)))
}

async function statCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const stat = await withReader(invocation, terminal, async (cell, signal) => await cell.getStat(path, { signal }))
  if (invocation.options.has("json")) {
    terminal.print(asJson(statFields(stat)))
    return
  }
  const rows = Object.entries(statFields(stat)).map(([name, value]) => `${`${name}:`.padEnd(19)}${value}\n`)
  terminal.print(rows.join(""))
}

async function lsCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = invocation.operands[0] ?? "/ls/local"
  const recursive = invocation.options.has("recursive")
  const entries = await withReader(invocation, terminal, async (cell, signal) => {
    const found = []
    for await (const entry of cell.readDir(path, { recursive, signal })) found.push(entry)
    return found
  })
  if (invocation.options.has("json")) {
    terminal.print(asJson(entries.map(({ name, stat }) => ({ name, ...statFields(stat) }))))
    return
  }
  terminal.print(entries.map(({ name, stat }) => `${name}${stat.kind === "directory" ? "/" : ""}\n`).join(""))
}

async function rmCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const ifContentGeneration = counterOption(invocation, "if-generation")
  await withSession(invocation, terminal, async (session, signal) => {
    await session.delete(path, { ifContentGeneration, signal })
  })
  if (invocation.options.has("json")) terminal.print(asJson({ path, deleted: true }))
}

async function mkdirCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const parents = invocation.options.has("parents")
  const stat = await withSession(
    invocation,
    terminal,
    async (session, signal) => await session.makeDirectory(path, { parents, signal }),
  )
  if (invocation.options.has("json")) terminal.print(asJson(statFields(stat)))
}

function operand(invocation: Invocation, place: number): string {
  return invocation.operands[place] ?? ""
}

/** Refused before the cell is asked: what comes in may have no end. */
async function readContents(terminal: Terminal): Promise<Uint8Array> {
  const contents = await terminal.readInput(limits.contentsBytesMax + 1)
  if (contents.length <= limits.contentsBytesMax) return contents
  const sentence = `a file holds at most ${limits.contentsBytesMax} bytes, and there are more on standard input`
  throw new Failure(exitCodes.refused, `CONTENTS_TOO_LARGE: ${sentence}`, { code: "CONTENTS_TOO_LARGE" })
}

/** JSON holds text only; what isn't text goes in base64. */
function asText(contents: Uint8Array): { readonly contents: string; readonly encoding: "utf8" | "base64" } {
  try {
    return { contents: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(contents), encoding: "utf8" }
  } catch {
    return { contents: Buffer.from(contents).toString("base64"), encoding: "base64" }
  }
}
