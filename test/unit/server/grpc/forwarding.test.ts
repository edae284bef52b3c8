/** Unary calls that reach a replica which is not the master, with two and three real doors. */
import { Metadata, status } from "@grpc/grpc-js"
import { afterEach, describe, expect, test } from "vitest"
import { type Refusal, refuse } from "../../../../src/contract/errors.ts"
import { forwardedMark, masterTrailer } from "../../../../src/server/grpc/forwarding.ts"
import { refusalFromError } from "../../../../src/wire/error-details.ts"
import { fileStat } from "../../wire/samples.ts"
import { type Door, callUnary, closeAll, configOf, envelope, nobody, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

const getStat = { kind: "getStat", node: { kind: "path", path: "/ls/local/a" } } as const
const acquire = {
  kind: "acquire",
  node: { kind: "path", path: "/ls/local/a" },
  mode: "exclusive",
  lockDelayMs: 0,
  waitMs: 0,
} as const

function pointingTo(address: string): Refusal {
  return { ...refuse("NOT_MASTER", "replica 1 is master"), masterHint: address }
}

/** A master that the test scripts, and a follower that points to it. */
async function pair(): Promise<{ master: ScriptedCell; masterDoor: Door; follower: ScriptedCell; followerDoor: Door }> {
  const master = new ScriptedCell()
  const masterDoor = await openDoor(master, 1)
  const follower = new ScriptedCell({ role: "replica", replicaId: 2 })
  const followerDoor = await openDoor(follower, 2, configOf({ 1: masterDoor.address }))
  follower.answerAll = () => pointingTo(masterDoor.address)
  return { master, masterDoor, follower, followerDoor }
}

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  )
  return refusalFromError(error as Parameters<typeof refusalFromError>[0])
}

describe("a follower", () => {
  test("gets the answer from the master, and says who that is", async () => {
    const { master, masterDoor, followerDoor } = await pair()
    master.answerAll = () => ({ kind: "getStat", stat: fileStat })
    const { reply, trailer } = await callUnary(followerDoor, "getStat", getStat)
    expect(reply).toEqual({ outcome: { kind: "getStat", stat: fileStat }, epoch: 4, commitIndex: 120, cachable: false })
    expect(trailer.get(masterTrailer)).toEqual([masterDoor.address])
    expect(master.submitted.map(({ request }) => request)).toMatchObject([{ ...envelope, operation: getStat }])
  })

  test("passes the master's refusals on as they are", async () => {
    const { master, followerDoor } = await pair()
    master.answerAll = () => refuse("NODE_NOT_FOUND", "There is no /ls/test/a.")
    expect(await refusalOf(callUnary(followerDoor, "getStat", getStat))).toEqual(
      refuse("NODE_NOT_FOUND", "There is no /ls/test/a."),
    )
  })

  test("passes nothing on that was passed on to it: no call travels in circles", async () => {
    const { master, masterDoor, follower, followerDoor } = await pair()
    // Each believes that the other is master.
    master.answerAll = () => pointingTo(followerDoor.address)
    expect(await refusalOf(callUnary(followerDoor, "getStat", getStat))).toEqual(pointingTo(followerDoor.address))
    expect([master.submitted.length, follower.submitted.length]).toEqual([1, 1])
    const metadata = new Metadata()
    metadata.set(forwardedMark, "1")
    const refusal = await refusalOf(callUnary(followerDoor, "getStat", getStat, { metadata }))
    expect(refusal).toEqual(pointingTo(masterDoor.address))
    expect(master.submitted).toHaveLength(1)
  })

  test("hands on the deadline: the master abandons a call that nobody waits for", async () => {
    const { master, followerDoor } = await pair()
    const call = callUnary(followerDoor, "acquire", acquire, { deadline: Date.now() + 200 })
    await expect(call).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED })
    await master.whenAbandoned(1)
  })

  test("hands on a cancellation", async () => {
    const { master, followerDoor } = await pair()
    const given = new AbortController()
    const call = callUnary(followerDoor, "acquire", acquire, { signal: given.signal })
    await master.whenSubmitted(1)
    given.abort()
    await expect(call).rejects.toMatchObject({ code: status.CANCELLED })
    await master.whenAbandoned(1)
  })

  test("whose master is gone reports an unknown outcome that may be retried", async () => {
    const { follower, followerDoor } = await pair()
    follower.answerAll = () => pointingTo(nobody)
    expect(await refusalOf(callUnary(followerDoor, "getStat", getStat))).toMatchObject({
      code: "FAIL_OVER_IN_PROGRESS",
      unknownOutcome: true,
    })
  })

  test("does not pass on a call that may have taken effect already", async () => {
    const { master, masterDoor, follower, followerDoor } = await pair()
    follower.answerAll = () => ({ ...pointingTo(masterDoor.address), unknownOutcome: true })
    expect(await refusalOf(callUnary(followerDoor, "getStat", getStat))).toMatchObject({
      code: "NOT_MASTER",
      unknownOutcome: true,
    })
    expect(master.submitted).toEqual([])
  })

  test.each(["NOT_MASTER", "FAIL_OVER_IN_PROGRESS", "NO_QUORUM"] as const)(
    "that knows no master answers %s itself",
    async (code) => {
      const { follower, followerDoor } = await pair()
      follower.answerAll = () => ({ ...refuse(code, "nobody is"), masterHint: "" })
      const call = callUnary(followerDoor, "getStat", getStat)
      await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE })
      expect(await refusalOf(call)).toEqual(refuse(code, "nobody is"))
    },
  )
})
