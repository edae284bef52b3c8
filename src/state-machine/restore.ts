/**
 * From stored entries back to a state. The bytes have passed their checksums; still nothing is taken for granted that a
 * later command would stumble over: whatever is out of place raises `MalformedBytesError`.
 */
import type { Instance, SessionId } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { type MetaEntry, type NodeEntry, type ResultEntry, type SessionEntry } from "./entry-codec.ts"
import { decodeMeta, decodeNode, decodeResult, decodeSession } from "./entry-codec.ts"
import { type StateEntry, parseKey } from "./entry-key.ts"
import type { HandleName } from "./lock.ts"
import { Namespace, newDirectory, newFile } from "./namespace.ts"
import type { Node } from "./node.ts"
import { type Session, SessionTable, engage, newSession, remember } from "./session.ts"
import { State } from "./state.ts"

/** The entries by kind. */
interface Sorted {
  meta: MetaEntry | undefined
  readonly nodes: Map<Instance, NodeEntry>
  readonly sessions: Map<SessionId, SessionEntry>
  readonly results: { readonly sessionId: SessionId; readonly requestNumber: number; readonly entry: ResultEntry }[]
}

export function restoreState(cellName: string, entries: Iterable<StateEntry>): State {
  const sorted = sortEntries(entries)
  const { meta, nodes } = sorted
  if (meta === undefined) {
    demand(nodes.size + sorted.sessions.size + sorted.results.length === 0, "the entry meta is missing")
    return new State(cellName)
  }
  demand(meta.cellName === cellName, `these are entries of the cell ${meta.cellName}`)
  const state = new State(cellName, restoreNodes(nodes, meta), restoreSessions(sorted, meta))
  state.appliedThrough = meta.appliedThrough
  state.epoch = meta.epoch
  state.secrets = meta.secrets && {
    handleKey: meta.secrets.handleKey.slice(),
    signingSeed: meta.secrets.signingSeed.slice(),
  }
  for (const node of state.namespace.all()) joinSessions(state, node)
  for (const session of state.sessions.all()) {
    for (const result of session.results.values()) {
      demand((result.outcome === undefined) === (result.awaited !== undefined), "a call without an outcome waits")
    }
  }
  return state
}

function sortEntries(entries: Iterable<StateEntry>): Sorted {
  const sorted: Sorted = { meta: undefined, nodes: new Map(), sessions: new Map(), results: [] }
  for (const { key, payload } of entries) {
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
      case "result":
        sorted.results.push({ ...parsed, entry: decodeResult(payload) })
        break
    }
  }
  return sorted
}

function restoreNodes(entries: ReadonlyMap<Instance, NodeEntry>, { lastInstance }: MetaEntry): Namespace {
  // A parent is older than its children, so in this order every parent comes before them.
  const inOrder = [...entries].sort(([left], [right]) => left - right)
  const [first, ...others] = inOrder
  demand(first !== undefined && first[1].parent === 0 && first[1].kind === "directory", "the root is missing")
  const root = restoreFacts(newDirectory(first[0], undefined, "", false), first[1])
  const namespace = new Namespace(root, lastInstance)
  for (const [instance, entry] of others) {
    const parent = namespace.byInstance(entry.parent)
    demand(parent?.kind === "directory", `the directory of node ${instance} is missing`)
    demand(!parent.children.has(entry.name), `node ${instance} bears the name of another`)
    const node =
      entry.kind === "file"
        ? newFile(instance, parent, entry.name, entry.ephemeral, entry.contents.slice())
        : newDirectory(instance, parent, entry.name, entry.ephemeral)
    namespace.adopt(parent, restoreFacts(node, entry))
  }
  const newest = inOrder.at(-1)?.[0] ?? 0
  demand(newest <= lastInstance, "an instance number was never given out")
  return namespace
}

function restoreFacts<N extends Node>(node: N, entry: NodeEntry): N {
  demand(entry.lock === undefined || entry.lock.generation > 0, "a lock was never held")
  node.contentGeneration = entry.contentGeneration
  node.aclGeneration = entry.aclGeneration
  node.lock = entry.lock
  node.opens = entry.opens
  return node
}

function restoreSessions({ sessions, results }: Sorted, { lastSessionId }: MetaEntry): SessionTable {
  const table = new SessionTable()
  const inOrder = [...sessions].sort(([left], [right]) => left - right)
  const newest = inOrder.at(-1)?.[0] ?? 0
  demand(newest <= lastSessionId, "a session id was never given out")
  table.restore(
    inOrder.map(([sessionId, entry]) => newSession({ sessionId, ...entry })),
    lastSessionId,
  )
  for (const { sessionId, requestNumber, entry } of results) {
    const session = demandSession(table, sessionId)
    demand(requestNumber > session.answeredThrough, "a forgotten result is still there")
    remember(session, requestNumber, entry.operationFingerprint, entry.outcome, undefined)
  }
  return table
}

/** Restores what follows from a node: who is engaged with it, and which calls wait for it. */
function joinSessions({ sessions }: State, node: Node): void {
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
