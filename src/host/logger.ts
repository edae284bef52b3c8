/**
 * Where the host writes what people should read: one line per change of state, the facts in fields. The shape is the one
 * of pino and Fastify, so that a server's logger fits as it is.
 */
export type Logger = Readonly<Record<"info" | "warn" | "error", (fields: LogFields, message: string) => void>>

export type LogFields = Readonly<Record<string, unknown>>

/** For programs that embed a replica and don't care, and for tests. */
export const silentLogger: Logger = {
  info: () => {},
  warn: () => {},
  error: () => {},
}
