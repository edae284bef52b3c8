/** One line of JSON per entry on standard output, as pino writes them: level, time, fields, message. */
import type { LogFields, Logger } from "../host/logger.ts"

const levels = { info: 30, warn: 40, error: 50 }

export function jsonLogger(fixed: LogFields): Logger {
  const write = (level: keyof typeof levels, fields: LogFields, message: string): void => {
    const time = new Date().toISOString()
    const entry = { level: levels[level], time, ...fixed, ...fields, msg: message }
    process.stdout.write(`${JSON.stringify(entry, withErrors)}\n`)
  }
  return {
    info: (fields, message) => {
      write("info", fields, message)
    },
    warn: (fields, message) => {
      write("warn", fields, message)
    },
    error: (fields, message) => {
      write("error", fields, message)
    },
  }
}

/** JSON makes nothing of an error, because its fields are not enumerable. */
function withErrors(_field: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
