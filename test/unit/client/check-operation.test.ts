import { describe, expect, test } from "vitest"
import { Cell } from "../../../src/client/cell.ts"
import { CellError } from "../../../src/client/errors.ts"
import type { Handle } from "../../../src/client/handle.ts"
import type { Session } from "../../../src/client/session.ts"
import { guard, step } from "../../../src/client/transaction.ts"
import { ScriptedCell, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/file"

interface Bench {
  readonly scripted: ScriptedCell
  readonly cell: Cell
  readonly session: Session
  readonly handle: Handle
}

async function bench(): Promise<Bench> {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  const cell = new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings())
  const session = await cell.openSession()
  const handle = await session.open(path, { mode: "write" })
  await quiet()
  return { scripted, cell, session, handle }
}

/** What plain JavaScript can pass where the compiler would not let it. */
function wrong(value: unknown): never {
  return value as never
}

/** The refusal, of which the cell has heard nothing. */
async function refusalOf(wrongCall: (parts: Bench) => unknown): Promise<string> {
  const parts = await bench()
  const heardBefore = parts.scripted.received.length
  const reason: unknown = await (async () => wrongCall(parts))().catch((error: unknown) => error)
  await quiet()
  if (!(reason instanceof CellError)) throw new Error("it was not refused", { cause: reason })
  expect(reason.code).toBe("INVALID_ARGUMENT")
  expect(parts.scripted.received.slice(heardBefore).map(({ call }) => call.request.operation.kind)).toEqual([])
  return reason.detail
}

describe("a word that is unknown is refused, not taken for the usual one", () => {
  test.each<[string, (parts: Bench) => unknown]>([
    ['create is "mustcreate"', ({ session }) => session.open(path, { create: wrong("mustcreate") })],
    ['mode is "rw"', ({ session }) => session.open(path, { mode: wrong("rw") })],
    ['kind is "dir"', ({ session }) => session.open(path, { kind: wrong("dir") })],
    ['mode is "Shared"', ({ session }) => session.acquire(path, { mode: wrong("Shared") })],
    ['mode is "write"', ({ session }) => session.tryAcquire(path, { mode: wrong("write") })],
    ['mode is "read"', ({ handle }) => handle.acquire({ mode: wrong("read") })],
    ['scope is "tree"', ({ session }) => session.watch(path, { scope: wrong("tree") }).next()],
    ['kinds[1] is "created"', ({ session }) => session.watch(path, { kinds: ["aclChanged", wrong("created")] }).ready],
    ['right is "delete"', ({ cell }) => cell.checkAccess({ path, right: wrong("delete"), principal: "alice" })],
    ['a right in acl is "changeacl"', ({ session }) => session.setAcl(path, wrong({ changeacl: "staff" }))],
    ['guards[0].kind is "older"', ({ session }) => session.transact({ guards: [wrong({ kind: "older", path })] })],
    ['then[0].kind is "release"', ({ session }) => session.transact({ then: [wrong({ kind: "release" })] })],
    ['then[0].kind is "dir"', ({ session }) => session.transact({ then: [step.create(path, { kind: wrong("dir") })] })],
  ])("%s", async (beginning, wrongCall) => {
    const detail = await refusalOf(wrongCall)
    expect(detail.slice(0, beginning.length)).toBe(beginning)
    expect(detail).toMatch(/, but must be "\w+" or "\w+"/)
  })
})

describe("a number that can't be is refused", () => {
  test.each<[string, (parts: Bench) => unknown]>([
    ["lockDelayMs is -1, but must be a whole number from 0 to 60000", (parts) => delayed(parts, -1)],
    ["lockDelayMs is NaN, but must be a whole number from 0 to 60000", (parts) => delayed(parts, NaN)],
    ["lockDelayMs is 60001, but must be a whole number from 0 to 60000", (parts) => delayed(parts, 60_001)],
    ['lockDelayMs is "5", but must be a whole number from 0 to 60000', (parts) => delayed(parts, wrong("5"))],
    ["waitMs is 1.5, but must be a whole number from 0 to 86400000", ({ handle }) => handle.acquire({ waitMs: 1.5 })],
    [
      "sessionLeaseMs is 12, but must be a whole number from 1000 to 3600000",
      ({ cell }) => cell.openSession({ sessionLeaseMs: 12 }),
    ],
    [
      "cacheBytesMax is 0, but must be a whole number from 1 to 9007199254740991",
      ({ cell }) => cell.openSession({ cacheBytesMax: 0 }),
    ],
    [
      "ifContentGeneration is -1, but must be a whole number from 0 to 9007199254740991",
      ({ session }) => session.set(path, "new", { ifContentGeneration: -1 }),
    ],
    [
      "ifAclGeneration is Infinity, but must be a whole number from 0 to 9007199254740991",
      ({ handle }) => handle.setAcl({}, { ifAclGeneration: Infinity }),
    ],
    [
      "pageSize is 10001, but must be a whole number from 1 to 10000",
      ({ session }) => session.readDir(path, { pageSize: 10_001 }).next(),
    ],
    [
      "after is NaN, but must be a whole number from 0 to 9007199254740991",
      ({ session }) => session.watch(path, { after: NaN }).ready,
    ],
    [
      "guards[1].equals is 0.5, but must be a whole number from 0 to 9007199254740991",
      ({ session }) => session.transact({ guards: [guard.exists(path), guard.contentGeneration(path, 0.5)] }),
    ],
    [
      "otherwise[0].ifContentGeneration is -2, but must be a whole number from 0 to 9007199254740991",
      ({ session }) => session.transact({ otherwise: [step.delete(path, { ifContentGeneration: -2 })] }),
    ],
  ])("%s", async (sentence, wrongCall) => {
    expect(await refusalOf(wrongCall)).toBe(sentence)
  })

  async function delayed({ session }: Bench, lockDelayMs: number): Promise<unknown> {
    return await session.acquire(path, { lockDelayMs })
  }
})

describe("a value of the wrong type is refused", () => {
  test.each<[string, (parts: Bench) => unknown]>([
    ["path is 7, but must be a string", ({ session }) => session.get(wrong(7))],
    ["path is undefined, but must be a string", ({ session }) => session.set(wrong(undefined), "new")],
    ["path is null, but must be a string", ({ session }) => session.acquire(wrong(null))],
    ["path is an array, but must be a string", ({ session }) => session.open(wrong([path]))],
    ["path is an object, but must be a string", ({ session }) => session.makeDirectory(wrong({}), { parents: true })],
    ["path is 7, but must be a string", ({ session }) => session.watch(wrong(7)).ready],
    ["path is 7, but must be a string", ({ session }) => session.cached(wrong(7))],
    ["contents is 7, but must be a string or a Uint8Array", ({ session }) => session.set(path, wrong(7))],
    ["contents is null, but must be a string or a Uint8Array", ({ handle }) => handle.set(wrong(null))],
    ["name is 7, but must be a string", ({ cell }) => cell.openSession({ name: wrong(7) })],
    ['caching is "no", but must be true or false', ({ cell }) => cell.openSession({ caching: wrong("no") })],
    ['ephemeral is "yes", but must be true or false', ({ session }) => session.open(path, { ephemeral: wrong("yes") })],
    ["keep is 1, but must be true or false", ({ session }) => session.acquire(path, { keep: wrong(1) })],
    ["onBusy is true, but must be a function", ({ session }) => session.tryAcquire(path, { onBusy: wrong(true) })],
    ["acl.write is 7, but must be a string", ({ session }) => session.setAcl(path, { write: wrong(7) })],
    ['options is "shared", but must be an object', ({ session }) => session.acquire(path, wrong("shared"))],
    ["signal is 5000, but must be an AbortSignal", ({ session }) => session.get(path, { signal: wrong(5_000) })],
    ["signal is an object, but must be an AbortSignal", ({ handle }) => handle.get({ signal: wrong({}) })],
    ["underSequencer is an object, but must be a string", ({ cell }) => cell.get(path, { underSequencer: wrong({}) })],
    ["guards is an object, but must be an array", ({ session }) => session.transact({ guards: wrong({}) })],
    [
      "then[0] is undefined, but must be made by a function of `step`",
      ({ session }) => session.transact({ then: [wrong(undefined)] }),
    ],
  ])("%s", async (sentence, wrongCall) => {
    expect(await refusalOf(wrongCall)).toBe(sentence)
  })
})

test("a refused Acquire leaves its handle free for the next one", async () => {
  const { handle } = await bench()
  await expect(handle.acquire({ lockDelayMs: -1 })).rejects.toThrow("lockDelayMs is -1")
  expect((await handle.acquire()).isHeld).toBe(true)
})
