/**
 * What every door of a cell must do, whichever protocol it speaks and whichever replica it belongs to: the same answer
 * and the same refusal for the same request. What is told here is decided by the cell; a door only translates.
 */
import { expect, test } from "vitest"
import type { ErrorCode } from "../../src/contract/errors.ts"
import { limits } from "../../src/contract/limits.ts"
import type { SignedOperation, SignedOutcome, SignedRequest } from "../../src/wire/signed-forms.ts"

/** What a call says beside its operation; left out: zero, or nothing. Who names a session need not count. */
export type Envelope = Partial<Omit<SignedRequest, "operation" | "stillOpen" | "forCache">>

export interface Api {
  call(operation: SignedOperation, envelope?: Envelope): Promise<SignedOutcome>
}

type Of<Kind extends SignedOperation["kind"]> = Extract<SignedOperation, { kind: Kind }>

/** `root`: a directory that is there, and that nobody else uses. */
export function describeApiContract(api: Api, root: string): void {
  const at = (name: string) => ({ kind: "path", path: `${root}/${name}` }) as const
  const write = (name: string, contents = "x", rest: Partial<Of<"setContents">> = {}): Of<"setContents"> => ({
    ...{ kind: "setContents", node: at(name), contents: Buffer.from(contents), ...rest },
  })
  const read = (name: string): Of<"getContentsAndStat"> => ({ kind: "getContentsAndStat", node: at(name) })
  const list = (name: string, rest: Partial<Of<"readDir">> = {}): Of<"readDir"> => ({
    ...{ kind: "readDir", node: at(name), afterName: "", pageSize: 100, recursive: false, ...rest },
  })
  const create = (name: string, rest: Partial<Of<"open">> = {}): Of<"open"> => ({
    ...{ kind: "open", path: `${root}/${name}`, mode: "write", create: "mustCreate", nodeKind: "file", acl: {} },
    ...{ ephemeral: false, sequential: false, contents: Buffer.alloc(0), ...rest },
  })
  const remove = (name: string): Of<"delete"> => ({ kind: "delete", node: at(name) })
  const tryLock = (name: string, rest: Partial<Of<"tryAcquire">> = {}): Of<"tryAcquire"> => ({
    ...{ kind: "tryAcquire", node: at(name), mode: "exclusive", lockDelayMs: 0, ...rest },
  })
  const lock = (name: string, waitMs: number): Of<"acquire"> => ({
    ...{ kind: "acquire", node: at(name), mode: "exclusive", lockDelayMs: 0, waitMs },
  })
  const release = (name: string): Of<"release"> => ({ kind: "release", node: at(name) })

  async function refusalOf(operation: SignedOperation, envelope?: Envelope): Promise<ErrorCode | "none"> {
    const outcome = await api.call(operation, envelope)
    return outcome.kind === "refused" ? outcome.code : "none"
  }

  let lastNonce = 0
  const newSession = (rest: Partial<Of<"createSession">> = {}): Of<"createSession"> => ({
    ...{ kind: "createSession", clientName: "contract", host: "here", processId: 7, sessionLeaseMs: 12_000 },
    ...{ nonce: `${root} ${(lastNonce += 1)}`, caching: false, ...rest },
  })

  async function openSession(): Promise<number> {
    const opened = await api.call(newSession())
    return opened.kind === "createSession" ? opened.sessionId : expect.unreachable(JSON.stringify(opened))
  }

  test("a session is created once, however often it is asked for under one nonce", async () => {
    const operation = newSession()
    const first = await api.call(operation)
    expect(first).toMatchObject({ kind: "createSession", sessionLeaseMs: 12_000 })
    expect(await api.call(operation)).toEqual(first)
  })

  test("a session that can't be is refused", async () => {
    expect(await refusalOf(newSession({ sessionLeaseMs: 1 }))).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(newSession({ nonce: "n".repeat(limits.nonceBytesMax + 1) }))).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(newSession({ clientName: "a\u0000b" }))).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(newSession(), { sessionId: await openSession() })).toBe("INVALID_ARGUMENT")
  })

  test("a session is listed while it lives, and remembered as ended", async () => {
    const sessionId = await openSession()
    const page = { kind: "listSessions", afterSessionId: sessionId - 1, pageSize: 1 } as const
    expect(await api.call(page)).toMatchObject({ sessions: [{ sessionId, clientName: "contract", processId: 7 }] })
    expect(await api.call({ kind: "closeSession" }, { sessionId })).toEqual({ kind: "closeSession" })
    expect(await api.call({ ...page, pageSize: 1_000 })).toMatchObject({
      ended: expect.arrayContaining([expect.objectContaining({ sessionId })]) as unknown,
    })
  })

  test("a session that is closed can do nothing any more", async () => {
    const sessionId = await openSession()
    await api.call({ kind: "closeSession" }, { sessionId })
    const seen = { epoch: 0, through: 0 }
    expect(await refusalOf({ kind: "keepAlive", seen }, { sessionId })).toBe("SESSION_EXPIRED")
    expect(await refusalOf(tryLock("closed"), { sessionId })).toBe("SESSION_EXPIRED")
    expect(await refusalOf(write("closed"), { sessionId })).toBe("SESSION_EXPIRED")
  })

  test("a KeepAlive extends the lease", async () => {
    const opened = await api.call(newSession({ sessionLeaseMs: 1_000 }))
    const sessionId = opened.kind === "createSession" ? opened.sessionId : 0
    const answer = await api.call({ kind: "keepAlive", seen: { epoch: 0, through: 0 } }, { sessionId })
    expect(answer).toMatchObject({ kind: "keepAlive", sessionLeaseMs: 1_000, notices: [] })
  })

  test("a file is written and read back, byte for byte", async () => {
    const contents = Buffer.from([0, 1, 128, 255, 10, 13])
    const written = await api.call({ ...write("bytes"), contents })
    expect(written).toMatchObject({ stat: { path: `${root}/bytes`, kind: "file", contentGeneration: 1, size: 6 } })
    const found = await api.call(read("bytes"))
    expect(found.kind === "getContentsAndStat" && Buffer.from(found.contents)).toEqual(contents)
    expect(await api.call(write("bytes"))).toMatchObject({ stat: { contentGeneration: 2 } })
  })

  test("a file is written only if it is missing, when that is asked for", async () => {
    expect(await refusalOf(write("once", "1", { ifContentGeneration: 0 }))).toBe("none")
    expect(await refusalOf(write("once", "2", { ifContentGeneration: 0 }))).toBe("GENERATION_MISMATCH")
  })

  test("a file holds so many bytes and no more", async () => {
    expect(await refusalOf(write("large", "x".repeat(limits.contentsBytesMax)))).toBe("none")
    expect(await refusalOf(write("large", "x".repeat(limits.contentsBytesMax + 1)))).toBe("CONTENTS_TOO_LARGE")
  })

  test("what is not there is not found, whatever is asked of it", async () => {
    for (const operation of [read("gone"), list("gone"), remove("gone"), write("gone/file"), create("gone/file")]) {
      expect([operation.kind, await refusalOf(operation)]).toEqual([operation.kind, "NODE_NOT_FOUND"])
    }
  })

  test.each(["..", ".", "a/../b", "a//b", "a/", "a\u0000b", "e\u0301", "p".repeat(256), "deep/".repeat(64) + "x"])(
    "%j is no name",
    async (name) => {
      for (const operation of [read(name), write(name), remove(name), list(name), create(name)]) {
        expect([operation.kind, await refusalOf(operation)]).toEqual([operation.kind, "INVALID_PATH"])
      }
    },
  )

  test.each(["a b", "100%", "%2e%2e", "q?x=1", "#1", "ä😀", "a;b=c&d+e", "...", "~", "back\\slash"])(
    "%j is a name like any other",
    async (name) => {
      expect(await api.call(write(name, name))).toMatchObject({ stat: { path: `${root}/${name}` } })
      const found = await api.call(read(name))
      expect(found.kind === "getContentsAndStat" && Buffer.from(found.contents).toString()).toBe(name)
    },
  )

  test("a directory is listed page by page, and deleted once it is empty", async () => {
    expect(await api.call(create("d", { nodeKind: "directory" }))).toMatchObject({ stat: { kind: "directory" } })
    for (const name of ["b", "a", "c"]) await api.call(write(`d/${name}`))
    expect(await api.call(list("d", { pageSize: 2 }))).toMatchObject({
      entries: [{ name: "a" }, { name: "b" }],
      more: true,
    })
    expect(await api.call(list("d", { pageSize: limits.readDirPageMax + 1 }))).toMatchObject({ more: false })
    expect(await api.call(list("d", { afterName: "b" }))).toMatchObject({ entries: [{ name: "c" }], more: false })
    expect(await refusalOf(remove("d"))).toBe("DIRECTORY_NOT_EMPTY")
    expect(await refusalOf(read("d"))).toBe("NOT_A_FILE")
    expect(await refusalOf(list("d/a"))).toBe("NOT_A_DIRECTORY")
    for (const name of ["d/a", "d/b", "d/c", "d"]) expect(await refusalOf(remove(name))).toBe("none")
  })

  test("what is created is new", async () => {
    const directory = create("new", { nodeKind: "directory" })
    expect(await api.call(directory)).toMatchObject({ stat: { path: `${root}/new`, ephemeral: false } })
    expect(await refusalOf(directory)).toBe("NODE_EXISTS")
    expect(await api.call(create("job-", { sequential: true }))).toMatchObject({
      stat: { path: `${root}/job-0000000001` },
    })
  })

  test("what is ephemeral needs a session, and goes with it", async () => {
    expect(await refusalOf(create("brief", { ephemeral: true }))).toBe("INVALID_ARGUMENT")
    const sessionId = await openSession()
    expect(await api.call(create("brief", { ephemeral: true }), { sessionId })).toMatchObject({
      stat: { ephemeral: true },
    })
    await api.call({ kind: "closeSession" }, { sessionId })
    expect(await refusalOf(read("brief"))).toBe("NODE_NOT_FOUND")
  })

  test("a lock is held by one session until it releases it", async () => {
    const [first, second] = [await openSession(), await openSession()]
    const granted = await api.call(tryLock("lock"), { sessionId: first })
    expect(granted).toMatchObject({ kind: "tryAcquire", acquired: true, lockGeneration: 1 })
    expect(await api.call(tryLock("lock"), { sessionId: second })).toMatchObject({
      ...{ kind: "tryAcquire", acquired: false, waiterCount: 0 },
      holders: [{ sessionId: first, clientName: "contract", mode: "exclusive" }],
    })
    expect(await api.call({ kind: "getLock", node: at("lock") })).toMatchObject({
      ...{ lockGeneration: 1, holders: [{ sessionId: first }], waiters: [] },
    })
    expect(await api.call(release("lock"), { sessionId: second })).toMatchObject({ released: false })
    expect(await api.call(release("lock"), { sessionId: first })).toMatchObject({ released: true })
    expect(await api.call(tryLock("lock"), { sessionId: second })).toMatchObject({ acquired: true, lockGeneration: 2 })
  })

  test("who waits for a lock gets it when it is free, or is told that the time is up", async () => {
    const [first, second] = [await openSession(), await openSession()]
    await api.call(tryLock("queue"), { sessionId: first })
    expect(await refusalOf(lock("queue", 20), { sessionId: second })).toBe("DEADLINE_EXCEEDED")
    const waiting = api.call(lock("queue", 10_000), { sessionId: second })
    await expect
      .poll(() => api.call({ kind: "getLock", node: at("queue") }))
      .toMatchObject({ waiters: [{ sessionId: second }] })
    await api.call(release("queue"), { sessionId: first })
    expect(await waiting).toMatchObject({ kind: "acquire", lockGeneration: 2 })
  })

  test("locks are for sessions, and within limits", async () => {
    expect(await refusalOf(tryLock("nobody"))).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(lock("nobody", 1_000))).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(release("nobody"))).toBe("INVALID_ARGUMENT")
    const sessionId = await openSession()
    const lockDelayMs = limits.lockDelayMsMax + 1
    expect(await refusalOf(tryLock("nobody", { lockDelayMs }), { sessionId })).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(lock("nobody", limits.waitMsMax + 1), { sessionId })).toBe("INVALID_ARGUMENT")
    expect(await refusalOf({ kind: "getLock", node: at("nobody") })).toBe("NODE_NOT_FOUND")
  })

  test("a sequencer is good while its lock is held, and a write under it is refused afterwards", async () => {
    const sessionId = await openSession()
    const getSequencer = { kind: "getSequencer", node: at("fence") } as const
    await api.call(write("fence"))
    expect(await refusalOf(getSequencer, { sessionId })).toBe("LOCK_NOT_HELD")
    await api.call(tryLock("fence"), { sessionId })
    const told = await api.call(getSequencer, { sessionId })
    const sequencer = told.kind === "getSequencer" ? told.sequencer : expect.unreachable(JSON.stringify(told))
    expect(await api.call({ kind: "checkSequencer", sequencer })).toMatchObject({ valid: true, reason: "" })
    expect(await refusalOf(write("fenced"), { underSequencer: sequencer })).toBe("none")
    await api.call(release("fence"), { sessionId })
    expect(await api.call({ kind: "checkSequencer", sequencer })).toMatchObject({ valid: false })
    expect(await refusalOf(write("fenced"), { underSequencer: sequencer })).toBe("SEQUENCER_STALE")
    expect(await refusalOf(remove("fenced"), { underSequencer: sequencer })).toBe("SEQUENCER_STALE")
    expect(await refusalOf(write("fenced"), { underSequencer: `${sequencer.slice(0, -4)}AAAA` })).toBe(
      "SEQUENCER_MALFORMED",
    )
  })

  test("a transaction does one list or the other, or nothing", async () => {
    const isThere = { kind: "exists", path: `${root}/switch`, exists: true } as const
    const toggle = {
      kind: "transact",
      guards: [isThere],
      then: [remove("switch")],
      otherwise: [write("switch")],
    } as const
    expect(await api.call(toggle)).toMatchObject({ guardsHeld: false, answers: [{ kind: "setContents" }] })
    expect(await api.call(toggle)).toMatchObject({ guardsHeld: true, answers: [{ kind: "delete" }] })
    const steps = [write("half"), create("made", { ephemeral: false }), { kind: "getStat", node: at("gone") } as const]
    expect(await refusalOf({ kind: "transact", guards: [], then: steps, otherwise: [] })).toBe("NODE_NOT_FOUND")
    expect(await refusalOf(read("half"))).toBe("NODE_NOT_FOUND")
    const tooMany = Array.from({ length: limits.transactionStepsMax + 1 }, () => remove("gone"))
    expect(await refusalOf({ kind: "transact", guards: [], then: tooMany, otherwise: [] })).toBe("INVALID_ARGUMENT")
    const malformed = { kind: "lockHeld", sequencer: "a.b.c" } as const
    expect(await refusalOf({ ...toggle, guards: [malformed] })).toBe("SEQUENCER_MALFORMED")
  })

  test("what is no sequencer is no condition", async () => {
    expect(await refusalOf(write("fenced"), { underSequencer: "a.b.c" })).toBe("SEQUENCER_MALFORMED")
    expect(await refusalOf({ kind: "checkSequencer", sequencer: "a.b.c" })).toBe("SEQUENCER_MALFORMED")
  })

  test("a call that comes twice under one number is done once, and forgotten when it has been acknowledged", async () => {
    const sessionId = await openSession()
    const once = { sessionId, requestNumber: 1 }
    const created = await api.call(create("row-", { sequential: true }), once)
    expect(await api.call(create("row-", { sequential: true }), once)).toEqual(created)
    expect(await refusalOf(write("row"), once)).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(write("row"), { sessionId, requestNumber: 2, answeredThrough: 1 })).toBe("none")
    expect(await refusalOf(create("row-", { sequential: true }), once)).toBe("REQUEST_FORGOTTEN")
  })

  test("numbers that can't be are refused", async () => {
    const sessionId = await openSession()
    expect(await refusalOf(write("n"), { requestNumber: 1 })).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(write("n"), { sessionId, requestNumber: 1, answeredThrough: 1 })).toBe("INVALID_ARGUMENT")
    expect(await refusalOf(write("n"), { epoch: 1_000_000 })).toBe("EPOCH_STALE")
  })
}
