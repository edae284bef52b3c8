/** `acl` and `may`: whose names stand on a node, and what that means for somebody. */
import { CellError, type AclNames, type HandleMode, type Session } from "../client/index.ts"
import { aclDirectory, anyone } from "../contract/acl.ts"
import { textOption, UsageError, type Invocation } from "./arguments.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { asJson } from "./json.ts"
import { withReader, withSession } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

export async function aclCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const [path = ""] = invocation.operands
  const change = {
    read: textOption(invocation, "read"),
    write: textOption(invocation, "write"),
    changeAcl: textOption(invocation, "change-acl"),
  }
  const isChange = Object.values(change).some((name) => name !== undefined)
  const { acl } = isChange
    ? await withSession(invocation, terminal, async (session, signal) => {
        await refuseMissingLists(session, Object.values(change), signal)
        return await session.setAcl(path, change, { signal })
      })
    : await withReader(invocation, terminal, async (cell, signal) => await cell.getStat(path, { signal }))
  terminal.print(invocation.options.has("json") ? asJson(acl) : inWords(acl))
}

/**
 * The cell takes a list that does not exist for one with nobody on it. Here that is a slip of the pen, which would lock
 * everybody out but the administrators.
 */
export async function refuseMissingLists(
  session: Pick<Session, "getStat">,
  named: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of new Set(named)) {
    if (name === undefined || name === anyone) continue
    const list = `/ls/local/${aclDirectory}/${name}`
    try {
      await session.getStat(list, { signal })
    } catch (reason) {
      // Whatever else is wrong with the name, the cell says itself; and a list that may not be read is there.
      if (!(reason instanceof CellError) || reason.code !== "NODE_NOT_FOUND") continue
      const way = `Write it first, one principal to a line: claviger set ${list} PRINCIPAL`
      const sentence = `there is no list ${list}, so only administrators would be let in. ${way}`
      throw new Failure(exitCodes.notFound, sentence, { code: reason.code, cause: reason })
    }
  }
}

/** The verdict is told by the exit code as well. */
export async function mayCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  const [principal = "", typed = "", path = ""] = invocation.operands
  const right = rights.get(typed)
  if (right === undefined) {
    throw new UsageError(`"${typed}" is no right: there are ${[...rights.keys()].join(", ")}`, invocation.command)
  }
  const verdict = await withReader(
    invocation,
    terminal,
    async (cell, signal) => await cell.checkAccess({ path, right, principal }, { signal }),
  )
  const { allowed, reason } = verdict
  terminal.print(invocation.options.has("json") ? asJson(verdict) : `${allowed ? "yes" : "no"}: ${reason}\n`)
  return allowed ? exitCodes.ok : exitCodes.denied
}

const rights: ReadonlyMap<string, HandleMode> = new Map<string, HandleMode>([
  ["read", "read"],
  ["write", "write"],
  ["change-acl", "changeAcl"],
])

function inWords({ read, write, changeAcl }: AclNames): string {
  return `read:        ${read}\nwrite:       ${write}\nchange-acl:  ${changeAcl}\n`
}
