import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { parseArguments, UsageError } from "../../../src/cli/arguments.ts"
import { clientTlsFor } from "../../../src/cli/client-tls.ts"
import { Failure } from "../../../src/cli/failure.ts"
import type { ClientTls } from "../../../src/client/index.ts"

function tlsOf(words: readonly string[], environment: Readonly<Record<string, string>> = {}): ClientTls | undefined {
  const directory = mkdtempSync(join(tmpdir(), "claviger-"))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  for (const name of ["a", "b", "c", "d"]) writeFileSync(join(directory, name), `contents of ${name}`)
  const terminal = {
    ...{ environment, directory, print: () => undefined, tell: () => undefined },
    ...{ readInput: () => Promise.reject(new Error("nothing is read")), onSignals: () => () => undefined },
  }
  return clientTlsFor(parseArguments(["ls", ...words]), terminal)
}

const options = ["--tls-authority", "a", "--tls-certificate", "b", "--tls-key", "c"]
const environment = { CLAVIGER_TLS_AUTHORITY: "a", CLAVIGER_TLS_CERTIFICATE: "b", CLAVIGER_TLS_KEY: "c" }
const read = { certificateAuthority: "contents of a", certificate: "contents of b", privateKey: "contents of c" }

test("nothing said means plain text", () => {
  expect(tlsOf([])).toBeUndefined()
  expect(tlsOf([], { CLAVIGER_TLS_KEY: "" })).toBeUndefined()
})

test("options and the environment name files, and options win", () => {
  expect(tlsOf(options)).toEqual(read)
  expect(tlsOf([], environment)).toEqual(read)
  expect(tlsOf(["--tls-key", "d"], environment)).toEqual({ ...read, privateKey: "contents of d" })
})

test("what is missing of three is asked for", () => {
  expect(() => tlsOf(options.slice(0, 2))).toThrow(UsageError)
  expect(() => tlsOf(options.slice(0, 2))).toThrow(
    "--tls-certificate (or CLAVIGER_TLS_CERTIFICATE) and --tls-key (or CLAVIGER_TLS_KEY)",
  )
})

test("a file that is not there is named", () => {
  expect(() => tlsOf(["--tls-key", "nowhere"], environment)).toThrow(Failure)
  expect(() => tlsOf(["--tls-key", "nowhere"], environment)).toThrow(/nowhere can't be read/)
})
