import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { Cell } from "../../../src/client/cell.ts"
import { LockLostError, SessionExpiredError } from "../../../src/client/errors.ts"
import type { Session } from "../../../src/client/session.ts"
import type { Surroundings } from "../../../src/client/surroundings.ts"
import type { Call } from "../../../src/client/transport.ts"
import { leaseExtended, ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/job"

interface Bench {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly session: Session
}

async function bench(): Promise<Bench> {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  const time = new VirtualSurroundings()
  const cell = new Cell({ replicas: ["a:1"] }, scripted, time)
  return { scripted, time, session: await cell.openSession({ name: "alice" }) }
}

/** As `willingMaster`, but Acquires wait until the test answers them. */
function busyMaster(call: Call): ReturnType<typeof willingMaster> {
  return call.request.operation.kind === "acquire" ? "hold" : willingMaster(call)
}

const lateGrant = {
  ...({ kind: "acquire", handle: "handle-2", lockGeneration: 5, sequencer: "signed" } as const),
  stat: statOf(path),
}

function only(calls: readonly Call[]): Call {
  const [call, ...more] = calls
  if (call === undefined || more.length > 0) throw new Error(`expected one call, found ${calls.length}`)
  return call
}

describe("a held lock", () => {
  test("carries its generation and the sequencer that the cell has signed", async () => {
    const { session } = await bench()
    const lock = await session.acquire(path)
    expect(lock).toMatchObject({ path, mode: "exclusive", lockGeneration: 5, sequencer: "signed", isHeld: true })
    expect(lock.lost.aborted).toBe(false)
  })

  test("is lost at the end of the local lease, to the millisecond, if no KeepAlive is answered", async () => {
    const { scripted, session, time } = await bench()
    const lock = await session.acquire(path)
    scripted.kill("a:1")
    const { validUntil } = lock
    expect(validUntil).toBe(1 + 11_880)
    await time.pass(validUntil - time.now() - 1)
    expect(lock.lost.aborted).toBe(false)
    await time.pass(1)
    expect(lock.lost.aborted).toBe(true)
    expect(lock.lost.reason).toBeInstanceOf(LockLostError)
    expect(lock.isHeld).toBe(false)
  })

  test("is valid for longer with every KeepAlive that is answered", async () => {
    const { scripted, session, time } = await bench()
    const lock = await session.acquire(path)
    await time.pass(6_000)
    scripted.answer(only(scripted.callsOf("keepAlive")), leaseExtended(6_000))
    await quiet()
    expect(lock.validUntil).toBe(1 + 17_820)
  })

  test("stays lost when the session is saved, and is then given back to the cell", async () => {
    const { scripted, session, time } = await bench()
    const lock = await session.acquire(path)
    scripted.kill("a:1")
    await time.pass(15_000)
    expect(session.standing).toBe("jeopardy")
    scripted.script("a:1", answeringKeepAlives(1))
    await time.pass(1_000)
    expect(session.standing).toBe("safe")
    expect(lock.isHeld).toBe(false)
    expect(only(scripted.callsOf("release")).request.operation).toEqual({
      kind: "release",
      node: { kind: "handle", handle: "handle-2" },
    })
  })

  test("is lost for the reason that the cell gives, if it ends the session before the lease is over here", async () => {
    const { scripted, session } = await bench()
    const lock = await session.acquire(path)
    scripted.answer(
      only(scripted.callsOf("keepAlive")),
      refuse("SESSION_EXPIRED", "Session 7 has ended: by an operator."),
    )
    await quiet()
    expect(lock.lost.reason).toMatchObject({
      message: `LOCK_NOT_HELD: the lock on ${path} is lost: Session 7 has ended: by an operator.`,
    })
  })

  test("is lost when the session is closed under it", async () => {
    const { session } = await bench()
    const lock = await session.acquire(path)
    await session.close()
    expect(lock.lost.reason).toBeInstanceOf(LockLostError)
  })

  test("is not handed out if it is granted while the session is being closed", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", () => "hold")
    const acquiring = session.acquire(path)
    await quiet()
    const closing = session.close()
    await quiet()
    scripted.answer(only(scripted.callsOf("acquire")), lateGrant)
    await expect(acquiring).rejects.toBeInstanceOf(LockLostError)
    scripted.answer(only(scripted.callsOf("closeSession")), { kind: "closeSession" })
    await closing
  })

  test("was held until its lease was over, even if that is noticed long after", async () => {
    const scripted = new ScriptedCell()
    scripted.script("a:1", willingMaster)
    const time = new VirtualSurroundings()
    let lateMs = 0
    const { dice, host, processId } = time
    const surroundings: Surroundings = {
      ...{ dice, host, processId, nonce: () => time.nonce() },
      now: () => time.now() + lateMs,
      schedule: (delayMs, then) => time.schedule(delayMs, then),
    }
    const session = await new Cell({ replicas: ["a:1"] }, scripted, surroundings).openSession()
    const [lost, released] = [await session.acquire(path), await session.acquire("/ls/local/other")]
    lateMs = 20_000
    void released.release()
    expect([lost.isHeld, lost.validUntil, released.validUntil]).toEqual([false, 1 + 11_880, 1 + 11_880])
  })

  test("is released once, and not lost by that", async () => {
    const { scripted, session } = await bench()
    const lock = await session.acquire(path)
    await lock.release()
    await lock.release()
    await lock[Symbol.asyncDispose]()
    expect(scripted.callsOf("release")).toHaveLength(1)
    expect(lock.lost.aborted).toBe(false)
    expect(lock.isHeld).toBe(false)
  })

  test("is given back even if its holder does not wait for the cell's answer", async () => {
    const { scripted, session, time } = await bench()
    const lock = await session.acquire(path)
    scripted.kill("a:1")
    await quiet()
    const controller = new AbortController()
    const releasing = lock.release({ signal: controller.signal })
    controller.abort(new Error("enough"))
    await expect(releasing).rejects.toThrow("enough")
    scripted.script("a:1", willingMaster)
    await time.pass(1_000)
    expect(only(scripted.callsOf("release")).request.operation).toMatchObject({ node: { handle: "handle-2" } })
  })

  test("that was granted during jeopardy is handed out only once the session is safe", async () => {
    const { scripted, session, time } = await bench()
    scripted.script("a:1", busyMaster)
    let isGranted = false
    const acquiring = session.acquire(path).then((lock) => {
      isGranted = true
      return lock
    })
    await quiet()
    scripted.kill("a:1")
    await time.pass(15_000)
    scripted.script("a:1", willingMaster)
    await time.pass(1_000)
    expect(isGranted).toBe(false)
    const keepAlive = scripted.callsOf("keepAlive").at(-1)
    if (keepAlive !== undefined) scripted.answer(keepAlive, leaseExtended(0))
    await quiet()
    const lock = await acquiring
    expect(lock.isHeld).toBe(true)
  })
})

describe("an acquire whose caller gives up", () => {
  test("is cancelled at the cell, and rejects with the caller's reason", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", busyMaster)
    const controller = new AbortController()
    const acquiring = session.acquire(path, { signal: controller.signal })
    await quiet()
    controller.abort(new Error("enough"))
    await expect(acquiring).rejects.toThrow("enough")
    await quiet()
    const { requestNumber } = only(scripted.callsOf("acquire")).request
    expect(only(scripted.callsOf("cancelAcquire")).request.operation).toEqual({ kind: "cancelAcquire", requestNumber })
  })

  test("gives the lock back if it was granted before the cell heard of it", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", busyMaster)
    const controller = new AbortController()
    const acquiring = session.acquire(path, { signal: controller.signal })
    await quiet()
    controller.abort(new Error("enough"))
    await expect(acquiring).rejects.toThrow("enough")
    const acquire = only(scripted.callsOf("acquire"))
    scripted.answer(acquire, {
      kind: "acquire",
      handle: "late",
      lockGeneration: 6,
      sequencer: "signed",
      stat: statOf(path),
    })
    await quiet()
    expect(only(scripted.callsOf("release")).request.operation).toEqual({
      kind: "release",
      node: { kind: "handle", handle: "late" },
    })
  })

  test("keeps its request number open until the cell has answered, so that the grant can't be forgotten", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", busyMaster)
    const controller = new AbortController()
    const acquiring = session.acquire(path, { signal: controller.signal })
    await quiet()
    controller.abort(new Error("enough"))
    await expect(acquiring).rejects.toThrow("enough")
    await session.set("/ls/local/file", "one")
    expect(only(scripted.callsOf("setContents")).request.answeredThrough).toBe(0)
    scripted.answer(only(scripted.callsOf("acquire")), refuse("CANCELLED", "taken back"))
    await quiet()
    await session.set("/ls/local/file", "two")
    expect(scripted.callsOf("setContents").at(-1)?.request.answeredThrough).toBe(3)
  })

  test("is withdrawn without a word if it was never sent", async () => {
    const { scripted, session, time } = await bench()
    scripted.kill("a:1")
    await quiet()
    const controller = new AbortController()
    const acquiring = session.acquire(path, { signal: controller.signal })
    const rejected = expect(acquiring).rejects.toThrow("enough")
    controller.abort(new Error("enough"))
    await rejected
    scripted.script("a:1", willingMaster)
    await time.pass(1_000)
    expect(scripted.callsOf("acquire")).toEqual([])
    expect(scripted.callsOf("cancelAcquire")).toEqual([])
  })
})

describe("trying to acquire", () => {
  test("gives nothing if somebody else holds the lock", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", (call) =>
      call.request.operation.kind === "tryAcquire"
        ? { kind: "tryAcquire", acquired: false, holders: [], waiterCount: 0, delay: undefined }
        : willingMaster(call),
    )
    expect(await session.tryAcquire(path)).toBeUndefined()
  })

  test("gives the lock back if its sequencer can't be had", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", (call) => {
      const { kind } = call.request.operation
      if (kind === "getSequencer") return refuse("INTERNAL", "no key")
      const answer = willingMaster(call)
      return answer !== "hold" && answer.kind === "tryAcquire" ? { ...answer, sequencer: "" } : answer
    })
    await expect(session.tryAcquire(path)).rejects.toThrow("INTERNAL: no key")
    await quiet()
    expect(scripted.callsOf("release")).toHaveLength(1)
  })

  test("gives the lock back if it is granted after the caller has given up", async () => {
    const { scripted, session } = await bench()
    scripted.script("a:1", (call) => (call.request.operation.kind === "tryAcquire" ? "hold" : willingMaster(call)))
    const controller = new AbortController()
    const trying = session.tryAcquire(path, { signal: controller.signal })
    await quiet()
    controller.abort(new Error("enough"))
    await expect(trying).rejects.toThrow("enough")
    const call = only(scripted.callsOf("tryAcquire"))
    const granted = {
      kind: "tryAcquire",
      acquired: true,
      handle: "late",
      lockGeneration: 6,
      sequencer: "signed",
      stat: statOf(path),
    } as const
    scripted.answer(call, granted)
    await quiet()
    expect(only(scripted.callsOf("release")).request.operation).toMatchObject({ node: { handle: "late" } })
  })

  test("fails when the session has expired", async () => {
    const { scripted, session, time } = await bench()
    scripted.kill("a:1")
    await time.pass(60_000)
    await expect(session.tryAcquire(path)).rejects.toBeInstanceOf(SessionExpiredError)
  })
})

function answeringKeepAlives(count: number): typeof willingMaster {
  let answeredCount = 0
  return (call) => {
    if (call.request.operation.kind !== "keepAlive" || answeredCount === count) return willingMaster(call)
    answeredCount += 1
    return leaseExtended(0)
  }
}
