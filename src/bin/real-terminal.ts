/** This process, as commands see it. */
import { readAtMost } from "../cli/read-input.ts"
import type { Terminal } from "../cli/terminal.ts"

// Whoever reads our output may stop reading (`claviger ls | head`): that ends the command, and is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 74)
})

export const realTerminal: Terminal = {
  environment: process.env,
  directory: process.cwd(),
  print: (output) => {
    process.stdout.write(output)
  },
  tell: (line) => {
    process.stderr.write(`${line}\n`)
  },
  readInput: async (bytesMax) => await readAtMost(process.stdin, bytesMax),
  onSignals: (signals, listener) => {
    for (const signal of signals) process.on(signal, listener)
    return () => {
      for (const signal of signals) process.off(signal, listener)
    }
  },
}
