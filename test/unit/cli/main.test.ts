import { describe, expect, test } from "vitest"
import { runClaviger } from "../../../src/cli/main.ts"
import type { Services } from "../../../src/cli/services.ts"
import type { Terminal } from "../../../src/cli/terminal.ts"
import { limits } from "../../../src/contract/limits.ts"
import { CellError } from "../../../src/client/errors.ts"
import { silentServer } from "./silent-server.ts"

interface Ran {
  readonly code: number
  readonly printed: string
  readonly told: readonly string[]
}

async function run(
  words: readonly string[],
  services: Partial<Services> = {},
  input: Uint8Array = new Uint8Array(0),
): Promise<Ran> {
  let printed = ""
  const told: string[] = []
  const terminal: Terminal = {
    environment: {},
    directory: "/nowhere",
    print: (output) => {
      printed += String(output)
    },
    tell: (line) => told.push(line),
    readInput: async (bytesMax) => input.subarray(0, bytesMax),
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
    for (const address of ["somewhere", "127.0.0.1:99999"]) {
      const { code, told } = await run(["get", "/ls/local/x", "--cell", address])
      expect(code).toBe(64)
      expect(told[0]).toContain(`"${address}" is not an address`)
    }
  })

  test("refuses a right that there is not, and two scopes at a time", async () => {
    expect((await run(["may", "alice", "delete", "/ls/local/x"])).told[0]).toContain(
      '"delete" is no right: there are read, write, change-acl',
    )
    expect((await run(["watch", "/ls/local/x", "--cell", "127.0.0.1:1", "--children", "-r"])).code).toBe(64)
  })

  test.each([
    ["--lock-delay", "61", "60"],
    ["--wait", "86401", "86400"],
  ])("refuses %s %s in seconds, and before it looks for a cell", async (option, value, longest) => {
    const { code, told } = await run(["lock", option, value, "/ls/local/x", "--cell", "127.0.0.1:1", "--", "true"])
    expect(code).toBe(64)
    expect(told[0]).toContain(`${option} wants a number of seconds above 0, ${longest} at most, not "${value}"`)
  })

  test("refuses more than a file holds before it asks the cell", async () => {
    const { code, told } = await run(["set", "/ls/local/x", "-"], {}, new Uint8Array(limits.contentsBytesMax * 10))
    expect({ code, told }).toEqual({
      code: 73,
      told: ["claviger: CONTENTS_TOO_LARGE: a file holds at most 262144 bytes, and there are more on standard input"],
    })
  })

  test.each([["get"], ["set", "contents"], ["status"]])(
    "says in time that nobody is there, in %s",
    async (name, ...rest) => {
      const words = [name, ...(name === "status" ? [] : ["/ls/local/x"]), ...rest, "--cell", "127.0.0.1:1"]
      const startedAt = performance.now()
      const { code, told } = await run([...words, "--json"])
      expect(performance.now() - startedAt).toBeLessThan(8_000)
      expect(code).toBe(69)
      expect(JSON.parse(told[0] ?? "")).toMatchObject({
        error: {
          code: "NO_QUORUM",
          message: "no replica answers at 127.0.0.1:1: start a cell with `npx claviger cell`, or name one with --cell",
        },
      })
    },
  )

  test("tells a deadline in a sentence, and leaves no doubt about a read", async () => {
    const silent = await silentServer()
    const { code, told } = await run(["get", "/ls/local/x", "--cell", silent, "--timeout", "0.2"])
    expect(code).toBe(69)
    expect(told).toEqual(["claviger: DEADLINE_EXCEEDED: the cell did not answer within 0.2 s"])
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
    [new CellError("PERMISSION_DENIED", "x"), 77],
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
