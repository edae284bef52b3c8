import { describe, expect, test } from "vitest"
import { runClaviger } from "../../../src/cli/main.ts"
import type { Services } from "../../../src/cli/services.ts"
import type { Terminal } from "../../../src/cli/terminal.ts"
import { CellError } from "../../../src/client/errors.ts"

interface Ran {
  readonly code: number
  readonly printed: string
  readonly told: readonly string[]
}

async function run(words: readonly string[], services: Partial<Services> = {}): Promise<Ran> {
  let printed = ""
  const told: string[] = []
  const terminal: Terminal = {
    environment: {},
    directory: "/nowhere",
    print: (output) => {
      printed += String(output)
    },
    tell: (line) => told.push(line),
    readInput: async () => new Uint8Array(0),
    onSignals: () => () => undefined,
  }
  const unexpected = async (): Promise<never> => await Promise.reject(new Error("not wanted here"))
  const all: Services = {
    version: "1.2.3",
    program: "",
    loadLaunching: unexpected,
    runReplica: unexpected,
    ...services,
  }
  const code = await runClaviger(words, terminal, all)
  return { code, printed, told }
}

describe("the command", () => {
  test("prints its version, in JSON too", async () => {
    expect(await run(["version"])).toEqual({ code: 0, printed: "1.2.3\n", told: [] })
    expect(await run(["version", "--json"])).toMatchObject({ printed: '{"version":"1.2.3"}\n' })
  })

  test("prints help on standard output, with code 0", async () => {
    expect((await run(["help"])).printed).toContain("Usage: claviger COMMAND")
    expect((await run(["help", "lock"])).printed).toContain("CLAVIGER_SEQUENCER")
    expect((await run(["help", "lokc"])).told[0]).toContain('did you mean "lock"?')
  })

  test("tells a wrong command line on standard error, with code 64", async () => {
    const { code, printed, told } = await run(["get"])
    expect({ code, printed }).toEqual({ code: 64, printed: "" })
    expect(told).toEqual(["claviger: get wants PATH: PATH is missing\nTry: claviger help get"])
  })

  test("tells errors in JSON if it was asked for JSON", async () => {
    const { told } = await run(["get", "--json"])
    expect(JSON.parse(told[0] ?? "")).toMatchObject({ error: { code: "USAGE", exitCode: 64 } })
  })

  test("does not take an option of the command that lock runs for its own", async () => {
    const { told } = await run(["lock", "--", "ls", "--json"])
    expect(told[0]).toContain("claviger: lock wants PATH")
  })

  test("refuses addresses that are none", async () => {
    expect(await run(["get", "/ls/local/x", "--cell", "somewhere"])).toMatchObject({ code: 64 })
  })

  test("hands a replica's exit code through", async () => {
    expect(await run(["replica", "3"], { runReplica: async ({ id }) => id + 71 })).toMatchObject({ code: 74 })
    expect(await run(["replica", "three"])).toMatchObject({ code: 64 })
  })

  test.each([
    [new CellError("NODE_NOT_FOUND", "x"), 66],
    [new CellError("NO_QUORUM", "x"), 69],
    [new CellError("NODE_EXISTS", "x"), 73],
    [new CellError("SESSION_EXPIRED", "x"), 69],
    [new CellError("LOCK_NOT_HELD", "x"), 79],
    [new DOMException("late", "TimeoutError"), 69],
    [new TypeError("x is not a function"), 70],
  ])("ends with its own code when the cell says %s", async (reason, code) => {
    const runReplica = async (): Promise<never> => await Promise.reject(reason)
    expect(await run(["replica", "1"], { runReplica })).toMatchObject({ code })
  })

  test("says so when the outcome is unknown", async () => {
    const reason = new CellError("NO_QUORUM", "2 of 5", { outcomeUnknown: true })
    const runReplica = async (): Promise<never> => await Promise.reject(reason)
    const { told } = await run(["replica", "1"], { runReplica })
    expect(told).toEqual(["claviger: NO_QUORUM: 2 of 5 (whether it was done is unknown)"])
  })
})
