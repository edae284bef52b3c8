/** The unary calls over real gRPC: answers, refusals, deadlines and cancellation. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js"
import { afterEach, describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import type { Outcome } from "../../../../src/contract/requests.ts"
import { errorTrailer, refusalFromError } from "../../../../src/wire/error-details.ts"
import { lockService } from "../../../../src/wire/load.ts"
import { statement } from "../../../support/sequencers.ts"
import { answers, operations, plainKinds } from "../../wire/samples.ts"
import { callUnary, closeAll, envelope, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"
import { seedOf, signerOf } from "../../../support/signing-keys.ts"

afterEach(closeAll)

const getStat = { kind: "getStat", node: { kind: "path", path: "/ls/local/a" } } as const
const acquire = {
  kind: "acquire",
  node: { kind: "path", path: "/ls/local/a" },
  mode: "exclusive",
  lockDelayMs: 0,
  waitMs: 0,
} as const
const claims = { cell: "test", path: "/ls/test/a", instance: 3, mode: "exclusive", lockGeneration: 4 } as const

describe("a unary call", () => {
  test.each(plainKinds)("of %s reaches the cell as it was made, and its answer comes back", async (kind) => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const [operation] = operations[kind]
    const [answer] = answers[kind]
    if (operation === undefined || answer === undefined) throw new Error("every kind has samples")
    cell.answerAll = () => answer as Outcome
    const { reply } = await callUnary(door, kind, operation)
    expect(reply).toEqual({ outcome: answer, epoch: 4, commitIndex: 120, cachable: false })
    const expected = { ...envelope, principal: "anonymous", underSequencer: undefined, operation }
    expect(cell.submitted.map(({ request }) => request)).toEqual([expected])
  })

  test("carries whether its answer may be kept", async () => {
    const cell = new ScriptedCell({}, { cachable: true })
    const door = await openDoor(cell)
    cell.answerAll = () => ({ kind: "delete" })
    const { reply } = await callUnary(door, "delete", { kind: "delete", node: getStat.node })
    expect(reply.cachable).toBe(true)
  })

  test("that is refused ends with a status and a detail", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    cell.answerAll = () => refuse("GENERATION_MISMATCH", "The generation is 8 by now.")
    const error = await callUnary(door, "getStat", getStat).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: status.ABORTED,
      details: "GENERATION_MISMATCH: The generation is 8 by now.",
    })
    expect(refusalFromError(error as ServiceError)).toEqual(
      refuse("GENERATION_MISMATCH", "The generation is 8 by now."),
    )
  })

  test("that makes no sense is refused before it reaches the cell", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const { path, requestSerialize, responseDeserialize } = lockService.GetStat
    const ended = new Promise((resolve) => {
      door.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, new Metadata(), {}, resolve)
    })
    expect(await ended).toMatchObject({ code: status.INVALID_ARGUMENT })
    expect(cell.submitted).toEqual([])
  })

  test("whose caller cancels is abandoned at the cell", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const given = new AbortController()
    const call = callUnary(door, "acquire", acquire, { signal: given.signal })
    const { ticket } = await cell.whenSubmitted(1)
    given.abort()
    await expect(call).rejects.toMatchObject({ code: status.CANCELLED })
    await cell.whenAbandoned(1)
    expect(cell.abandoned).toEqual([ticket])
  })

  test("whose deadline passes is abandoned at the cell", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const call = callUnary(door, "acquire", acquire, { deadline: Date.now() + 150 })
    await expect(call).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED })
    await cell.whenAbandoned(1)
    expect(cell.abandoned).toEqual([cell.submitted[0]?.ticket])
  })

  test("that was answered is not abandoned afterwards", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    cell.answerAll = () => ({ kind: "delete" })
    await callUnary(door, "delete", { kind: "delete", node: { kind: "handle", handle: "h" } })
    await door.close()
    expect(cell.abandoned).toEqual([])
  })

  test("larger than the largest operation is refused by the transport", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const contents = new Uint8Array(5 * 1024 * 1024)
    const call = callUnary(door, "setContents", { kind: "setContents", node: getStat.node, contents })
    await expect(call).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED })
    expect(cell.submitted).toEqual([])
  })
})

describe("a sequencer", () => {
  test("is signed on its way out and verified on its way in", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    cell.answerAll = ({ operation }) =>
      operation.kind === "getSequencer"
        ? { kind: "getSequencer", claims }
        : { kind: "checkSequencer", valid: true, reason: "" }
    const { reply } = await callUnary(door, "getSequencer", { kind: "getSequencer", node: getStat.node })
    if (reply.outcome.kind !== "getSequencer") throw new Error("a sequencer was asked for")
    const { sequencer } = reply.outcome
    expect(sequencer.split(".")).toHaveLength(3)
    const checked = await callUnary(door, "checkSequencer", { kind: "checkSequencer", sequencer })
    expect(checked.reply.outcome).toEqual({ kind: "checkSequencer", valid: true, reason: "" })
    expect(cell.submitted[1]?.request.operation).toEqual({ kind: "checkSequencer", claims })
  })

  test("of another cell is answered invalid without asking the cell", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const sequencer = signerOf(seedOf(8)).sign({ ...statement, cellId: "elsewhere" })
    const { reply } = await callUnary(door, "checkSequencer", { kind: "checkSequencer", sequencer })
    expect(reply.outcome).toMatchObject({ kind: "checkSequencer", valid: false })
    expect(cell.submitted).toEqual([])
  })

  test("that is none is refused as malformed", async () => {
    const door = await openDoor(new ScriptedCell())
    const call = callUnary(door, "checkSequencer", { kind: "checkSequencer", sequencer: "nonsense" })
    await expect(call).rejects.toMatchObject({ details: expect.stringMatching(/^SEQUENCER_MALFORMED/) as string })
  })

  test("can't be checked before the replica knows the cell's key", async () => {
    const cell = new ScriptedCell()
    cell.keys = []
    const door = await openDoor(cell)
    const call = callUnary(door, "checkSequencer", { kind: "checkSequencer", sequencer: "a.b.c" })
    await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE })
  })
})

test("the detail of a refusal travels in the trailer that the protocol names", () => {
  expect(errorTrailer).toBe("claviger-error-bin")
})
