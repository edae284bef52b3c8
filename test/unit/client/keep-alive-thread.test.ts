import { describe, expect, test, vi } from "vitest"
import { Cell } from "../../../src/client/cell.ts"
import { KeepAliveThread } from "../../../src/client/keep-alive-thread.ts"
import { leaseExtended, ScriptedCell, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

// Beside the sources there is no compiled worker, which is how it is for whoever bundles the library into one file.
function benchWithoutWorker(): { scripted: ScriptedCell; time: VirtualSurroundings; cell: Cell } {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  const time = new VirtualSurroundings()
  const options = { replicas: ["a:1"] }
  const thread = new KeepAliveThread({ ...options, tls: undefined, wire: "frames", leashMs: 30_000 }, time)
  return { scripted, time, cell: new Cell(options, scripted, time, thread) }
}

async function firstKeepAlive(scripted: ScriptedCell): Promise<void> {
  await vi.waitFor(() => {
    expect(scripted.callsOf("keepAlive")).toHaveLength(1)
  })
}

describe("KeepAlives that have no thread to run in", () => {
  test("are sent by the main thread, and the session lives on", async () => {
    const { scripted, time, cell } = benchWithoutWorker()
    const session = await cell.openSession()
    await firstKeepAlive(scripted)
    await time.pass(6_000)
    const [call] = scripted.callsOf("keepAlive")
    if (call !== undefined) scripted.answer(call, leaseExtended(6_000))
    await time.pass(10_000)
    expect(session.standing).toBe("safe")
    await cell.close()
  })

  test("of later sessions start there at once", async () => {
    const { scripted, cell } = benchWithoutWorker()
    await cell.openSession()
    await firstKeepAlive(scripted)
    await cell.openSession()
    await quiet()
    expect(scripted.callsOf("keepAlive")).toHaveLength(2)
    await cell.close()
  })

  test("are not sent any more once the session is closed, even if the thread is found missing after that", async () => {
    const { scripted, cell } = benchWithoutWorker()
    const session = await cell.openSession()
    await session.close()
    await firstWorkerTrouble()
    expect(scripted.callsOf("keepAlive")).toHaveLength(0)
    await cell.close()
  })
})

/** A second client's thread is found missing no earlier than the first one's. */
async function firstWorkerTrouble(): Promise<void> {
  const { scripted, cell } = benchWithoutWorker()
  await cell.openSession()
  await firstKeepAlive(scripted)
  await cell.close()
}
