/**
 * Turns touched parts of the state into stored entries, and keeps the digest: the sum of the fingerprints of all
 * entries. A changed entry changes the sum by the difference, so the digest of a large state costs no more than that of
 * a small one. Canonical: equal states give equal entries, whatever way led to them.
 *
 * Nothing is encoded before it is asked for: a part that many slots have touched is encoded once, and a result that was
 * remembered and forgotten meanwhile, as most are, never.
 */
import { addFingerprints, subtractFingerprints } from "../base/checksum.ts"
import { nothingKept } from "../base/kept-bytes.ts"
import { Changes, Touched } from "./changes.ts"
import { encodeEnded, encodeMeta, encodeNode, encodeResult, encodeSession } from "./entry-codec.ts"
import { type Fingerprinted, type StateEntry, entryFingerprint, notStored } from "./entry-key.ts"
import { endedKey, metaKey, nodeKey, resultKey, sessionKey } from "./entry-key.ts"
import type { Node } from "./node.ts"
import { resultsInOrder } from "./session.ts"
import type { State } from "./state.ts"

/** An entry in its new form; without payload: it is gone. */
export interface StateWrite {
  readonly key: string
  readonly payload: Uint8Array | undefined
}

interface Writes {
  set(key: string, write: StateWrite): void
}

/** A restored state may be large: in an instant its entries would take as much room again. */
const nowhere: Writes = { set: () => {} }

export class EntryLedger {
  #digest = 0
  readonly #meta: Fingerprinted = { fingerprint: notStored }
  /** By slots since entries were last encoded. Every slot touches `meta`. */
  #touched = new Touched()
  #isMetaTouched = false
  /** Encoded for the digest's sake, and not taken yet. */
  #writes = new Map<string, StateWrite>()

  /** Notes what a slot has done. */
  note(changes: Changes): void {
    this.#touched.add(changes)
    const { results } = this.#touched
    for (const result of changes.forgotten) {
      if (result.fingerprint === notStored) results.delete(result)
      else results.add(result)
    }
    this.#isMetaTouched = true
  }

  /** Parts that have been touched and whose entries were not taken yet, but for `meta`. */
  get waitingCount(): number {
    return this.#touched.count + this.#writes.size
  }

  digestOf(state: State): number {
    this.#settle(state, this.#writes)
    return this.#digest
  }

  /** The entries of all that was touched since they were last taken, each once, in their present form. */
  takeWrites(state: State): Iterable<StateWrite> {
    const writes = this.#writes
    this.#settle(state, writes)
    this.#writes = new Map()
    return writes.values()
  }

  /** Takes every part of a state as stored; for a state that has just been made or restored. */
  recordAll(state: State): void {
    const everything = new Changes()
    for (const record of state.endedSessions.all()) everything.endedRecords.add(record)
    for (const node of state.namespace.all()) everything.nodes.add(node)
    for (const session of state.sessions.all()) {
      everything.sessions.add(session)
      for (const result of session.results.values()) everything.results.add(result)
    }
    this.note(everything)
    this.#settle(state, nowhere)
  }

  #settle(state: State, writes: Writes): void {
    if (!this.#isMetaTouched) return
    const { endedRecords, nodes, sessions, results } = this.#touched
    this.#touched = new Touched()
    this.#isMetaTouched = false
    this.#write(this.#meta, metaKey, payloadOfMeta(state), writes)
    for (const record of endedRecords) {
      const payload = state.endedSessions.has(record) ? encodeEnded(record) : undefined
      this.#write(record, endedKey(record.sessionId), payload, writes)
    }
    for (const node of nodes) {
      const payload = state.namespace.has(node) ? payloadOfNode(node) : undefined
      this.#write(node, nodeKey(node.instance), payload, writes)
    }
    for (const session of sessions) {
      const payload = state.sessions.has(session) ? encodeSession(session) : undefined
      this.#write(session, sessionKey(session.sessionId), payload, writes)
    }
    for (const result of results) {
      const isKept = state.sessions.get(result.sessionId)?.results.get(result.requestNumber) === result
      // It came and went without having been stored.
      if (!isKept && result.fingerprint === notStored) continue
      const key = resultKey(result.sessionId, result.requestNumber)
      this.#write(result, key, isKept ? encodeResult(result) : undefined, writes)
    }
  }

  #write(part: Fingerprinted, key: string, payload: Uint8Array | undefined, writes: Writes): void {
    const fingerprint = payload === undefined ? notStored : entryFingerprint(key, payload)
    this.#digest = addFingerprints(subtractFingerprints(this.#digest, part.fingerprint), fingerprint)
    part.fingerprint = fingerprint
    writes.set(key, { key, payload })
  }
}

/** Every entry, in order of key. */
export function* allEntries(state: State): Generator<StateEntry> {
  for (const record of [...state.endedSessions.all()].sort((left, right) => left.sessionId - right.sessionId)) {
    yield { key: endedKey(record.sessionId), payload: encodeEnded(record) }
  }
  yield { key: metaKey, payload: payloadOfMeta(state) }
  for (const node of state.namespace.all()) yield { key: nodeKey(node.instance), payload: payloadOfNode(node) }
  for (const session of state.sessions.all()) {
    for (const result of resultsInOrder(session)) {
      yield { key: resultKey(session.sessionId, result.requestNumber), payload: encodeResult(result) }
    }
  }
  for (const session of state.sessions.all()) {
    yield { key: sessionKey(session.sessionId), payload: encodeSession(session) }
  }
}

function payloadOfMeta({
  cellName,
  appliedThrough,
  epoch,
  namespace: { lastInstance },
  sessions: { lastSessionId },
  leaseFloorMs,
  isReignBroken,
  secrets,
}: State): Uint8Array {
  return encodeMeta({
    cellName,
    appliedThrough,
    epoch,
    lastInstance,
    lastSessionId,
    leaseFloorMs,
    isReignBroken,
    secrets,
  })
}

/** Field by field: to spread a node into a new object took as long as to encode it. */
function payloadOfNode(node: Node): Uint8Array {
  const { name, kind, ephemeral, contentGeneration, aclGeneration, acl, changedIn, lock, opens } = node
  const parent = node.parent?.instance ?? 0
  const lastSequence = node.kind === "file" ? 0 : node.lastSequence
  const contents = node.kind === "file" ? node.contents : nothingKept
  return encodeNode({
    parent,
    name,
    kind,
    ephemeral,
    contentGeneration,
    aclGeneration,
    acl,
    changedIn,
    lastSequence,
    lock,
    opens,
    contents,
  })
}
