import { expect, test, vi } from "vitest"
import { Cell } from "../../../src/client/cell.ts"
import { KeepAliveThread } from "../../../src/client/keep-alive-thread.ts"
import { ScriptedCell, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

// As in Electron's windows, or under Node's permission model: the module is there, and its threads are refused.
vi.mock("node:worker_threads", async (original) => ({
  ...(await original<object>()),
  Worker: class {
    constructor() {
      throw new Error("no threads here")
    }
  },
}))

test("where no thread can be made, the main thread sends the KeepAlives", async () => {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  const time = new VirtualSurroundings()
  const options = { replicas: ["a:1"] }
  const thread = new KeepAliveThread({ ...options, tls: undefined, wire: "frames", leashMs: 30_000 }, time)
  const cell = new Cell(options, scripted, time, thread)
  for (let count = 1; count <= 2; count += 1) {
    const session = await cell.openSession()
    await quiet()
    expect(session.standing).toBe("safe")
    expect(scripted.callsOf("keepAlive")).toHaveLength(count)
  }
  await cell.close()
})
