/**
 * From stored entries back to a state. The bytes have passed their checksums; still nothing is taken for granted that a
 * later command would stumble over: whatever is out of place raises `MalformedBytesError`.
 */
import type { Instance, SessionId, Slot } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { bytesOf } from "../base/kept-bytes.ts"
import { limits } from "../contract/limits.ts"
import { type KeyState, keyBytes } from "../contract/signing-keys.ts"
import { checkStillOpen } from "../contract/validate.ts"
import { EndedSessions } from "./ended-sessions.ts"
import type { EndedEntry, MetaEntry, NodeEntry, ResultEntry, Secrets, SessionEntry } from "./entry-codec.ts"
import { decodeEnded, decodeMeta, decodeNode, decodeResult, decodeSession } from "./entry-codec.ts"
import { type StateEntry, parseKey } from "./entry-key.ts"
import type { HandleName } from "./lock.ts"
import { Namespace, type NewNode, newDirectory, newFile } from "./namespace.ts"
import { type Node, checksumOf } from "./node.ts"
import { type Session, SessionTable, engage, isOpen, newSession, remember } from "./session.ts"
import { State } from "./state.ts"

/** The entries by kind. */
interface Sorted {
  meta: MetaEntry | undefined
  readonly nodes: Map<Instance, NodeEntry>
  readonly sessions: Map<SessionId, SessionEntry>
  readonly ended: Map<SessionId, EndedEntry>
  readonly results: { readonly sessionId: SessionId; readonly requestNumber: number; readonly entry: ResultEntry }[]
}

export function restoreState(cellName: string, entries: Iterable<StateEntry>): State {
  const restoring = new Restoring(cellName)
  for (const entry of entries) restoring.take(entry)
  return restoring.state()
}

/** Takes the entries one by one, in any order, and keeps nothing of their bytes. */
export class Restoring {
  readonly cellName: string
  readonly #sorted: Sorted = { meta: undefined, nodes: new Map(), sessions: new Map(), ended: new Map(), results: [] }
  isEmpty = true

  constructor(cellName: string) {
    this.cellName = cellName
  }

  take({ key, payload }: StateEntry): void {
    this.isEmpty = false
    const sorted = this.#sorted
    const parsed = parseKey(key)
    switch (parsed?.kind) {
      case undefined:
        throw new MalformedBytesError(`${key} is no key of the state`)
      case "meta":
        sorted.meta = decodeMeta(payload)
        break
      case "node":
        sorted.nodes.set(parsed.instance, decodeNode(payload))
        break
      case "session":
        sorted.sessions.set(parsed.sessionId, decodeSession(payload))
        break
      case "ended":
        sorted.ended.set(parsed.sessionId, decodeEnded(payload))
        break
      case "result":
        sorted.results.push({ ...parsed, entry: decodeResult(payload) })
        break
    }
  }

  /** Of all entries taken. */
  state(): State {
    return assembled(this.cellName, this.#sorted)
  }
}

function assembled(cellName: string, sorted: Sorted): State {
  const { meta, nodes } = sorted
  if (meta === undefined) {
    const strayCount = nodes.size + sorted.sessions.size + sorted.ended.size + sorted.results.length
    demand(strayCount === 0, "the entry meta is missing")
    return new State(cellName)
  }
  demand(meta.cellName === cellName, `these are entries of the cell ${meta.cellName}`)
  const sessions = restoreSessions(sorted, meta)
  const state = new State(cellName, restoreNodes(nodes, meta), sessions, restoreEnded(sorted.ended, sessions, meta))
  state.appliedThrough = meta.appliedThrough
  state.epoch = meta.epoch
  state.leaseFloorMs = meta.leaseFloorMs
  state.isReignBroken = meta.isReignBroken
  state.secrets = meta.secrets && restoreSecrets(meta.secrets, meta)
  for (const node of state.namespace.all()) joinSessions(state, node)
  for (const session of state.sessions.all()) {
    for (const result of session.results.values()) {
      demand((result.outcome === undefined) === (result.awaited !== undefined), "a call without an outcome waits")
    }
  }
  return state
}

function restoreNodes(entries: ReadonlyMap<Instance, NodeEntry>, { lastInstance }: MetaEntry): Namespace {
  // A parent is older than its children, so in this order every parent comes before them.
  const inOrder = [...entries].sort(([left], [right]) => left - right)
  const [first, ...others] = inOrder
  demand(first !== undefined && first[1].parent === 0 && first[1].kind === "directory", "the root is missing")
  const root = restoreFacts(newDirectory(first[0], rootFacts(first[1])), first[1])
  const namespace = new Namespace(root, lastInstance)
  for (const [instance, entry] of others) {
    const parent = namespace.byInstance(entry.parent)
    demand(parent?.kind === "directory", `the directory of node ${instance} is missing`)
    demand(!parent.children.has(entry.name), `node ${instance} bears the name of another`)
    const { name, ephemeral, changedIn } = entry
    const facts = { parent, name, ephemeral, changedIn, acl: namespace.acls.share(entry.acl) }
    const node =
      entry.kind === "file"
        ? newFile(instance, facts, entry.contents, checksumOf(bytesOf(entry.contents)))
        : newDirectory(instance, facts)
    namespace.adopt(parent, restoreFacts(node, entry))
  }
  const newest = inOrder.at(-1)?.[0] ?? 0
  demand(newest <= lastInstance, "an instance number was never given out")
  return namespace
}

function rootFacts({ acl, changedIn }: NodeEntry): NewNode {
  return { parent: undefined, name: "", ephemeral: false, acl, changedIn }
}

function restoreFacts<N extends Node>(node: N, entry: NodeEntry): N {
  demand(entry.lock === undefined || entry.lock.generation > 0, "a lock was never held")
  demand(entry.kind === "directory" || entry.lastSequence === 0, "a file has numbered children")
  node.contentGeneration = entry.contentGeneration
  node.aclGeneration = entry.aclGeneration
  node.lock = entry.lock
  node.opens = entry.opens
  if (node.kind === "directory") node.lastSequence = entry.lastSequence
  return node
}

function restoreSessions({ sessions, results }: Sorted, { lastSessionId }: MetaEntry): SessionTable {
  const table = new SessionTable()
  const inOrder = [...sessions].sort(([left], [right]) => left - right)
  const newest = inOrder.at(-1)?.[0] ?? 0
  demand(newest <= lastSessionId, "a session id was never given out")
  table.restore(
    inOrder.map(([sessionId, entry]) => {
      demand(checkStillOpen(entry) === undefined, "the calls left open are in order")
      return newSession({ sessionId, ...entry })
    }),
    lastSessionId,
  )
  for (const { sessionId, requestNumber, entry } of results) {
    const session = demandSession(table, sessionId)
    demand(isOpen(session, requestNumber), "a forgotten result is still there")
    remember(session, requestNumber, entry.operationFingerprint, entry.outcome, undefined)
  }
  return table
}

function restoreEnded(
  entries: ReadonlyMap<SessionId, EndedEntry>,
  sessions: SessionTable,
  { appliedThrough }: MetaEntry,
): EndedSessions {
  const endedSessions = new EndedSessions()
  demand(entries.size <= limits.endedSessionsKept, "too many ended sessions are remembered")
  for (const [sessionId, entry] of entries) {
    demand(sessionId <= sessions.lastSessionId && sessions.get(sessionId) === undefined, "an ended session lives")
    demand(entry.index <= appliedThrough, "a session has ended in a slot to come")
    endedSessions.add({ sessionId, ...entry })
  }
  return endedSessions
}

/** Copies, because what was decoded is a view into the bytes it came from. */
function restoreSecrets({ handleKeys, signingKeys }: Secrets, { appliedThrough }: MetaEntry): Secrets {
  demand(handleKeys.length > 0, "a founded cell has a key for handles")
  demand(signingKeys.length <= limits.signingKeysMax, "too many signing keys are kept")
  let latest: Slot = 0
  for (const [index, { seed, state, since }] of signingKeys.entries()) {
    demand(
      seed.length === keyBytes && since >= latest && since <= appliedThrough,
      "signing keys are sound and in order",
    )
    demand(state === stateOfPlace(index, signingKeys.length), "a signing key is what its place says")
    latest = since
  }
  demand(signingKeys.length >= 2, "a founded cell has a key that signs and the next one")
  return {
    handleKeys: handleKeys.map(({ keyId, key }) => ({ keyId, key: key.slice() })),
    signingKeys: signingKeys.map(({ seed, state, since }) => ({ seed: seed.slice(), state, since })),
  }
}

function stateOfPlace(index: number, count: number): KeyState {
  if (index === count - 1) return "next"
  return index === count - 2 ? "current" : "retired"
}

/** Restores what follows from a node: who is engaged with it, which calls wait for it, and whether its lock is barred. */
function joinSessions({ sessions, delayed, appliedThrough }: State, node: Node): void {
  const delay = node.lock?.delay
  if (delay !== undefined) {
    demand(delay.since <= appliedThrough, "a lock-delay has begun in a slot to come")
    delayed.add(node)
  }
  const join = ({ sessionId }: HandleName): Session => {
    const session = demandSession(sessions, sessionId)
    engage(session, node)
    return session
  }
  node.opens.forEach(join)
  node.lock?.holders.forEach(join)
  for (const waiter of node.lock?.waiters ?? []) {
    const result = join(waiter).results.get(waiter.requestNumber)
    demand(result !== undefined && result.awaited === undefined, "a waiter has one unanswered call")
    result.awaited = node
  }
}

function demandSession(sessions: SessionTable, sessionId: SessionId): Session {
  const session = sessions.get(sessionId)
  demand(session !== undefined, `session ${sessionId} is missing`)
  return session
}

function demand(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new MalformedBytesError(`stored state is out of order: ${claim}`)
}
