/**
 * The same requests, some of them spoilt, at both doors of a cell, each door on a part of the tree of its own: with the
 * same history both must come to the same decision.
 */
import { Prng } from "../../../src/base/prng.ts"
import type { TransactionStep } from "../../../src/contract/requests.ts"
import type { SignedOperation } from "../../../src/wire/signed-forms.ts"
import type { Api } from "../../contracts/api.ts"
import { grpcApi, httpApi } from "../../support/apis.ts"
import type { CellUnderFuzz } from "./cell-under-fuzz.ts"
import { forged, oddPath, randomBytes } from "./mutations.ts"

export interface Comparison {
  readonly findings: readonly string[]
  /** How often both have decided so. */
  readonly tally: ReadonlyMap<string, number>
}

interface Asked {
  readonly operation: SignedOperation
  readonly isInSession: boolean
}

/** One door, where it works, and what it has been given there. */
interface Side {
  readonly api: Api
  readonly root: string
  sessionId: number
  sequencer: string
}

export async function compareDoors(
  cell: CellUnderFuzz,
  seed: number,
  count: number,
  onProgress?: (done: number) => void,
): Promise<Comparison> {
  const start = new Prng(seed).next32() * 2 ** 20
  const findings: string[] = []
  const tally = new Map<string, number>()
  const sides: readonly Side[] = [
    { api: grpcApi(() => cell.grpc), root: "/ls/test/twin-g", sessionId: 0, sequencer: "" },
    { api: httpApi(() => `http://${cell.http}`), root: "/ls/test/twin-h", sessionId: 0, sequencer: "" },
  ]
  for (const side of sides) await prepare(side)
  for (let number = 1; number <= count; number += 1) {
    const decisions: string[] = []
    for (const side of sides) {
      // Equal dice: both sides draw the same.
      const asked = drawOperation(new Prng(start + number), side)
      decisions.push(await decisionOf(side, asked))
    }
    const [overGrpc = "", overHttp = ""] = decisions
    const { operation } = drawOperation(new Prng(start + number), { ...prepared, root: "" })
    const label = `${operation.kind} ${overGrpc.split(" ")[0] ?? ""}`
    tally.set(label, (tally.get(label) ?? 0) + 1)
    onProgress?.(number)
    if (overGrpc === overHttp) continue
    findings.push(`request ${number}, ${JSON.stringify(operation)}: over gRPC ${overGrpc}, over HTTP ${overHttp}`)
  }
  return { findings, tally }
}

const prepared = { sessionId: 0, sequencer: "" }

async function prepare(side: Side): Promise<void> {
  const { api, root } = side
  await api.call({ ...creation, path: root, nodeKind: "directory" })
  const opened = await api.call({
    ...{ kind: "createSession", clientName: "twin", host: "", processId: 0, sessionLeaseMs: 600_000, caching: false },
    nonce: root,
  })
  if (opened.kind === "createSession") side.sessionId = opened.sessionId
  const node = { kind: "path", path: `${root}/lock` } as const
  const lock = { kind: "tryAcquire", node, mode: "shared", lockDelayMs: 0 } as const
  const held = await api.call(lock, { sessionId: side.sessionId })
  if (held.kind === "tryAcquire" && held.acquired) side.sequencer = held.sequencer
}

const creation: Omit<Extract<SignedOperation, { kind: "open" }>, "path"> = {
  ...{ kind: "open", mode: "write", create: "mustCreate", nodeKind: "file", acl: {} },
  ...{ ephemeral: false, sequential: false, contents: new Uint8Array() },
}

function drawOperation(dice: Prng, { root, sequencer }: Pick<Side, "root" | "sequencer">): Asked {
  const isInSession = dice.chance(1, 2)
  const path = `${root}/${anyName(dice)}`
  const node = { kind: "path", path } as const
  const odd = (usual: number): number => (dice.chance(1, 8) ? dice.pick([1, 10_001, 60_001, 999_999_999]) : usual)
  const shown = dice.chance(1, 2) ? forged(dice, sequencer) : sequencer
  const contents = new Uint8Array(randomBytes(dice, dice.below(30)))
  const operation = dice.pick<() => SignedOperation>([
    () => ({ kind: "getContentsAndStat", node }),
    () => ({ kind: "setContents", node, contents, ...(dice.chance(1, 3) ? { ifContentGeneration: 0 } : {}) }),
    () => ({ kind: "setContents", node, contents }),
    // What is neither, HTTP writes, and does not mind if it is there.
    () => ({ ...creation, path, contents, ephemeral: true }),
    () => ({ ...creation, path, contents, ephemeral: dice.chance(1, 4), sequential: true }),
    () => ({ ...creation, path, nodeKind: "directory" }),
    () => ({ kind: "delete", node }),
    () => ({ kind: "readDir", node, afterName: dice.pick(["", "b"]), pageSize: odd(10), recursive: dice.chance(1, 2) }),
    () => ({ kind: "tryAcquire", node, mode: dice.pick(["exclusive", "shared"]), lockDelayMs: odd(0) }),
    () => ({ kind: "release", node }),
    () => ({ kind: "getLock", node }),
    () => ({ kind: "getSequencer", node }),
    () => ({ kind: "checkSequencer", sequencer: shown }),
    () => ({ kind: "transact", ...listsOf(dice, root, contents) }),
  ])()
  return { operation, isInSession }
}

function anyName(dice: Prng): string {
  const name = dice.pick(["a", "b", "d", "d/e", "lock", "a/b", "ä"])
  if (dice.chance(2, 3)) return name
  // Half a surrogate pair is no text: gRPC can't say it, nor can a URL.
  const odd = oddPath(dice, name)
  return Buffer.from(odd).includes("\ufffd") ? name : odd
}

function listsOf(
  dice: Prng,
  root: string,
  contents: Uint8Array,
): Pick<Extract<SignedOperation, { kind: "transact" }>, "guards" | "then" | "otherwise"> {
  const step = (): TransactionStep => {
    const node = { kind: "path", path: `${root}/${anyName(dice)}` } as const
    return dice.pick<TransactionStep>([
      { kind: "setContents", node, contents, ifContentGeneration: undefined },
      { kind: "delete", node, ifContentGeneration: undefined },
      { kind: "getStat", node },
      { kind: "getContentsAndStat", node },
      { ...creation, path: node.path },
    ])
  }
  const guard = { kind: "exists", path: `${root}/${anyName(dice)}`, exists: dice.chance(1, 2) } as const
  return { guards: dice.chance(1, 2) ? [guard] : [], then: [step()], otherwise: [step(), step()].slice(dice.below(3)) }
}

/** What was decided, without what differs between two parts of one tree. */
async function decisionOf(side: Side, { operation, isInSession }: Asked): Promise<string> {
  const outcome = await side.api.call(operation, isInSession ? { sessionId: side.sessionId } : {})
  if (outcome.kind === "refused") return outcome.code
  return `${outcome.kind} ${JSON.stringify(essenceOf(outcome)).replaceAll(side.root, "/ls/test/twin")}`
}

const passing = new Set([
  ...["instance", "commitIndex", "sequencer", "handle", "since", "forMs", "sessionId", "contents", "reason"],
  // What HTTP leaves out, and what it says of a lock that is held, which there is a refusal.
  ...["created", "code", "detail", "advice", "title", "status", "type", "retryable", "unknownOutcome", "acl"],
])

function essenceOf(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(essenceOf)
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).filter(([name, member]) => !passing.has(name) && member !== undefined)
  // Each door has its own order.
  return Object.fromEntries(
    members.sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, one]) => [name, essenceOf(one)]),
  )
}
