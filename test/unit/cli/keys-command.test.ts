/** `claviger keys` at a cell of real doors. */
import { createPublicKey, verify } from "node:crypto"
import { describe, expect, test, vi } from "vitest"
import { connect } from "../../../src/client/index.ts"
import { parseArguments } from "../../../src/cli/arguments.ts"
import { keysCommand } from "../../../src/cli/keys-command.ts"
import { servedCell } from "../../support/served-cell.ts"

const cell = servedCell("local")

async function run(...words: readonly string[]): Promise<string> {
  let printed = ""
  await keysCommand(parseArguments(["keys", "--cell", cell.other.grpc, ...words]), {
    environment: {},
    directory: "/nowhere",
    print: (output) => {
      printed += String(output)
    },
    tell: () => undefined,
    readInput: () => Promise.reject(new Error("not wanted here")),
    onSignals: () => () => undefined,
  })
  return printed
}

interface Shown {
  readonly keyId: string
  readonly state: string
  readonly since: number
  readonly x: string
}

async function keys(...words: readonly string[]): Promise<readonly Shown[]> {
  return JSON.parse(await run("--json", ...words)) as readonly Shown[]
}

describe("claviger keys", () => {
  test("shows the keys in order of age, with what each is for", async () => {
    // A replica that has just begun may have to hear of them first, and says so.
    const lines = (await vi.waitFor(async () => await run())).trimEnd().split("\n")
    expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual(["state", "current", "next"])
    expect(lines[1]).toMatch(/^[\w-]{43} +current +\d+ +signs now$/)
  })

  test("lets the next key sign, asked at whichever replica, and shows what verifies its sequencers", async () => {
    const before = await keys()
    const after = await keys("rotate")
    expect(after.map(({ state }) => state)).toEqual(["retired", "current", "next"])
    expect(after[1]?.keyId).toBe(before[1]?.keyId)
    await using client = await connect({ replicas: [cell.master.grpc], keepAlives: "main" })
    await using session = await client.openSession()
    await using lock = await session.acquire("/ls/local/job")
    const [header = "", claims = "", signature = ""] = lock.sequencer.split(".")
    const x = after[1]?.x ?? ""
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" })
    const signed = Buffer.from(`${header}.${claims}`)
    expect(verify(null, signed, key, Buffer.from(signature, "base64url"))).toBe(true)
  })

  test("gives up all keys with --revoke, which every replica hears of", async () => {
    const before = await keys()
    const after = await keys("rotate", "--revoke")
    expect(after.map(({ state }) => state)).toEqual(["current", "next"])
    const known = new Set(before.map(({ keyId }) => keyId))
    expect(after.some(({ keyId }) => known.has(keyId))).toBe(false)
    await vi.waitFor(async () => expect(await keys()).toEqual(after))
  })

  test("says why not when the replica has not learned the keys", async () => {
    const { host } = cell.other.replica
    const known = vi.spyOn(host, "signingKeys").mockReturnValue([])
    await expect(run()).rejects.toMatchObject({ code: "FAIL_OVER_IN_PROGRESS" })
    known.mockRestore()
  })

  test("is told apart from what it is not", async () => {
    await expect(run("rotat")).rejects.toThrow('keys does not know what to do with "rotat": there is rotate')
    await expect(run("--revoke")).rejects.toThrow("--revoke goes with rotate")
    const nowhere = parseArguments(["keys", "--cell", "127.0.0.1:1", "--timeout", "1"])
    await expect(keysCommand(nowhere, { environment: {} } as never)).rejects.toThrow("no replica answers")
  })
})
