import fc from "fast-check"
import { expect, test } from "vitest"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { HandleMode, NodeRef, Outcome } from "../../../src/contract/requests.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import type { Applied } from "../../../src/state-machine/state-machine.ts"
import { CellUnderTest, type SessionUnderTest, answered, at, by, bytesOf, openOf } from "./cell-under-test.ts"
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
    }
  | { readonly kind: "close"; readonly handle: number }
  | {
      readonly kind: "set"
      readonly target: number | string
      readonly contents: string
      readonly expected: number | undefined
    }
  | { readonly kind: "delete"; readonly target: number | string }
  | { readonly kind: "acquire" | "tryAcquire"; readonly target: number | string; readonly mode: LockMode }
  | { readonly kind: "cancel"; readonly call: number }
  | { readonly kind: "release"; readonly target: number | string }
  | { readonly kind: "repeat"; readonly call: number }
  | { readonly kind: "leave" }
  | { readonly kind: "restart" }

const path = fc.constantFrom("a", "a", "a", "d", "d/x", "d/e", "d/e/y")
const target: Choice<number | string> = fc.oneof(path, fc.nat(9))
const mode = fc.constantFrom("exclusive" as const, "shared" as const)
const is = <K extends string>(kind: K): Choice<K> => fc.constant(kind)
const step: Choice<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: is("open"),
      path,
      mode: fc.constantFrom("read" as const, "write" as const, "write" as const),
      rule: fc.constantFrom("mustExist" as const, "mayCreate" as const, "mustCreate" as const),
      nodeKind: fc.constantFrom("file" as const, "directory" as const),
      ephemeral: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: is("close"), handle: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: is("set"),
      target,
      contents: fc.string({ maxLength: 3, unit: "grapheme-ascii" }),
      expected: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: is("delete"), target }) },
  { weight: 6, arbitrary: fc.record({ kind: is("acquire"), target, mode }) },
  { weight: 2, arbitrary: fc.record({ kind: is("tryAcquire"), target, mode }) },
  { weight: 2, arbitrary: fc.record({ kind: is("cancel"), call: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ kind: is("release"), target }) },
  { weight: 2, arbitrary: fc.record({ kind: is("repeat"), call: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: is("leave") }) },
  { weight: 1, arbitrary: fc.record({ kind: is("restart") }) },
)

class Comparison {
  readonly cell = new CellUnderTest()
  readonly naive = new NaiveCell()
  readonly #sessions: SessionUnderTest[] = []
  readonly #handles: { readonly text: string; readonly naive: NaiveHandle }[] = []
  readonly #calls: { readonly command: Command; answer: Outcome | undefined }[] = []

  constructor() {
    for (const name of ["alice", "bob", "carol"]) this.#sessions.push(this.cell.session(name))
  }

  /** Does one step in both cells and compares what can be seen. */
  take(who: number, step: Step): void {
    this.naive.settled = []
    const session = this.#sessions[who] as SessionUnderTest
    if (step.kind === "restart") this.cell.restart()
    else if (step.kind === "leave") this.#leave(who, session)
    else if (step.kind === "repeat") this.#repeat(step.call)
    else this.#call(session, step)
    expect(this.#describe()).toEqual(this.naive.describe().sort())
  }

  #leave(who: number, session: SessionUnderTest): void {
    const applied = this.cell.expire(session)
    this.naive.end(session.sessionId)
    this.#compareSettled(applied)
    this.#sessions[who] = this.cell.session("heir")
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

  #call(session: SessionUnderTest, step: Exclude<Step, { kind: "restart" | "leave" | "repeat" }>): void {
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
    step: Exclude<Step, { kind: "restart" | "leave" | "repeat" }>,
  ): { readonly operation: MutatingOperation; readonly naive: (request: number) => string } | undefined {
    const { naive } = this
    const { sessionId } = session
    if (step.kind === "open") {
      const { path, mode, rule, nodeKind, ephemeral } = step
      const operation = openOf(path, { mode, create: rule, nodeKind, ephemeral })
      return { operation, naive: (request) => naive.open(sessionId, request, path, rule, nodeKind, ephemeral) }
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
      case "delete":
        return { operation: { kind: "delete", node }, naive: () => naive.remove(sessionId, target) }
      case "release":
        return { operation: { kind: "release", node }, naive: () => naive.release(sessionId, target) }
      case "acquire":
      case "tryAcquire": {
        const { kind, mode } = step
        const operation = { kind, node, mode }
        return { operation, naive: (request) => naive.acquire(sessionId, request, target, mode, kind === "acquire") }
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
    const [, mode, , handleId] = answer.handle.split(".")
    if (node === undefined) throw new Error(`the naive cell has no ${answer.stat.path}`)
    const naive: NaiveHandle = {
      node,
      mode: mode === "r" ? "read" : "write",
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
    const paths = new Set([...this.naive.nodes.keys(), ...this.#nodesBelow("")])
    return [...paths].map((path) => this.#describeNode(path)).sort()
  }

  #nodesBelow(path: string): string[] {
    const listing = this.cell.read({ kind: "readDir", node: at(path), afterName: "", pageSize: 10 })
    if (listing.kind !== "readDir") return []
    return listing.entries.flatMap(({ name }) => {
      const child = path === "" ? name : `${path}/${name}`
      return [child, ...this.#nodesBelow(child)]
    })
  }

  #describeNode(path: string): string {
    const found = this.cell.read({ kind: "getStat", node: at(path) })
    if (found.kind !== "getStat") return `${path} is missing`
    const { kind, ephemeral, contentGeneration, lockGeneration } = found.stat
    const contents = kind === "file" ? this.cell.contentsOf(path) : ""
    const lock = answered(this.cell.read({ kind: "getLock", node: at(path) }), "getLock")
    const parties = (some: typeof lock.holders): string =>
      some.map(({ sessionId, mode }) => `${sessionId}${mode}`).join()
    const facts = [path, kind, ephemeral, contents, contentGeneration, lockGeneration]
    return [...facts, `[${parties(lock.holders)}]`, `[${parties(lock.waiters)}]`].join(" ")
  }
}

function summaryOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "waits"
  switch (outcome.kind) {
    case "refused":
      return outcome.code
    case "open":
      return outcome.created ? "created" : "opened"
    case "close":
      return "closed"
    case "setContents":
      return `set ${outcome.stat.contentGeneration}`
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
    { numRuns: 200 },
  )
})
