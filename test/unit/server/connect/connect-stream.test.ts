/** The `Connect` stream over real connections of both kinds: batching, order, limits, and what happens when either side goes away. */
import { afterEach, describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { limits } from "../../../../src/contract/limits.ts"
import { messageBounds } from "../../../../src/wire/message-bounds.ts"
import type { OperationKind, Outcome } from "../../../../src/contract/requests.ts"
import { lockService } from "../../../../src/wire/load.ts"
import type { OperationOf } from "../../../../src/wire/messages.ts"
import { answers, fileStat, operations, plainKinds } from "../../wire/samples.ts"
import { TestStream, callUnary, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

afterEach(closeAll)

const getStat = { kind: "getStat", node: { kind: "path", path: "/ls/local/a" } } as const
const keepAlive = { kind: "keepAlive", seen: { epoch: 0, through: 0 } } as const
const acquire = { kind: "acquire", node: getStat.node, mode: "exclusive", lockDelayMs: 0, waitMs: 0 } as const
const getContents = { kind: "getContentsAndStat", node: getStat.node } as const

function many<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value)
}

describe.each(["grpc", "frames"] as const)("a Connect stream over %s", (wire) => {
  test("carries every operation and its answer", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    const sent = plainKinds.flatMap((kind): readonly OperationOf<OperationKind>[] => operations[kind].slice(0, 1))
    cell.answerAll = ({ operation }) => answers[operation.kind][0] as Outcome
    stream.send(sent)
    await stream.whenReplied(sent.length)
    expect(cell.submitted.map(({ request }) => request.operation)).toEqual(sent)
    for (const [index, kind] of plainKinds.entries()) {
      expect(stream.replies.get(index + 1)).toEqual({
        outcome: answers[kind][0],
        epoch: 4,
        commitIndex: 120,
        cachable: false,
      })
    }
  })

  test("answers calls in the order in which they are done, those of one turn in one message", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    stream.send(many(5, getStat))
    await cell.whenSubmitted(5)
    const [first, second, third, fourth, fifth] = cell.submitted
    for (const submitted of [fifth, third]) submitted?.reply({ kind: "getStat", stat: fileStat })
    await stream.whenReplied(2)
    expect([...stream.replies.keys()]).toEqual([5, 3])
    for (const submitted of [first, second, fourth]) submitted?.reply({ kind: "delete" })
    await stream.whenReplied(5)
    expect(stream.sizes).toEqual([2, 3])
  })

  test("cuts batches before they get too large for the receiver", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    stream.send(many(40, getContents))
    await cell.whenSubmitted(40)
    const contents = new Uint8Array(limits.contentsBytesMax)
    for (const call of cell.submitted) call.reply({ kind: "getContentsAndStat", contents, stat: fileStat })
    await stream.whenReplied(40)
    expect(stream.sizes).toEqual(many(40, 1))
  })

  test("goes on after a refusal, and after a call that makes no sense", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    cell.answerAll = () => ({ ...refuse("NOT_MASTER", "Replica 2 is."), masterHint: "10.0.0.2:7101" })
    stream.pipe.write({
      calls: [{ callId: 1 }, { callId: 2, getStat: {} }, { callId: 3, getStat: { path: "/ls/local" } }],
    })
    await stream.whenReplied(3)
    expect(stream.replies.get(1)?.outcome).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(stream.replies.get(2)?.outcome).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(stream.replies.get(3)?.outcome).toEqual({
      ...refuse("NOT_MASTER", "Replica 2 is."),
      masterHint: "10.0.0.2:7101",
    })
    expect(stream.ending).toBe("none")
  })

  test("that breaks off has all its calls abandoned", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    stream.send(many(3, keepAlive))
    await cell.whenSubmitted(3)
    cell.submitted[1]?.reply({ kind: "delete" })
    await stream.whenReplied(1)
    stream.pipe.cancel()
    await cell.whenAbandoned(2)
    expect(cell.abandoned).toEqual([1, 3])
  })

  test("is ended by a replica that closes its doors", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const stream = new TestStream(door, wire)
    stream.send([keepAlive])
    await cell.whenSubmitted(1)
    await door.close()
    expect(await stream.whenOver()).toBe("ended")
    expect(cell.abandoned).toEqual([1])
  })
})

describe.each(["grpc", "frames"] as const)("the bounds of a Connect stream over %s", (wire) => {
  test("more calls than a message may have break it off", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    stream.send(many(limits.operationsPerMessageMax + 1, getStat))
    expect(await stream.whenOver()).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(cell.submitted).toEqual([])
  })

  test("calls beyond the limit are refused, but a session is kept alive and locks are released", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    const { outstandingRequestsMax: most, operationsPerMessageMax: batch } = limits
    for (let sent = 0; sent < most; sent += batch) stream.send(many(batch, getStat), sent + 1)
    await cell.whenSubmitted(most)
    stream.send([getStat, keepAlive, { kind: "release", node: getStat.node }], most + 1)
    await cell.whenSubmitted(most + 2)
    await stream.whenReplied(1)
    expect(stream.replies.get(most + 1)?.outcome).toMatchObject({ kind: "refused", code: "OVERLOADED" })
    expect(cell.submitted.slice(most).map(({ request }) => request.operation.kind)).toEqual(["keepAlive", "release"])
  })

  test("ten thousand parked KeepAlives and waiting Acquires leave room for everything else", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    const { operationsPerMessageMax: batch } = limits
    const sessions = 10 * batch
    for (let sent = 0; sent < sessions; sent += batch) stream.send(many(batch, keepAlive), sent + 1)
    for (let sent = 0; sent < sessions; sent += batch) stream.send(many(batch, acquire), sessions + sent + 1)
    await cell.whenSubmitted(2 * sessions)
    stream.send([getStat], 2 * sessions + 1)
    const last = await cell.whenSubmitted(2 * sessions + 1)
    last.reply({ kind: "getStat", stat: fileStat })
    await stream.whenReplied(1)
    expect(stream.replies.get(2 * sessions + 1)?.outcome).toMatchObject({ kind: "getStat" })
    // As in a fail-over: all KeepAlives are answered in one turn, and other calls arrive before they are sent.
    for (const call of cell.submitted) {
      if (call.request.operation.kind === "keepAlive") call.reply(refuse("NOT_MASTER", "no more"))
    }
    stream.send([getStat], 2 * sessions + 2)
    await cell.whenSubmitted(2 * sessions + 2)
    await stream.whenReplied(1 + sessions)
    expect([...stream.replies.values()].filter(({ outcome }) => outcome.kind === "refused")).toHaveLength(sessions)
  })

  test("a client that does not take its results is not read from", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const stream = new TestStream(door, wire)
    stream.pipe.pause()
    const contents = new Uint8Array(limits.contentsBytesMax)
    cell.answerAll = ({ operation }) =>
      operation.kind === "getContentsAndStat"
        ? { kind: "getContentsAndStat", contents, stat: fileStat }
        : { kind: "getStat", stat: fileStat }
    // More than the buffers on the way to the client hold.
    stream.send(many(100, getContents))
    await cell.whenSubmitted(100)
    const passTime = async (): Promise<void> => {
      // What travels on the same connection arrives in the order in which it was sent.
      for (let round = 0; round < 3; round += 1) await callUnary(door, "getStat", getStat)
    }
    await passTime()
    stream.send([getContents], 101)
    await passTime()
    const asked = (): number =>
      cell.submitted.filter(({ request }) => request.operation.kind === getContents.kind).length
    expect(asked()).toBe(100)
    stream.pipe.resume()
    await stream.whenReplied(101)
    expect(asked()).toBe(101)
  })

  test("a client that does not take its results makes a replica keep no more than so many bytes of them", async () => {
    const cell = new ScriptedCell()
    const stream = new TestStream(await openDoor(cell), wire)
    stream.pipe.pause()
    const contents = new Uint8Array(limits.contentsBytesMax)
    const count = 2 * Math.ceil(messageBounds.untakenBytesMax / contents.length)
    stream.send(many(count, getContents))
    await cell.whenSubmitted(count)
    for (const call of cell.submitted) call.reply({ kind: "getContentsAndStat", contents, stat: fileStat })
    stream.pipe.resume()
    await stream.whenReplied(count)
    const outcomes = [...stream.replies.values()].map(({ outcome }) => outcome)
    const refused = outcomes.filter(({ kind }) => kind === "refused")
    expect(refused.length).toBeGreaterThan(count / 4)
    expect(refused[0]).toMatchObject({ code: "OVERLOADED", unknownOutcome: true })
    expect(outcomes[0]).toMatchObject({ kind: "getContentsAndStat" })
  })

  test("a number that no language could hold breaks it off, for the call can't be named", async () => {
    const stream = new TestStream(await openDoor(new ScriptedCell()), wire)
    stream.pipe.write({ calls: [{ callId: "18446744073709551615", keepAlive: {} }] })
    expect(await stream.whenOver()).toMatchObject({ code: "INVALID_ARGUMENT" })
  })
})

test("a stream of gRPC that the client has finished is ended once everything is answered", async () => {
  const cell = new ScriptedCell()
  const stream = new TestStream(await openDoor(cell))
  stream.send([getStat])
  stream.pipe.end()
  const call = await cell.whenSubmitted(1)
  call.reply({ kind: "delete" })
  expect(await stream.whenOver()).toBe("ended")
  expect(stream.replies.size).toBe(1)
  expect(cell.abandoned).toEqual([])
})

test("the path of the stream is the one that the protocol names", () => {
  expect(lockService.Connect.path).toBe("/claviger.v1.LockService/Connect")
})
