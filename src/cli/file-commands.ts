/** `get`, `set`, `stat`, `ls`, `rm` and `mkdir`. Reading needs no session and costs the cell no write. */
import type { Invocation } from "./arguments.ts"
import { asJson, statFields } from "./json.ts"
import { deadlineFor, withCell, withSession } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

type FileCommand = "get" | "set" | "stat" | "ls" | "rm" | "mkdir"

export const fileCommands: {
  readonly [Name in FileCommand]: (invocation: Invocation, terminal: Terminal) => Promise<void>
} = { get: getCommand, set: setCommand, stat: statCommand, ls: lsCommand, rm: rmCommand, mkdir: mkdirCommand }

async function getCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const signal = deadlineFor(invocation)
  const { contents, stat } = await withCell(invocation, terminal, async (cell) => await cell.get(path, { signal }))
  if (invocation.options.has("json")) terminal.print(asJson({ ...statFields(stat), ...asText(contents) }))
  else terminal.print(contents)
}

async function setCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const typed = operand(invocation, 1)
  const contents = typed === "-" ? await terminal.readInput() : typed
  const stat = await withSession(
    invocation,
    terminal,
    async (session, signal) => await session.set(path, contents, { signal }),
  )
  if (invocation.options.has("json")) terminal.print(asJson(statFields(stat)))
}

async function statCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = operand(invocation, 0)
  const signal = deadlineFor(invocation)
  const stat = await withCell(invocation, terminal, async (cell) => await cell.getStat(path, { signal }))
  if (invocation.options.has("json")) {
    terminal.print(asJson(statFields(stat)))
    return
  }
  const rows = Object.entries(statFields(stat)).map(([name, value]) => `${`${name}:`.padEnd(19)}${value}\n`)
  terminal.print(rows.join(""))
}

async function lsCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = invocation.operands[0] ?? "/ls/local"
  const signal = deadlineFor(invocation)
  const entries = await withCell(invocation, terminal, async (cell) => {
    const found = []
    for await (const entry of cell.readDir(path, { signal })) found.push(entry)
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
  await withSession(invocation, terminal, async (session, signal) => {
    await session.delete(path, { signal })
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

/** JSON holds text only; what isn't text goes in base64. */
function asText(contents: Uint8Array): { readonly contents: string; readonly encoding: "utf8" | "base64" } {
  try {
    return { contents: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(contents), encoding: "utf8" }
  } catch {
    return { contents: Buffer.from(contents).toString("base64"), encoding: "base64" }
  }
}
