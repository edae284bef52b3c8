/**
 * What every guard must do, whatever it speaks: let the holder through and tell the resource who it is, turn everybody
 * else away for the right reason, and let nothing of theirs have an effect.
 */
import { describe, expect, test } from "vitest"
import { type FenceOptions, fixedKeys, type HighWaterMarks, type Mark } from "../../src/fence/index.ts"
import type { LockMode } from "../../src/contract/lock-mode.ts"
import { encoded, jwkSet, statement, TestKey } from "../support/sequencers.ts"

/**
 * "write": by the lock that the fence was set up with. "share": by the same lock, and sharing it is enough. "look": open
 * to everybody. "stumble": the code that says which lock is asked for throws.
 */
export type Place = "write" | "share" | "look" | "stumble"

export const sharing: { readonly modes: readonly LockMode[] } = { modes: ["shared", "exclusive"] }

export type Answer =
  /** `principal`: the holder's, as the resource was told. */
  | { readonly kind: "done"; readonly principal: string | undefined }
  | {
      readonly kind: "refused"
      /** Of the protocol: a number of HTTP, a name of gRPC, undefined where there is none. */
      readonly status: number | string | undefined
      readonly code: string
      readonly reason: string
      readonly supersededBy: Mark | undefined
      /** All that the caller is told. */
      readonly told: string
    }

export interface GuardedResource extends AsyncDisposable {
  /** With that many headers. */
  ask(place: Place, ...sequencers: readonly string[]): Promise<Answer>
}

/** `open`: a resource behind a fence with these options. */
export function describeGuardContract(
  protocol: "http" | "grpc" | "none",
  open: (options: FenceOptions) => Promise<GuardedResource>,
): void {
  const key = new TestKey(1)
  const foreignKey = new TestKey(2)
  const path = "/ls/test/job"
  const verifier = { keys: fixedKeys(jwkSet(key)), cell: "test", cellId: statement.cellId }
  const openFenced = (marks?: HighWaterMarks): Promise<GuardedResource> =>
    open({ verifier, paths: path, ...(marks === undefined ? {} : { marks }) })

  const expectRefused = (answer: Answer, reason: string): void => {
    const [http, grpc, code] = refusals[reason] ?? []
    const status = { http, grpc, none: undefined }[protocol]
    expect(answer).toMatchObject({ kind: "refused", reason, code, status })
  }

  test("the holder is let through, again and again, and the resource is told who it is", async () => {
    await using resource = await openFenced()
    const sequencer = key.sign({ principal: "CN=alice" })
    for (let count = 0; count < 3; count += 1) {
      expect(await resource.ask("write", sequencer)).toEqual({ kind: "done", principal: "CN=alice" })
    }
  })

  test("what is open needs no sequencer, and takes none for proof of anything", async () => {
    await using resource = await openFenced()
    expect(await resource.ask("look")).toEqual({ kind: "done", principal: undefined })
    expect(await resource.ask("look", foreignKey.sign())).toEqual({ kind: "done", principal: undefined })
  })

  test("a request without a sequencer is refused", async () => {
    await using resource = await openFenced()
    expectRefused(await resource.ask("write"), "missing")
    expectRefused(await resource.ask("share"), "missing")
  })

  describe("what no cell has signed is refused:", () => {
    const sound = key.sign()
    const [header = "", claims = "", signature = ""] = sound.split(".")
    const spelling = (algorithm: string): string =>
      encoded({ alg: algorithm, kid: key.jwk.kid, typ: "claviger-sequencer" })
    const last = signature.at(-3) === "A" ? "B" : "A"

    test.each([
      ["rubbish", "rubbish", "malformed"],
      ["three empty parts", "..", "malformed"],
      ["one cut short", sound.slice(0, -10), "malformed"],
      ["one in quotes", `"${sound}"`, "malformed"],
      ["one with a scheme in front", `Bearer ${sound}`, "malformed"],
      ["one that names no algorithm", `${spelling("none")}.${claims}.`, "otherAlgorithm"],
      ["one that names another algorithm", `${spelling("HS256")}.${claims}.${signature}`, "otherAlgorithm"],
      [
        "one with another signature",
        `${header}.${claims}.${signature.slice(0, -3)}${last}${signature.slice(-2)}`,
        "badSignature",
      ],
      [
        "one with other claims",
        `${header}.${key.sign({ lockGeneration: 99 }).split(".")[1] ?? ""}.${signature}`,
        "badSignature",
      ],
      ["one signed by somebody else", foreignKey.sign({}, key.jwk.kid), "badSignature"],
      ["one signed by somebody else, who says so", foreignKey.sign(), "unknownKey"],
      ["one that is too long", `${sound}${"A".repeat(8192)}`, "tooLong"],
    ])("%s", async (_what, text, reason) => {
      await using resource = await openFenced()
      expectRefused(await resource.ask("write", text), reason)
      expectRefused(await resource.ask("share", text), reason)
    })
  })

  test("of two sequencers none counts, not even if both are good, or are the same", async () => {
    await using resource = await openFenced()
    const [alice, bob] = [key.sign(), key.sign({ lockGeneration: 13, principal: "CN=bob" })]
    expectRefused(await resource.ask("write", alice, bob), "malformed")
    expectRefused(await resource.ask("write", alice, alice), "malformed")
    expectRefused(await resource.ask("write", "", alice), "malformed")
    expectRefused(await resource.ask("write", `${alice},${bob}`), "malformed")
    expect(await resource.ask("write", alice)).toMatchObject({ kind: "done" })
  })

  test("the lock of another node proves nothing, and neither does that of another cell", async () => {
    await using resource = await openFenced()
    expectRefused(await resource.ask("write", key.sign({ path: "/ls/test/other" })), "otherPath")
    expectRefused(await resource.ask("write", key.sign({ path: "/ls/test/job/below" })), "otherPath")
    expectRefused(await resource.ask("write", key.sign({ cell: "other", path: "/ls/other/job" })), "otherCell")
    expectRefused(await resource.ask("write", key.sign({ cellId: "founded-anew" })), "otherCell")
  })

  test("a holder that was superseded is refused from then on, and told by whom", async () => {
    await using resource = await openFenced()
    const alice = key.sign({ lockGeneration: 12, principal: "CN=alice" })
    const bob = key.sign({ lockGeneration: 13, principal: "CN=bob", epoch: 4 })
    expect(await resource.ask("write", alice)).toMatchObject({ kind: "done" })
    expect(await resource.ask("write", bob)).toEqual({ kind: "done", principal: "CN=bob" })
    for (let count = 0; count < 2; count += 1) {
      const answer = await resource.ask("write", alice)
      expectRefused(answer, "staleGeneration")
      expect(answer).toMatchObject({
        supersededBy: { principal: "CN=bob", lockGeneration: 13, instance: 7, epoch: 4 },
        told: expect.stringContaining("CN=bob") as unknown,
      })
    }
    expect(await resource.ask("write", bob)).toEqual({ kind: "done", principal: "CN=bob" })
  })

  test("a node that was created anew begins a new count of generations, which the old one's do not reach", async () => {
    await using resource = await openFenced()
    const before = key.sign({ instance: 7, lockGeneration: 500 })
    const after = key.sign({ instance: 8, lockGeneration: 1, principal: "CN=bob" })
    expect(await resource.ask("write", before)).toMatchObject({ kind: "done" })
    expect(await resource.ask("write", after)).toMatchObject({ kind: "done" })
    const answer = await resource.ask("write", before)
    expectRefused(answer, "otherInstance")
    expect(answer).toMatchObject({ supersededBy: { principal: "CN=bob", instance: 8, lockGeneration: 1 } })
  })

  test("to share the lock is enough only where that was said, and there for all who share it", async () => {
    await using resource = await openFenced()
    const sharers = ["CN=alice", "CN=bob"].map((principal) => key.sign({ mode: "shared", principal }))
    for (const sequencer of sharers) {
      expectRefused(await resource.ask("write", sequencer), "otherMode")
      expect(await resource.ask("share", sequencer)).toMatchObject({ kind: "done" })
    }
    expect(await resource.ask("share", key.sign({ lockGeneration: 13 }))).toMatchObject({ kind: "done" })
    for (const sequencer of sharers) expectRefused(await resource.ask("share", sequencer), "staleGeneration")
  })

  test("nobody is let through while the marks can't be kept, and nobody outside learns why", async () => {
    const marks = {
      raise: () => {
        throw new Error("the disk at 10.0.0.7 is full")
      },
    }
    await using resource = await openFenced(marks)
    const answer = await resource.ask("write", key.sign())
    expectRefused(answer, "marksFailed")
    expect(answer).toMatchObject({ told: expect.not.stringContaining("10.0.0.7") as unknown })
    expect(await resource.ask("look")).toMatchObject({ kind: "done" })
  })

  test("nobody gets in by making the resource stumble", async () => {
    await using resource = await openFenced()
    const answer = await resource.ask("stumble", key.sign())
    expectRefused(answer, "guardFailed")
    expect(answer).toMatchObject({ told: expect.not.stringContaining("stumbled") as unknown })
    expect(await resource.ask("write", key.sign())).toMatchObject({ kind: "done" })
  })
}

/** By reason: the status of HTTP, that of gRPC, and the code of the error table. */
const refusals: Readonly<Record<string, readonly [http: number, grpc: string, code: string]>> = {
  missing: [428, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  malformed: [400, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  otherAlgorithm: [400, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  badSignature: [400, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  unknownKey: [400, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  tooLong: [400, "INVALID_ARGUMENT", "SEQUENCER_MALFORMED"],
  otherPath: [403, "PERMISSION_DENIED", "PERMISSION_DENIED"],
  otherCell: [403, "PERMISSION_DENIED", "PERMISSION_DENIED"],
  otherMode: [403, "PERMISSION_DENIED", "PERMISSION_DENIED"],
  staleGeneration: [409, "ABORTED", "SEQUENCER_STALE"],
  otherInstance: [409, "ABORTED", "SEQUENCER_STALE"],
  marksFailed: [500, "INTERNAL", "INTERNAL"],
  guardFailed: [500, "INTERNAL", "INTERNAL"],
}
