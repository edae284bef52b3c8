import fc from "fast-check"
import { expect, test } from "vitest"
import type { AclChange } from "../../../src/contract/acl.ts"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { HandleMode, NodeRef, Outcome } from "../../../src/contract/requests.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import type { Applied } from "../../../src/state-machine/state-machine.ts"
import { CellUnderTest, type SessionUnderTest, answered, at, by, bytesOf } from "./cell-under-test.ts"
import { acquireOf, listOf, openOf, tryAcquireOf } from "./cell-under-test.ts"
import { NaiveCell, type NaiveHandle, type Target } from "./naive-cell.ts"

type Choice<T> = fc.Arbitrary<T>

/** What somebody does. Handles and earlier calls are named by their place among those there are, counted in a circle. */
type Step =
  | {
      readonly kind: "open"
      readonly path: string
      readonly mode: HandleMode
      readonly rule: "mustExist" | "mayCreate" | "mustCreate"
      readonly nodeKind: "file" | "directory"
      readonly ephemeral: boolean
      readonly sequential: boolean
      readonly acl: AclChange
    }
  | { readonly kind: "close"; readonly handle: number }
  | {
      readonly kind: "set"
      readonly target: number | string
      readonly contents: string
      readonly expected: number | undefined
    }
  | {
      readonly kind: "setAcl"
      readonly target: number | string
      readonly acl: AclChange
      readonly expected: number | undefined
    }
  | { readonly kind: "delete"; readonly target: number | string }
  | {
      readonly kind: "acquire" | "tryAcquire"
      readonly target: number | string
      readonly mode: LockMode
      readonly lockDelayMs: number
      readonly waitMs: number
    }
  /** A lock-delay is over, by the word of this master, or of one before. */
  | { readonly kind: "endDelay"; readonly path: string; readonly timely: boolean }
  | { readonly kind: "endWait"; readonly request: number; readonly timely: boolean }
  | { readonly kind: "cancel"; readonly call: number }
  | { readonly kind: "release"; readonly target: number | string }
  | { readonly kind: "repeat"; readonly call: number }
  | { readonly kind: "leave"; readonly lost: boolean }
  | { readonly kind: "restart" }

/** What is a call of a session. */
type Call = Exclude<Step, { kind: "restart" | "leave" | "repeat" | "endDelay" | "endWait" }>

/** Of the three sessions; the last one is the administrators'. */
const principals = ["alice", "bob", "root"]

const path = fc.constantFrom("a", "a", "a", "d", "d/x", "d/e", "d/e/y", "d/x0000000001", "acl/team")
const target: Choice<number | string> = fc.oneof(path, fc.nat(9))
const mode = fc.constantFrom("exclusive" as const, "shared" as const)
const lockDelayMs = fc.constantFrom(0, 5, 9)
const listName = fc.constantFrom("anyone", "anyone", "team", "nobody")
const aclChange: Choice<AclChange> = fc.record(
  { read: listName, write: listName, changeAcl: listName },
  { requiredKeys: [] },
)
const expected = fc.option(fc.nat(3), { nil: undefined })
const is = <K extends string>(kind: K): Choice<K> => fc.constant(kind)
const step: Choice<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: is("open"),
      path,
      mode: fc.constantFrom("read" as const, "write" as const, "write" as const, "changeAcl" as const),
      rule: fc.constantFrom("mustExist" as const, "mayCreate" as const, "mustCreate" as const),
      nodeKind: fc.constantFrom("file" as const, "directory" as const),
      ephemeral: fc.boolean(),
      sequential: fc.nat(5).map((one) => one === 0),
      acl: fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, aclChange),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: is("close"), handle: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is("set"),
      target,
      contents: fc.constantFrom("", "x", "alice", "bob", "alice\nbob"),
      expected,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: is("setAcl"), target, acl: aclChange, expected }) },
  { weight: 2, arbitrary: fc.record({ kind: is("delete"), target }) },
  { weight: 6, arbitrary: fc.record({ kind: is("acquire"), target, mode, lockDelayMs, waitMs: fc.constant(7) }) },
  { weight: 2, arbitrary: fc.record({ kind: is("tryAcquire"), target, mode, lockDelayMs, waitMs: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: is("endDelay"), path, timely: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: is("endWait"), request: fc.nat(20), timely: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: is("cancel"), call: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ kind: is("release"), target }) },
  { weight: 2, arbitrary: fc.record({ kind: is("repeat"), call: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: is("leave"), lost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: is("restart") }) },
)

class Comparison {
  readonly cell = new CellUnderTest()
  readonly naive = new NaiveCell()
  readonly #sessions: SessionUnderTest[] = []
  readonly #handles: { readonly text: string; readonly naive: NaiveHandle }[] = []
  readonly #calls: { readonly command: Command; answer: Outcome | undefined }[] = []

  constructor() {
    for (const who of principals.keys()) this.#newSession(who)
  }

  #newSession(who: number): void {
    const session = this.cell.session(principals[who], principals[who])
    this.naive.principals.set(session.sessionId, session.principal)
    this.#sessions[who] = session
  }

  /** Does one step in both cells and compares what can be seen. */
  take(who: number, step: Step): void {
    this.naive.settled = []
    this.naive.slot = this.cell.machine.appliedThrough + 1
    const session = this.#sessions[who] as SessionUnderTest
    if (step.kind === "restart") this.cell.restart()
    else if (step.kind === "leave") this.#leave(who, session, step.lost)
    else if (step.kind === "endDelay") this.#endDelay(step)
    else if (step.kind === "endWait") this.#endWait(session, step)
    else if (step.kind === "repeat") this.#repeat(step.call)
    else this.#call(session, step)
    expect(this.#describe()).toEqual(this.naive.describe().sort())
    expect(this.#listing(session.principal)).toEqual(this.naive.listing(session.principal))
  }

  #leave(who: number, session: SessionUnderTest, lost: boolean): void {
    const applied = lost ? this.cell.expire(session) : this.cell.apply(session.next({ kind: "closeSession" }))
    this.naive.end(session.sessionId, lost)
    this.#compareSettled(applied)
    this.#newSession(who)
  }

  #endDelay({ path, timely }: Extract<Step, { kind: "endDelay" }>): void {
    const { machine } = this.cell
    const found = this.cell.read({ kind: "getStat", node: at(path) }, "root")
    const instance = found.kind === "getStat" ? found.stat.instance : 0
    const delay = [...machine.lockDelays()].find((one) => one.instance === instance)
    if (delay === undefined) return
    const { since } = delay
    // Of two words that come too late, one is from a master before, one about a delay before.
    const late = since % 2 === 0 ? { epoch: machine.epoch + 1, since } : { epoch: machine.epoch, since: since - 1 }
    const words = timely ? { epoch: machine.epoch, since } : late
    const applied = this.cell.apply({ kind: "endLockDelay", instance, ...words })
    if (timely) this.naive.endDelay(path)
    this.#compareSettled(applied)
  }

  #endWait({ sessionId, requestNumber: last }: SessionUnderTest, step: Extract<Step, { kind: "endWait" }>): void {
    const requestNumber = 1 + (step.request % Math.max(1, last))
    const epoch = this.cell.machine.epoch + (step.timely ? 0 : 1)
    const applied = this.cell.apply({ kind: "endWait", sessionId, requestNumber, epoch })
    if (step.timely) this.naive.cancel(sessionId, requestNumber, "DEADLINE_EXCEEDED")
    this.#compareSettled(applied)
  }

  /** A call that comes again is answered as before, and changes nothing. */
  #repeat(place: number): void {
    const call = this.#calls[place % Math.max(1, this.#calls.length)]
    if (call?.command.kind !== "call") return
    const isAlive = this.cell.machine.session(call.command.sessionId) !== undefined
    const { outcomes, settled } = this.cell.apply(call.command)
    if (isAlive) expect(outcomes).toEqual([call.answer])
    else expect(outcomes).toMatchObject([{ code: "SESSION_EXPIRED" }])
    expect(settled).toEqual([])
  }

  #call(session: SessionUnderTest, step: Call): void {
    const made = this.#translate(session, step)
    if (made === undefined) return
    const command = session.next(made.operation)
    const applied = this.cell.apply(command)
    const answer = applied.outcomes[0]
    const expected = made.naive(session.requestNumber)
    expect(summaryOf(answer), JSON.stringify(step)).toBe(expected)
    this.#calls.push({ command, answer })
    this.#compareSettled(applied)
    this.#noteHandle(session, answer)
  }

  #translate(
    session: SessionUnderTest,
    step: Call,
  ): { readonly operation: MutatingOperation; readonly naive: (request: number) => string } | undefined {
    const { naive } = this
    const { sessionId } = session
    if (step.kind === "open") {
      const { rule, nodeKind, path, ...same } = step
      const operation = openOf(path, { ...same, kind: "open", create: rule, nodeKind })
      const wanted = { ...same, path, rule, kind: nodeKind }
      return { operation, naive: (request) => naive.open(sessionId, request, wanted) }
    }
    if (step.kind === "cancel") {
      if (session.requestNumber === 0) return undefined
      const requestNumber = 1 + (step.call % session.requestNumber)
      return {
        operation: { kind: "cancelAcquire", requestNumber },
        naive: () => naive.cancel(sessionId, requestNumber),
      }
    }
    const meant = this.#target(step.kind === "close" ? step.handle : step.target)
    if (meant === undefined) return undefined
    const { node, target } = meant
    switch (step.kind) {
      case "close":
        if (typeof target === "string" || node.kind === "path") return undefined
        return { operation: { kind: "close", handle: node.handle }, naive: () => naive.close(sessionId, target) }
      case "set": {
        const { contents, expected } = step
        const operation = {
          kind: "setContents",
          node,
          contents: bytesOf(contents),
          ifContentGeneration: expected,
        } as const
        return { operation, naive: () => naive.set(sessionId, target, contents, expected) }
      }
      case "setAcl": {
        const { acl, expected } = step
        const operation = { kind: "setAcl", node, acl, ifAclGeneration: expected } as const
        return { operation, naive: () => naive.setAcl(sessionId, target, acl, expected) }
      }
      case "delete":
        return { operation: { kind: "delete", node }, naive: () => naive.remove(sessionId, target) }
      case "release":
        return { operation: { kind: "release", node }, naive: () => naive.release(sessionId, target) }
      case "acquire":
      case "tryAcquire": {
        const { mode, lockDelayMs, waitMs } = step
        const waits = step.kind === "acquire"
        const claim = { mode, waits, lockDelayMs, waitMs }
        return {
          operation: waits ? acquireOf(node, mode, { lockDelayMs, waitMs }) : tryAcquireOf(node, mode, lockDelayMs),
          naive: (request) => naive.acquire(sessionId, request, target, claim),
        }
      }
    }
  }

  #target(choice: number | string): { readonly node: NodeRef; readonly target: Target } | undefined {
    if (typeof choice === "string") return { node: at(choice), target: choice }
    const handle = this.#handles[choice % Math.max(1, this.#handles.length)]
    return handle && { node: by(handle.text), target: handle.naive }
  }

  #noteHandle({ sessionId }: SessionUnderTest, answer: Outcome | undefined): void {
    if (answer?.kind !== "open" && answer?.kind !== "acquire") return
    const node = this.naive.nodes.get(answer.stat.path.slice("/ls/test/".length))
    const [, , mode, , handleId] = answer.handle.split(".")
    if (node === undefined) throw new Error(`the naive cell has no ${answer.stat.path}`)
    const naive: NaiveHandle = {
      node,
      mode: mode === "r" ? "read" : mode === "w" ? "write" : "changeAcl",
      by: `${sessionId}:${handleId}`,
      sessionId,
    }
    this.#handles.push({ text: answer.handle, naive })
  }

  #compareSettled({ settled }: Applied): void {
    const told = settled.map(({ sessionId, requestNumber, outcome }) => {
      for (const call of this.#calls) {
        const { command } = call
        if (command.kind !== "call" || command.sessionId !== sessionId) continue
        if (command.requestNumber === requestNumber) call.answer = outcome
      }
      return `${sessionId}:${requestNumber} ${summaryOf(outcome)}`
    })
    expect(told.sort()).toEqual(this.naive.settled.sort())
  }

  #describe(): string[] {
    const paths = new Set([...this.naive.nodes.keys(), ...this.#listing("root")])
    return [...paths].map((path) => this.#describeNode(path)).sort()
  }

  /** Page by page, each from behind the last of the page before. */
  #listing(principal: string): string[] {
    const listed: string[] = []
    let more = true
    while (more) {
      const operation = listOf("", { recursive: true, afterName: listed.at(-1) ?? "", pageSize: 4 })
      const page = answered(this.cell.read(operation, principal), "readDir")
      listed.push(...page.entries.map(({ name }) => name))
      more = page.more
    }
    return listed
  }

  #describeNode(path: string): string {
    const node = at(path)
    const found = this.cell.read({ kind: "getStat", node }, "root")
    if (found.kind !== "getStat") return `${path} is missing`
    const { kind, ephemeral, acl, contentGeneration, aclGeneration, lockGeneration, commitIndex } = found.stat
    const read = this.cell.read({ kind: "getContentsAndStat", node }, "root")
    const contents =
      read.kind === "refused" ? "" : new TextDecoder().decode(answered(read, "getContentsAndStat").contents)
    const lock = answered(this.cell.read({ kind: "getLock", node }, "root"), "getLock")
    const parties = (some: typeof lock.holders): string =>
      some.map(({ sessionId, mode }) => `${sessionId}${mode}`).join()
    const delayMs = lock.delay?.lockDelayMs ?? 0
    const names = [acl.read, acl.write, acl.changeAcl]
    const counts = [contentGeneration, aclGeneration, lockGeneration, commitIndex, found.stat.childCount]
    const facts = [path, kind, ephemeral, contents, ...names, ...counts, delayMs]
    return [...facts, `[${parties(lock.holders)}]`, `[${parties(lock.waiters)}]`].join(" ")
  }
}

function summaryOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "waits"
  switch (outcome.kind) {
    case "refused":
      return outcome.code
    case "open":
      return `${outcome.created ? "created" : "opened"} ${outcome.stat.path.slice("/ls/test/".length)}`
    case "close":
      return "closed"
    case "setContents":
      return `set ${outcome.stat.contentGeneration}`
    case "setAcl":
      return `acl ${outcome.stat.aclGeneration}`
    case "delete":
      return "deleted"
    case "acquire":
      return `acquired ${outcome.lockGeneration}`
    case "tryAcquire":
      return outcome.acquired ? `acquired ${outcome.lockGeneration}` : "taken"
    case "cancelAcquire":
      return outcome.cancelled ? "cancelled" : "not cancelled"
    case "release":
      return outcome.released ? "released" : "not released"
    default:
      return outcome.kind
  }
}

test("the state machine does what the naive cell does, whoever does what", () => {
  const steps = fc.array(fc.tuple(fc.nat(2), step), { maxLength: 60, size: "max" })
  fc.assert(
    fc.property(steps, (history) => {
      const comparison = new Comparison()
      for (const [who, one] of history) comparison.take(who, one)
      comparison.cell.checkStore()
    }),
    { numRuns: 120 },
  )
})
