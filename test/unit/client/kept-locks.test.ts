import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import type { Notice } from "../../../src/contract/notices.ts"
import { Cell } from "../../../src/client/cell.ts"
import type { Session } from "../../../src/client/session.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { leaseExtended, ScriptedCell, statOf, willingMaster, type Script } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/job"
const keep = { keep: true }

interface Bench {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly session: Session
}

async function bench(script: Script = willingMaster): Promise<Bench> {
  const scripted = new ScriptedCell()
  scripted.script("a:1", script)
  const time = new VirtualSurroundings()
  const cell = new Cell({ replicas: ["a:1"] }, scripted, time)
  return { scripted, time, session: await cell.openSession({ name: "alice" }) }
}

/** As `willingMaster`, but for calls of one kind. */
function answering(kind: string, outcome: SignedOutcome | "hold"): Script {
  return (call) => (call.request.operation.kind === kind ? outcome : willingMaster(call))
}

function askedFor({ scripted }: Bench): string[] {
  const kinds = scripted.received.map(({ call }) => call.request.operation.kind)
  return kinds.filter((kind) => kind === "acquire" || kind === "release" || kind === "tryAcquire")
}

describe("a lock that is kept", () => {
  test("is acquired again without a word to the cell, under the same generation and sequencer", async () => {
    const parts = await bench()
    const first = await parts.session.acquire(path, keep)
    await first.release()
    expect(first.isHeld).toBe(false)
    const second = await parts.session.acquire(path, keep)
    expect(second).toMatchObject({ lockGeneration: first.lockGeneration, sequencer: first.sequencer, isHeld: true })
    expect(first.isHeld).toBe(false)
    await second.release()
    const third = await parts.session.tryAcquire(path)
    expect(third?.isHeld).toBe(true)
    expect(askedFor(parts)).toEqual(["acquire"])
    await third?.release()
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test("is held by one caller at a time: a second one asks the cell, and is served at the first one's release", async () => {
    const parts = await bench()
    const first = await parts.session.acquire(path, keep)
    parts.scripted.script("a:1", answering("acquire", "hold"))
    const second = parts.session.acquire(path, keep)
    await quiet()
    expect(askedFor(parts)).toEqual(["acquire", "acquire"])
    await first.release()
    expect(askedFor(parts)).toEqual(["acquire", "acquire", "release"])
    const [, waiting] = parts.scripted.callsOf("acquire")
    const granted = { handle: "handle-3", lockGeneration: 6, sequencer: "signed again", stat: statOf(path) }
    if (waiting !== undefined) parts.scripted.answer(waiting, { kind: "acquire", ...granted })
    expect((await second).lockGeneration).toBe(6)
  })

  test("is given back at its release if somebody was waiting when it was granted", async () => {
    const bob = { sessionId: 9, clientName: "bob", principal: "", host: "", processId: 0, since: 1, forMs: 0 } as const
    const queue = {
      lockGeneration: 5,
      holders: [],
      waiters: [{ ...bob, mode: "exclusive" }],
      delay: undefined,
    } as const
    const parts = await bench(answering("getLock", { kind: "getLock", ...queue }))
    const lock = await parts.session.acquire(path, keep)
    await quiet()
    await lock.release()
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test("is given back even if it was released before that was known", async () => {
    const parts = await bench(answering("getLock", "hold"))
    const lock = await parts.session.acquire(path, keep)
    await lock.release()
    expect(askedFor(parts)).toEqual(["acquire"])
    const [asked] = parts.scripted.callsOf("getLock")
    if (asked !== undefined) parts.scripted.answer(asked, refuse("PERMISSION_DENIED", "no right to read"))
    await quiet()
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test("is never one on an ephemeral file, which it would keep alive", async () => {
    const stat = statOf(path, { ephemeral: true })
    const granted = { handle: "handle-2", lockGeneration: 5, sequencer: "signed", stat }
    const parts = await bench(answering("acquire", { kind: "acquire", ...granted }))
    const lock = await parts.session.acquire(path, keep)
    await lock.release()
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test("is given up with the file, when this session deletes it", async () => {
    const parts = await bench()
    for (const remove of [
      async () => await parts.session.delete(path),
      async () => await parts.session.transact({ then: [{ kind: "delete", node: { kind: "path", path } }] }),
    ]) {
      const lock = await parts.session.acquire(path, keep)
      await lock.release()
      await remove()
    }
    expect(askedFor(parts)).toEqual(["acquire", "release", "acquire", "release"])
  })

  test("is lost in jeopardy, and given back when the session is saved", async () => {
    const parts = await bench()
    const lock = await parts.session.acquire(path, keep)
    await lock.release()
    parts.scripted.kill("a:1")
    await parts.time.pass(15_000)
    let isFirst = true
    parts.scripted.script("a:1", (call) => {
      if (call.request.operation.kind !== "keepAlive" || !isFirst) return willingMaster(call)
      isFirst = false
      return leaseExtended(0)
    })
    await parts.time.pass(1_000)
    expect(parts.session.standing).toBe("safe")
    expect(askedFor(parts)).toEqual(["acquire", "release"])
    expect(lock.lost.aborted).toBe(false)
    await parts.session.acquire(path, keep)
    expect(askedFor(parts)).toEqual(["acquire", "release", "acquire"])
  })
})

describe("a lock that somebody else asks for", () => {
  const bob = { sessionId: 9, clientName: "bob" } as const
  const wanted: Notice = {
    kind: "lockWanted",
    index: 2,
    change: { kind: "lockRequested", path: "/ls/test/job", instance: 1, mode: "exclusive", holders: [7], ...bob },
  }

  /** On the reply to the KeepAlive that is parked. */
  async function tell({ scripted }: Bench, firstNotice: number, notice: Notice): Promise<void> {
    await quiet()
    const parked = scripted.callsOf("keepAlive").at(-1)
    if (parked === undefined) throw new Error("no KeepAlive is parked")
    scripted.answer(parked, { ...leaseExtended(0), firstNotice, notices: [notice] })
    await quiet()
  }

  test("is given back at once when it is kept and not in use", async () => {
    const parts = await bench()
    const lock = await parts.session.acquire(path, keep)
    await lock.release()
    await tell(parts, 1, wanted)
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test("is given back at its release when it is in use, and its holder is told", async () => {
    const parts = await bench()
    const lock = await parts.session.acquire(path, keep)
    await tell(parts, 1, wanted)
    expect(lock.wanted.aborted).toBe(true)
    expect(lock.isHeld).toBe(true)
    expect(askedFor(parts)).toEqual(["acquire"])
    await lock.release()
    expect(askedFor(parts)).toEqual(["acquire", "release"])
  })

  test.each(["acquire", "tryAcquire"] as const)(
    "before the answer to %s is here, is wanted from the first",
    async (kind) => {
      const parts = await bench(answering(kind, "hold"))
      const acquiring = parts.session[kind](path)
      await tell(parts, 1, wanted)
      const [call] = parts.scripted.callsOf(kind)
      if (call === undefined) throw new Error("the cell was not asked")
      parts.scripted.answer(call, willingMaster(call) as SignedOutcome)
      const lock = await acquiring
      expect(lock).toMatchObject({ isHeld: true, wanted: { aborted: true } })
      await lock?.release()
      parts.scripted.script("a:1", willingMaster)
      expect(await parts.session.acquire(path)).toMatchObject({ wanted: { aborted: false } })
    },
  )

  test("while this session holds it, is not wanted from whoever is served next", async () => {
    const parts = await bench()
    const first = await parts.session.acquire(path)
    parts.scripted.script("a:1", answering("acquire", "hold"))
    const acquiring = parts.session.acquire(path)
    await tell(parts, 1, wanted)
    expect(first.wanted.aborted).toBe(true)
    await first.release()
    const call = parts.scripted.callsOf("acquire").at(-1)
    if (call === undefined) throw new Error("the cell was not asked")
    parts.scripted.answer(call, willingMaster(call) as SignedOutcome)
    expect(await acquiring).toMatchObject({ isHeld: true, wanted: { aborted: false } })
  })

  test("is not kept either if such a wish may have gone unheard", async () => {
    const parts = await bench()
    const inUse = await parts.session.acquire(path, keep)
    const idle = await parts.session.acquire("/ls/local/other", keep)
    await idle.release()
    await tell(parts, 1, { kind: "resync", through: 5 })
    expect(inUse.wanted.aborted).toBe(false)
    expect(askedFor(parts)).toEqual(["acquire", "acquire", "release"])
    await inUse.release()
    expect(askedFor(parts)).toEqual(["acquire", "acquire", "release", "release"])
  })
})
