/** Help, made from the table of commands and the table of exit codes. */
import { commands, type CommandSpec } from "./commands.ts"
import { exitCodeMeanings, exitCodes } from "./exit-codes.ts"

export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `claviger: locks and small files, kept by a cell of replicas.

Usage: claviger COMMAND [OPTIONS]

${lines.join("\n")}

claviger help COMMAND tells more about one of them.

${exitCodeTable()}
`
}

export function helpFor(spec: CommandSpec): string {
  const operands = [...spec.operands, ...(spec.runs ? ["-- COMMAND..."] : [])].join(" ")
  const usage = ["claviger", spec.name, "[OPTIONS]", operands].filter((part) => part !== "").join(" ")
  const flags = spec.options.map(({ name, short, value, meaning }) => {
    const flag = `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`
    return { flag, meaning }
  })
  const width = Math.max(...flags.map(({ flag }) => flag.length))
  return `Usage: ${usage}

${spec.text}

Options:
${flags.map(({ flag, meaning }) => `  ${flag.padEnd(width)}  ${meaning}`).join("\n")}

Examples:
${spec.examples.map((example) => `  ${example}`).join("\n")}

${exitCodeTable()}
`
}

function exitCodeTable(): string {
  const rows = exitCodeMeanings.map(([name, meaning]) => `  ${String(exitCodes[name]).padStart(3)}  ${meaning}`)
  return `Exit codes (under lock, otherwise the command's own; 128 + n if it died of signal n):
${rows.join("\n")}`
}
