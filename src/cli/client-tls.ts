/** The certificates of whoever types a command: files that options name, or the environment. All three or none. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { ClientTls } from "../client/tls.ts"
import { textOption, UsageError, type Invocation } from "./arguments.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import type { Terminal } from "./terminal.ts"

const sources = {
  certificateAuthority: { option: "tls-authority", variable: "CLAVIGER_TLS_AUTHORITY" },
  certificate: { option: "tls-certificate", variable: "CLAVIGER_TLS_CERTIFICATE" },
  privateKey: { option: "tls-key", variable: "CLAVIGER_TLS_KEY" },
} as const

/** Undefined: the cell is spoken to in plain text. */
export function clientTlsFor(invocation: Invocation, terminal: Terminal): ClientTls | undefined {
  const fileOf = ({ option, variable }: (typeof sources)[keyof typeof sources]): string | undefined => {
    const named = textOption(invocation, option) ?? terminal.environment[variable]
    return named === "" ? undefined : named
  }
  const all = Object.values(sources)
  const missing = all.filter((source) => fileOf(source) === undefined)
  if (missing.length === all.length) return undefined
  if (missing.length > 0) {
    const names = missing.map(({ option, variable }) => `--${option} (or ${variable})`).join(" and ")
    throw new UsageError(`with TLS, three files are wanted: ${names} is missing`, invocation.command)
  }
  const read = (source: (typeof all)[number]): string => readPem(resolve(terminal.directory, fileOf(source) ?? ""))
  return {
    certificateAuthority: read(sources.certificateAuthority),
    certificate: read(sources.certificate),
    privateKey: read(sources.privateKey),
  }
}

/** A file with certificates, or with a key. */
export function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    throw new Failure(exitCodes.setup, `${path} can't be read: ${(cause as Error).message}`, { cause })
  }
}
