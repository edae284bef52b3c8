/**
 * From the words of a command line to what is meant by them. Every mistake is told with what would have been right, and
 * options may stand before or after the command's name.
 */
import { parseArgs } from "node:util"
import { commands, type CommandName, type CommandSpec, type OptionName, type OptionSpec } from "./commands.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { suggest } from "./suggest.ts"

export interface Invocation {
  readonly command: CommandName
  readonly operands: readonly string[]
  /** What `lock` is to run. */
  readonly toRun: readonly string[]
  readonly options: ReadonlyMap<OptionName, string | true>
}

export class UsageError extends Failure {
  constructor(message: string, command?: CommandName) {
    super(exitCodes.usage, `${message}\nTry: claviger help${command === undefined ? "" : ` ${command}`}`, {
      code: "USAGE",
    })
  }
}

export function parseArguments(words: readonly string[]): Invocation {
  const end = words.indexOf("--")
  const before = end === -1 ? words : words.slice(0, end)
  const after = end === -1 ? [] : words.slice(end + 1)

  const place = placeOfCommand(before)
  const typed = before[place]
  if (typed === undefined) return withoutCommand(before)
  const spec = commands.find(({ name }) => name === typed)
  if (spec === undefined) throw unknownCommand(typed)

  const rest = [...before.slice(0, place), ...before.slice(place + 1)]
  const { options, positionals } = parseOptions(spec, rest)
  const operands = spec.runs ? positionals : [...positionals, ...after]
  if (options.has("help")) return { command: "help", operands: [spec.name], toRun: [], options }
  checkOperands(spec, operands)
  if (spec.runs && after.length === 0) throw new UsageError(`${spec.name} wants a command after --`, spec.name)
  return { command: spec.name, operands, toRun: spec.runs ? after : [], options }
}

/** A positive number of seconds, in milliseconds. */
export function durationMsOption(
  invocation: Invocation,
  name: OptionName,
  longestMs: number = 1_000_000_000,
): number | undefined {
  const text = invocation.options.get(name)
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (!(seconds > 0) || seconds * 1000 > longestMs) {
    const wanted = `--${name} wants a number of seconds above 0, ${longestMs / 1000} at most`
    throw new UsageError(`${wanted}, not "${String(text)}"`, invocation.command)
  }
  return Math.ceil(seconds * 1000)
}

/** A counter: an integer, zero or more. */
export function counterOption(invocation: Invocation, name: OptionName): number | undefined {
  const text = textOption(invocation, name)
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new UsageError(`--${name} wants a whole number, zero or more, not "${text}"`, invocation.command)
  }
  return Number(text)
}

export function textOption(invocation: Invocation, name: OptionName): string | undefined {
  const value = invocation.options.get(name)
  return value === true ? undefined : value
}

function withoutCommand(words: readonly string[]): Invocation {
  const flags = new Set(words)
  const isVersion = flags.has("--version") || flags.has("-V")
  if (isVersion || flags.has("--help") || flags.has("-h")) {
    const options = new Map<OptionName, true>(flags.has("--json") ? [["json", true]] : [])
    return { command: isVersion ? "version" : "help", operands: [], toRun: [], options }
  }
  const names = commands.map(({ name }) => name).join(", ")
  throw new UsageError(`claviger wants a command: ${names}`)
}

/** The first word that is neither an option nor an option's value. */
function placeOfCommand(words: readonly string[]): number {
  const valued = new Set(
    commands.flatMap(({ options }) =>
      options.filter(({ value }) => value !== undefined).map(({ name }) => `--${name}`),
    ),
  )
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? ""
    if (valued.has(word)) place += 1
    else if (!word.startsWith("-")) return place
  }
  return -1
}

function parseOptions(
  spec: CommandSpec,
  words: readonly string[],
): { options: ReadonlyMap<OptionName, string | true>; positionals: readonly string[] } {
  const known = Object.fromEntries(
    spec.options.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...words],
    options: known,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const options = new Map<OptionName, string | true>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value)
    if (token.kind !== "option") continue
    const option = spec.options.find(({ name }) => name === token.name)
    if (option === undefined) throw unknownOption(spec, token.rawName)
    options.set(option.name, valueOf(spec, option, token.value))
  }
  return { options, positionals }
}

function valueOf(spec: CommandSpec, option: OptionSpec, value: string | undefined): string | true {
  if (option.value === undefined) {
    if (value === undefined) return true
    throw new UsageError(`--${option.name} takes no value`, spec.name)
  }
  if (value !== undefined && value !== "") return value
  throw new UsageError(`--${option.name} wants a value: --${option.name} ${option.value}`, spec.name)
}

function checkOperands(spec: CommandSpec, operands: readonly string[]): void {
  const required = spec.operands.filter((operand) => !operand.startsWith("["))
  const missing = required[operands.length]
  if (operands.length < required.length && missing !== undefined) {
    throw new UsageError(`${spec.name} wants ${required.join(" ")}: ${missing} is missing`, spec.name)
  }
  const surplus = operands[spec.operands.length]
  if (surplus !== undefined) {
    const hint = spec.runs ? `; the command to run comes after --` : ""
    throw new UsageError(`${spec.name} does not know what to do with "${surplus}"${hint}`, spec.name)
  }
}

function unknownCommand(typed: string): UsageError {
  const names = commands.map(({ name }) => name)
  const meant = suggest(typed, names)
  return new UsageError(
    meant === undefined
      ? `there is no command "${typed}"; there are ${names.join(", ")}`
      : `there is no command "${typed}": did you mean "${meant}"?`,
  )
}

function unknownOption(spec: CommandSpec, typed: string): UsageError {
  const names = spec.options.map(({ name }) => `--${name}`)
  const meant = suggest(typed, names)
  return new UsageError(
    meant === undefined
      ? `${spec.name} has no option ${typed}; it has ${names.join(", ")}`
      : `${spec.name} has no option ${typed}: did you mean ${meant}?`,
    spec.name,
  )
}
