/** One line of JSON per entry on standard output: level, time, fields, message. */
import { pino, stdTimeFunctions } from "pino"
import type { LogFields, Logger } from "../host/logger.ts"

export function jsonLogger(fixed: LogFields): Logger {
  const options = { base: fixed, timestamp: stdTimeFunctions.isoTime, formatters: { log: withStacks } }
  // The process's own stream, and none of pino's: whoever ends the process has one thing to wait for.
  return pino(options, process.stdout)
}

/** JSON makes nothing of an error, because its fields are not enumerable. */
function withStacks(fields: LogFields): Record<string, unknown> {
  const told = Object.entries(fields).map(([name, value]) => {
    return [name, value instanceof Error ? (value.stack ?? value.message) : value] as const
  })
  return Object.fromEntries(told)
}
