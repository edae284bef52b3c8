/**
 * One command from its words to its exit code. Commands are loaded when they are called, so that each starts as fast as
 * what it needs; whatever they throw is told in one message, without a stack, unless it is a bug.
 */
import { parseArguments, UsageError, type Invocation } from "./arguments.ts"
import { commands } from "./commands.ts"
import { exitCodeOfRefusal, exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { helpFor, overview } from "./help.ts"
import { asJson } from "./json.ts"
import type { Services } from "./services.ts"
import { suggest } from "./suggest.ts"
import type { Terminal } from "./terminal.ts"

export async function runClaviger(words: readonly string[], terminal: Terminal, services: Services): Promise<number> {
  try {
    const invocation = parseArguments(words)
    return (await dispatch(invocation, terminal, services)) ?? exitCodes.ok
  } catch (reason) {
    const { exitCode, message, code } = await toldOf(reason)
    const isJson = words.slice(0, endOfOwnWords(words)).includes("--json")
    terminal.tell(isJson ? JSON.stringify({ error: { code, message, exitCode } }) : `claviger: ${message}`)
    return exitCode
  }
}

/** Undefined: done, code 0. */
async function dispatch(invocation: Invocation, terminal: Terminal, services: Services): Promise<number | undefined> {
  switch (invocation.command) {
    case "help":
      terminal.print(helpOn(invocation))
      return undefined
    case "version":
      terminal.print(invocation.options.has("json") ? asJson({ version: services.version }) : `${services.version}\n`)
      return undefined
    case "get":
    case "set":
    case "stat":
    case "ls":
    case "rm":
    case "mkdir": {
      const { fileCommands } = await import("./file-commands.ts")
      await fileCommands[invocation.command](invocation, terminal)
      return undefined
    }
    case "watch": {
      const { watchCommand } = await import("./watch-command.ts")
      return await watchCommand(invocation, terminal)
    }
    case "who": {
      const { whoCommand } = await import("./who-command.ts")
      await whoCommand(invocation, terminal)
      return undefined
    }
    case "sessions": {
      const { sessionsCommand } = await import("./sessions-command.ts")
      await sessionsCommand(invocation, terminal)
      return undefined
    }
    case "acl": {
      const { aclCommand } = await import("./acl-commands.ts")
      await aclCommand(invocation, terminal)
      return undefined
    }
    case "may": {
      const { mayCommand } = await import("./acl-commands.ts")
      return await mayCommand(invocation, terminal)
    }
    case "lock": {
      const { lockCommand } = await import("./lock-command.ts")
      return await lockCommand(invocation, terminal)
    }
    case "keys": {
      const { keysCommand } = await import("./keys-command.ts")
      await keysCommand(invocation, terminal)
      return undefined
    }
    case "status": {
      const { statusCommand } = await import("./status-command.ts")
      return await statusCommand(invocation, terminal)
    }
    case "cell": {
      const { cellCommand } = await import("./cell-command.ts")
      await cellCommand(invocation, terminal, services)
      return undefined
    }
    case "replica": {
      const { replicaCommand } = await import("./replica-command.ts")
      return await replicaCommand(invocation, terminal, services)
    }
  }
}

function helpOn(invocation: Invocation): string {
  const [name] = invocation.operands
  const spec = commands.find((each) => each.name === name)
  if (invocation.options.has("json")) return asJson(spec ?? commands)
  if (spec !== undefined) return helpFor(spec)
  if (name === undefined) return overview()
  const meant = suggest(
    name,
    commands.map((each) => each.name),
  )
  throw new UsageError(`there is no command "${name}"${meant === undefined ? "" : `: did you mean "${meant}"?`}`)
}

interface Told {
  readonly code: string
  readonly message: string
  readonly exitCode: number
}

async function toldOf(reason: unknown): Promise<Told> {
  if (reason instanceof Failure) {
    const { code, message, exitCode } = reason
    return { code, message, exitCode }
  }
  // A command that has not loaded the client can't have thrown its errors, and one that has loads it no second time.
  const { CellError } = await import("../client/errors.ts")
  const error = CellError.from(reason)
  const unknown = error.details.outcomeUnknown ? " (whether it was done is unknown)" : ""
  const message =
    error.code === "INTERNAL" && reason instanceof Error ? (reason.stack ?? reason.message) : error.message
  return { code: error.code, message: `${message}${unknown}`, exitCode: exitCodeOfRefusal(error.code) }
}

/** Where a command to run begins, whose options are not ours. */
function endOfOwnWords(words: readonly string[]): number {
  const place = words.indexOf("--")
  return place === -1 ? words.length : place
}
