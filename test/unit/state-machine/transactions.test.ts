import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { Outcome, TransactionStep } from "../../../src/contract/requests.ts"
import type { Caller } from "../../../src/state-machine/caller.ts"
import { Changes } from "../../../src/state-machine/changes.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { allEntries } from "../../../src/state-machine/entry-ledger.ts"
import { carryOut } from "../../../src/state-machine/operations.ts"
import { read } from "../../../src/state-machine/reads.ts"
import { restoreState } from "../../../src/state-machine/restore.ts"
import type { State } from "../../../src/state-machine/state.ts"
import { transact } from "../../../src/state-machine/transactions.ts"
import { CellUnderTest, acquireOf, answered, at, bytesOf, cellName, codeOf, openOf } from "./cell-under-test.ts"
import { nodeCall, transaction } from "./node-steps.ts"

type Transaction = Extract<MutatingOperation, { kind: "transact" }>

function transactionOf(then: readonly TransactionStep[], rest: Partial<Transaction> = {}): Transaction {
  return { kind: "transact", guards: [], then, otherwise: [], ...rest }
}

function set(path: string, contents: string): TransactionStep {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents) }
}

test("a transaction may answer more waiting calls than a function takes arguments", () => {
  const slot = new Changes()
  const steps = new Changes()
  const outcome = refuse("NODE_NOT_FOUND", "It was deleted.")
  for (let requestNumber = 1; requestNumber <= 500_000; requestNumber += 1) {
    steps.settled.push({ sessionId: 1, requestNumber, outcome })
  }
  slot.addSteps(steps)
  expect(slot.settled).toHaveLength(500_000)
})

describe("a transaction", () => {
  test("does all its steps in one slot, each seeing those before it, and answers each", () => {
    const session = new CellUnderTest().session()
    const outcome = session.call(
      transactionOf([
        openOf("d", { nodeKind: "directory" }),
        openOf("d/job-", { sequential: true, contents: bytesOf("one") }),
        openOf("d/job-", { sequential: true }),
        { kind: "getContentsAndStat", node: at("d/job-0000000001") },
        { kind: "delete", node: at("d/job-0000000001") },
        { kind: "getStat", node: at("d") },
      ]),
    )
    const { guardsHeld, answers } = answered(outcome, "transact")
    expect(guardsHeld).toBe(true)
    expect(answers).toMatchObject([
      { kind: "open", created: true },
      { kind: "open", created: true, stat: { path: "/ls/test/d/job-0000000001" } },
      { kind: "open", created: true, stat: { path: "/ls/test/d/job-0000000002" } },
      { kind: "getContentsAndStat", contents: bytesOf("one") },
      { kind: "delete" },
      { kind: "getStat", stat: { childCount: 1, commitIndex: session.cell.machine.appliedThrough } },
    ])
    session.cell.checkStore()
  })

  test("of which a step is refused does nothing, stores nothing, tells nothing, and says which step it was", () => {
    const cell = new CellUnderTest()
    cell.outside(set("a", "before") as MutatingOperation)
    cell.store()
    const applied = cell.apply({
      kind: "call",
      sessionId: 0,
      requestNumber: 0,
      answeredThrough: 0,
      stillOpen: [],
      principal: "bob",
      underSequencer: undefined,
      operation: transactionOf([set("a", "after"), { kind: "delete", node: at("a") }, set("missing/a", "x")]),
    })
    expect(applied.outcomes).toMatchObject([
      { code: "NODE_NOT_FOUND", detail: expect.stringMatching(/^Step 3 of then: .*missing does not exist/) as string },
    ])
    expect(applied.changes).toEqual([])
    expect(cell.store()).toEqual(["meta"])
    expect(cell.contentsOf("a")).toBe("before")
    cell.checkStore()
  })

  test("whose guards don't hold does the other list, and says so", () => {
    const cell = new CellUnderTest()
    const exists = { kind: "exists", path: "/ls/local/a", exists: true } as const
    const operation = transactionOf([set("a", "then")], { guards: [exists], otherwise: [set("a", "otherwise")] })
    expect(answered(cell.outside(operation), "transact").guardsHeld).toBe(false)
    expect(cell.contentsOf("a")).toBe("otherwise")
    expect(answered(cell.outside(operation), "transact").guardsHeld).toBe(true)
    expect(cell.contentsOf("a")).toBe("then")
  })

  test("that comes again is answered as before, and done once", () => {
    const session = new CellUnderTest().session()
    const command = session.next(transactionOf([openOf("job-", { sequential: true })]))
    const first = session.cell.apply(command).outcomes
    session.cell.restart()
    expect(session.cell.apply(command).outcomes).toEqual(first)
    expect(codeOf(session.read({ kind: "getStat", node: at("job-0000000002") }))).toBe("NODE_NOT_FOUND")
  })

  test("that is taken back leaves those waiting who waited for what it deleted", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    alice.call(acquireOf(at("a")))
    bob.call(acquireOf(at("a")))
    const refused = alice.call(transactionOf([{ kind: "delete", node: at("a") }, set("missing/a", "x")]))
    expect(codeOf(refused)).toBe("NODE_NOT_FOUND")
    expect(cell.machine.recall(bob.sessionId, bob.requestNumber)).toBe("waiting")
    cell.checkStore()
    expect(cell.lockOf("a")).toEqual({ generation: 1, holders: [alice.sessionId], waiters: [bob.sessionId] })
    expect(alice.call({ kind: "release", node: at("a") })).toMatchObject({ released: true })
    expect(cell.lockOf("a").holders).toEqual([bob.sessionId])
    cell.checkStore()
  })

  test("that deletes the last file of an ephemeral directory finds the directory kept by its lock-delay", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    const handle = alice.open("d", { nodeKind: "directory", ephemeral: true })
    alice.open("d/a")
    bob.call(acquireOf(at("d"), "exclusive", { lockDelayMs: 9 }))
    cell.expire(bob)
    alice.call({ kind: "close", handle })
    const delays = [...cell.machine.lockDelays()]
    expect(delays).toHaveLength(1)
    answered(alice.call(transactionOf([{ kind: "delete", node: at("d/a") }, set("d/b", "x")])), "transact")
    expect([...cell.machine.lockDelays()]).toEqual(delays)
    cell.checkStore()
  })

  test("makes nothing ephemeral outside of a session", () => {
    const cell = new CellUnderTest()
    expect(codeOf(cell.outside(transactionOf([openOf("a", { ephemeral: true })])))).toBe("INVALID_ARGUMENT")
  })

  test("that opens an ephemeral node twice keeps it alive by one handle, closed once", () => {
    const session = new CellUnderTest().session()
    const both = answered(
      session.call(transactionOf([openOf("a", { ephemeral: true }), openOf("a", { ephemeral: true })])),
      "transact",
    )
    const [first, second] = both.answers.map((answer) => (answer.kind === "open" ? answer.handle : ""))
    expect(second).toBe(first)
    session.call({ kind: "close", handle: first ?? "" })
    expect(codeOf(session.read({ kind: "getStat", node: at("a") }))).toBe("NODE_NOT_FOUND")
    session.cell.checkStore()
  })

  test("that would read too much to be remembered is refused", () => {
    const cell = new CellUnderTest()
    const contents = new Uint8Array(limits.contentsBytesMax)
    cell.outside({ kind: "setContents", node: at("a"), contents })
    const fits = Math.floor(limits.transactionBytesMax / limits.contentsBytesMax)
    const reading = Array.from({ length: fits + 1 }, () => ({ kind: "getContentsAndStat", node: at("a") }) as const)
    answered(cell.outside(transactionOf(reading.slice(1))), "transact")
    expect(codeOf(cell.outside(transactionOf(reading)))).toBe("CONTENTS_TOO_LARGE")
  })
})

describe("a guard", () => {
  test("asks for a counter, for a checksum, for the epoch: as they are", () => {
    const cell = new CellUnderTest()
    const { stat } = answered(cell.outside(set("a", "x") as MutatingOperation), "setContents")
    const path = "/ls/local/a"
    const held = (guard: Transaction["guards"][number]): boolean =>
      answered(cell.outside(transactionOf([], { guards: [guard] })), "transact").guardsHeld
    expect(held({ kind: "counter", path, counter: "instance", equals: stat.instance })).toBe(true)
    expect(held({ kind: "counter", path, counter: "instance", equals: stat.instance + 1 })).toBe(false)
    expect(held({ kind: "counter", path, counter: "content", equals: 1 })).toBe(true)
    expect(held({ kind: "counter", path, counter: "lock", equals: 0 })).toBe(true)
    expect(held({ kind: "counter", path, counter: "acl", equals: 2 })).toBe(false)
    expect(held({ kind: "checksum", path, equals: stat.checksum })).toBe(true)
    expect(held({ kind: "checksum", path, equals: "0" })).toBe(false)
    expect(held({ kind: "epoch", equals: 0 })).toBe(true)
    expect(held({ kind: "epoch", equals: 1 })).toBe(false)
    const missing = "/ls/local/b/c"
    expect(held({ kind: "counter", path: missing, counter: "instance", equals: 0 })).toBe(false)
    expect(held({ kind: "checksum", path: missing, equals: "" })).toBe(false)
    expect(held({ kind: "exists", path: missing, exists: false })).toBe(true)
  })

  test("asks whether a lock is still held as a sequencer says", () => {
    const session = new CellUnderTest().session()
    session.call(acquireOf(at("a")))
    const { claims } = answered(session.read({ kind: "getSequencer", node: at("a") }), "getSequencer")
    const operation = transactionOf([set("b", "by the holder")], { guards: [{ kind: "lockHeld", claims }] })
    expect(answered(session.call(operation), "transact").guardsHeld).toBe(true)
    session.call({ kind: "release", node: at("a") })
    expect(answered(session.call(operation), "transact").guardsHeld).toBe(false)
  })

  test("about what the caller may not read is refused, whatever the others say", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("a", { acl: { read: "administrators" } }), "root")
    const never = { kind: "epoch", equals: 99 } as const
    const secret = { kind: "exists", path: "/ls/local/a", exists: true } as const
    const refused = cell.outside(transactionOf([], { guards: [never, secret] }))
    expect(codeOf(refused)).toBe("PERMISSION_DENIED")
    expect(refused).toMatchObject({ detail: expect.stringMatching(/^Guard 2: /) as string })
  })
})

function inOrder(left: number, right: number): number {
  return left - right
}

/** What follows from the entries and is kept beside them. */
function derivedFrom(state: State): unknown {
  const { namespace, sessions } = state
  return {
    usage: namespace.all().map((node) => [node.instance, namespace.usage.of(node)]),
    children: namespace.all().map((node) => (node.kind === "file" ? [] : [...node.children.keys()].sort())),
    delayed: [...state.delayed].map(({ instance }) => instance).sort(inOrder),
    engagements: [...sessions.all()].map(({ engagements, engagementCount }) => [
      engagementCount,
      [...engagements].map(([{ instance }, count]) => `${instance}: ${count}`).sort(),
    ]),
    awaited: [...sessions.all()].map(({ results }) => [...results.values()].map(({ awaited }) => awaited?.instance)),
  }
}

/** Takes the steps as calls of their own, in a copy of the state that is thrown away if one is refused. */
function naiveTransaction(
  entries: readonly { readonly key: string; readonly payload: Uint8Array }[],
  callerIn: (state: State) => Caller,
  { guards, then, otherwise }: Transaction,
): { state: State; readonly refused: string | undefined; readonly answers: readonly Outcome[] } {
  const state = restoreState(cellName, entries)
  const caller = callerIn(state)
  const ask = { sessionId: 0, requestNumber: 0, principal: "root", underSequencer: undefined }
  const held = guards.every((guard) => {
    if (guard.kind !== "exists") throw new Error("the naive cell knows one kind of guard")
    const found = read(state, ask, { kind: "getStat", node: { kind: "path", path: guard.path } })
    return (found.kind === "getStat") === guard.exists
  })
  const answers: Outcome[] = []
  for (const step of held ? then : otherwise) {
    const isRead = step.kind === "getStat" || step.kind === "getContentsAndStat"
    const { sessionId = 0, principal } = { ...caller.session, principal: caller.principal }
    const outcome = isRead
      ? read(state, { ...ask, sessionId, principal }, step)
      : (carryOut(state, caller, step) as Outcome)
    if (outcome.kind === "refused") {
      return { state: restoreState(cellName, entries), refused: outcome.code, answers: [] }
    }
    answers.push(outcome)
  }
  return { state, refused: undefined, answers }
}

test("a transaction does what its steps do one by one in a copy of the state, or nothing", () => {
  const who = fc.nat(2)
  const history = fc.array(fc.tuple(who, nodeCall), { maxLength: 25 })
  let refusedCount = 0
  let doneCount = 0
  fc.assert(
    fc.property(
      history,
      who,
      transaction,
      fc.array(fc.tuple(who, nodeCall), { maxLength: 5 }),
      (past, actor, operation, future) => {
        const cell = new CellUnderTest()
        const sessions = ["alice", "bob", "root"].map((name) => cell.session(name, name))
        for (const [by, call] of past) sessions[by]?.call(call)
        const entries = [...cell.machine.entries()]
        const callerIn = (state: State, by = actor, requestNumber = 1000): Caller => {
          const session = state.sessions.get(sessions[by]?.sessionId ?? 0)
          return { session, requestNumber, principal: session?.principal ?? "" }
        }
        const state = restoreState(cellName, entries)
        const outcome = transact(state, callerIn(state), operation)
        const naive = naiveTransaction(entries, callerIn, operation)
        if (outcome.kind === "transact") {
          doneCount += outcome.answers.length > 1 ? 1 : 0
          expect(outcome.answers).toEqual(naive.answers)
        } else {
          refusedCount += 1
          // A guard about what may not be read is refused, and the naive cell reads everything.
          if (outcome.kind === "refused" && !outcome.detail.startsWith("Guard"))
            expect(codeOf(outcome)).toBe(naive.refused)
          naive.state = restoreState(cellName, entries)
        }
        const compare = (): void => {
          expect([...allEntries(state)]).toEqual([...allEntries(naive.state)])
          expect(derivedFrom(state)).toEqual(derivedFrom(naive.state))
          expect(state.changes.nodeChanges).toEqual(naive.state.changes.nodeChanges)
          expect(state.changes.settled).toEqual(naive.state.changes.settled)
          const touched = (one: State): number[] => [...one.changes.nodes].map(({ instance }) => instance).sort(inOrder)
          expect(touched(state)).toEqual(touched(naive.state))
        }
        compare()
        for (const [index, [by, call]] of future.entries()) {
          const [one, other] = [state, naive.state].map((each) =>
            carryOut(each, callerIn(each, by, 2000 + index), call),
          )
          expect(one?.kind).toEqual(other?.kind)
          compare()
        }
      },
    ),
    { numRuns: 250 },
  )
  expect(refusedCount).toBeGreaterThan(50)
  expect(doneCount).toBeGreaterThan(50)
})
