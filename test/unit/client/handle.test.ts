import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { Cell } from "../../../src/client/cell.ts"
import { CellError } from "../../../src/client/errors.ts"
import type { Handle, OpenOptions } from "../../../src/client/handle.ts"
import type { Session } from "../../../src/client/session.ts"
import type { Call } from "../../../src/client/transport.ts"
import { ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/test/file"

interface Bench {
  readonly scripted: ScriptedCell
  readonly session: Session
  readonly handle: Handle
}

async function bench(options: OpenOptions = {}): Promise<Bench> {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  const session = await new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings()).openSession()
  return { scripted, session, handle: await session.open(path, options) }
}

/** Everything but the life of the session is held back. */
function holdBack(call: Call): ReturnType<typeof willingMaster> {
  const { kind } = call.request.operation
  return kind === "setContents" || kind === "acquire" || kind === "getStat" ? "hold" : willingMaster(call)
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
}

describe("opening", () => {
  test("asks for what the node is to be, and names it as the cell does", async () => {
    const { scripted, handle } = await bench({
      mode: "changeAcl",
      create: "mayCreate",
      ephemeral: true,
      sequential: true,
      contents: "hi",
      acl: { read: "everybody" },
    })
    expect(scripted.callsOf("open")[0]?.request.operation).toEqual({
      kind: "open",
      path,
      mode: "changeAcl",
      create: "mayCreate",
      nodeKind: "file",
      ephemeral: true,
      sequential: true,
      contents: new Uint8Array([104, 105]),
      acl: { read: "everybody" },
    })
    expect(handle.path).toBe(path)
  })
})

describe("cancelling a handle's calls", () => {
  test("ends them with CANCELLED, says which may have happened, and leaves the handle good", async () => {
    const { scripted, handle } = await bench({ mode: "write" })
    scripted.script("a:1", holdBack)
    const write = rejectionOf(handle.set("one"))
    const read = rejectionOf(handle.getStat())
    await quiet()
    handle.cancel()
    expect(await write).toMatchObject({ code: "CANCELLED", details: { outcomeUnknown: true } })
    expect(await read).toMatchObject({ code: "CANCELLED", details: { outcomeUnknown: false } })
    scripted.script("a:1", willingMaster)
    expect((await handle.set("two")).contentGeneration).toBe(2)
  })

  test("takes an Acquire that waits out of the queue", async () => {
    const { scripted, handle } = await bench({ mode: "write" })
    scripted.script("a:1", holdBack)
    const acquiring = rejectionOf(handle.acquire())
    await quiet()
    handle.cancel()
    expect(await acquiring).toBeInstanceOf(CellError)
    await quiet()
    expect(scripted.callsOf("cancelAcquire")).toHaveLength(1)
  })
})

describe("poisoning a handle", () => {
  test("ends its calls and refuses all later ones, but not those of another handle, nor closing it", async () => {
    const { scripted, session, handle } = await bench({ mode: "write" })
    const other = await session.open(path)
    scripted.script("a:1", holdBack)
    const write = rejectionOf(handle.set("one"))
    await quiet()
    handle.poison()
    expect(await write).toMatchObject({ code: "CANCELLED" })
    scripted.script("a:1", willingMaster)
    expect(await rejectionOf(handle.get())).toMatchObject({ code: "CANCELLED" })
    await other.get()
    await handle.close()
    expect(scripted.callsOf("close")).toHaveLength(1)
  })
})

describe("a sequencer bound to a handle", () => {
  test("goes with every later call until it is taken off, unless the call has its own", async () => {
    const { scripted, handle } = await bench({ mode: "write" })
    handle.setSequencer("signed by the cell")
    await handle.set("one")
    await handle.set("two", { underSequencer: "another" })
    handle.setSequencer(undefined)
    await handle.set("three")
    const shown = scripted.callsOf("setContents").map(({ request }) => request.underSequencer)
    expect(shown).toEqual(["signed by the cell", "another", ""])
  })
})

describe("a lock taken through a handle", () => {
  test("is held by the handle, and released through it", async () => {
    const { scripted, handle } = await bench({ mode: "write" })
    const lock = await handle.acquire({ mode: "shared" })
    const node = { kind: "handle", handle: "handle-1" }
    expect(scripted.callsOf("acquire")[0]?.request.operation).toMatchObject({ node, mode: "shared" })
    expect(await handle.getSequencer()).toBe("signed")
    await handle.release()
    expect(lock.isHeld).toBe(false)
    expect(scripted.callsOf("release")).toHaveLength(1)
  })

  test("ends with the handle", async () => {
    const { handle } = await bench({ mode: "write" })
    const lock = await handle.tryAcquire()
    expect(lock?.isHeld).toBe(true)
    await handle.close()
    expect(lock?.isHeld).toBe(false)
  })
})

describe("closing a handle", () => {
  test("never fails, whatever the cell says, and refuses what comes later", async () => {
    const { scripted, handle } = await bench()
    scripted.script("a:1", () => refuse("SESSION_EXPIRED", "gone"))
    await handle.close()
    await handle.close()
    expect(await rejectionOf(handle.get())).toMatchObject({ code: "HANDLE_INVALID" })
  })

  test("does not wait any longer than its caller wants to", async () => {
    const { scripted, handle } = await bench()
    scripted.script("a:1", () => "hold")
    await handle.close({ signal: AbortSignal.abort(new Error("enough")) })
    expect(scripted.callsOf("close")).toEqual([])
  })
})

describe("access control through a handle", () => {
  test("changes the names of the node's lists on a condition", async () => {
    const { scripted, handle } = await bench({ mode: "changeAcl" })
    expect((await handle.setAcl({ write: "admins" }, { ifAclGeneration: 1 })).aclGeneration).toBe(1)
    expect(scripted.callsOf("setAcl")[0]?.request.operation).toEqual({
      kind: "setAcl",
      node: { kind: "handle", handle: "handle-1" },
      acl: { write: "admins" },
      ifAclGeneration: 1,
    })
  })
})

describe("a transaction", () => {
  test("hands out an open handle for each node that it has made", async () => {
    const { scripted, session } = await bench()
    const made = statOf("/ls/test/made")
    scripted.script("a:1", (call) =>
      call.request.operation.kind === "transact"
        ? { kind: "transact", guardsHeld: true, answers: [{ kind: "open", handle: "h", created: true, stat: made }] }
        : willingMaster(call),
    )
    const { guardsHeld, results } = await session.transact({ then: [] })
    expect(guardsHeld).toBe(true)
    const [opened] = results
    if (opened?.kind !== "open") throw new Error("the step was an Open")
    expect(opened.handle.path).toBe("/ls/test/made")
    await opened.handle.close()
    expect(scripted.callsOf("close")[0]?.request.operation).toEqual({ kind: "close", handle: "h" })
  })
})
