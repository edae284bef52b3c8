import { describe, expect, test } from "vitest"
import type { LockParty } from "../../../src/contract/requests.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { BusyLock } from "../../../src/client/busy-lock.ts"
import { Cell } from "../../../src/client/cell.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/job"

function party(sessionId: number): LockParty {
  const who = { clientName: `client ${sessionId}`, principal: "anonymous", host: "", processId: 0 }
  return { sessionId, ...who, mode: "exclusive", since: sessionId, forMs: 0 }
}

/** The session under test is number 7. */
function queue(holder: number, ...waiters: readonly number[]): SignedOutcome {
  return { kind: "getLock", lockGeneration: 1, holders: [party(holder)], waiters: waiters.map(party), delay: undefined }
}

describe("a caller who waits for a lock", () => {
  test("is told whom for, and again when that has changed, until the lock is granted", async () => {
    const scripted = new ScriptedCell()
    let found = queue(1, 2, 7)
    scripted.script("a:1", (call) => {
      switch (call.request.operation.kind) {
        case "acquire":
          return "hold"
        case "getLock":
          return found
        default:
          return willingMaster(call)
      }
    })
    const time = new VirtualSurroundings()
    const session = await new Cell({ replicas: ["a:1"] }, scripted, time).openSession()
    const told: BusyLock[] = []
    const acquiring = session.acquire(path, { waitMs: 60_000, lockDelayMs: 5_000, onBusy: (busy) => told.push(busy) })
    await time.pass(99)
    expect(scripted.callsOf("getLock")).toEqual([])
    await time.pass(1_000)
    expect(told.map(({ reason }) => reason)).toEqual(["held by client 1, 1 waits before you"])
    const askedCount = scripted.callsOf("getLock").length
    expect(askedCount).toBeGreaterThan(1)
    found = queue(2, 7)
    await time.pass(2_000)
    expect(told.at(-1)).toMatchObject({ path, waitersBefore: 0, holders: [{ clientName: "client 2" }] })
    expect(told).toHaveLength(2)

    const [waiting] = scripted.callsOf("acquire")
    expect(waiting?.request.operation).toMatchObject({ waitMs: 60_000, lockDelayMs: 5_000 })
    const granted = { handle: "handle-2", lockGeneration: 2, sequencer: "signed", stat: statOf(path) }
    if (waiting !== undefined) scripted.answer(waiting, { kind: "acquire", ...granted })
    await acquiring
    const askedThen = scripted.callsOf("getLock").length
    await time.pass(9_000)
    expect(scripted.callsOf("getLock")).toHaveLength(askedThen)
  })

  test("is told by the cell that the time it wanted to wait is over, and knows that the lock is not held", async () => {
    const scripted = new ScriptedCell()
    const sentence = "the wait of 10 ms is over"
    scripted.script("a:1", (call) =>
      call.request.operation.kind === "acquire" ? refuse("DEADLINE_EXCEEDED", sentence) : willingMaster(call),
    )
    const session = await new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings()).openSession()
    const refused = { code: "DEADLINE_EXCEEDED", details: { outcomeUnknown: false } }
    await expect(session.acquire(path, { waitMs: 10 })).rejects.toMatchObject(refused)
  })
})

describe("a caller who does not wait", () => {
  test("is told why the lock is not free", async () => {
    const scripted = new ScriptedCell()
    scripted.script("a:1", (call) =>
      call.request.operation.kind === "tryAcquire"
        ? { kind: "tryAcquire", acquired: false, holders: [party(1)], waiterCount: 2, delay: undefined }
        : willingMaster(call),
    )
    const session = await new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings()).openSession()
    const told: BusyLock[] = []
    expect(await session.tryAcquire(path, { onBusy: (busy) => told.push(busy) })).toBeUndefined()
    await quiet()
    expect(told).toMatchObject([{ path, waitersBefore: 2, reason: "held by client 1, 2 wait before you" }])
  })
})
