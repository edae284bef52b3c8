/**
 * Turns touched parts of the state into stored entries, and keeps the digest: the sum of the fingerprints of all
 * entries. A changed entry changes the sum by the difference, so the digest of a large state costs no more than that of
 * a small one. Canonical: equal states give equal entries, whatever way led to them.
 */
import { addFingerprints, subtractFingerprints } from "../base/checksum.ts"
import { noBytes } from "../base/bytes.ts"
import { Changes } from "./changes.ts"
import { encodeEnded, encodeMeta, encodeNode, encodeResult, encodeSession } from "./entry-codec.ts"
import { type Fingerprinted, type StateEntry, entryFingerprint } from "./entry-key.ts"
import { endedKey, metaKey, nodeKey, resultKey, sessionKey } from "./entry-key.ts"
import type { Node } from "./node.ts"
import { resultsInOrder } from "./session.ts"
import type { State } from "./state.ts"

/** An entry in its new form; without payload: it is gone. */
export interface StateWrite {
  readonly key: string
  readonly payload: Uint8Array | undefined
}

export class EntryLedger {
  #digest = 0
  readonly #meta: Fingerprinted = { fingerprint: 0 }

  get digest(): number {
    return this.#digest
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
    this.record(state, everything)
  }

  /** Writes what `changes` has touched, each part once. */
  record(state: State, changes: Changes): StateWrite[] {
    const writes: StateWrite[] = [this.#write(this.#meta, metaKey, payloadOfMeta(state))]
    for (const record of changes.endedRecords) {
      const payload = state.endedSessions.has(record) ? encodeEnded(record) : undefined
      writes.push(this.#write(record, endedKey(record.sessionId), payload))
    }
    for (const node of changes.nodes) {
      const payload = state.namespace.has(node) ? payloadOfNode(node) : undefined
      writes.push(this.#write(node, nodeKey(node.instance), payload))
    }
    for (const session of changes.sessions) {
      const payload = state.sessions.has(session) ? encodeSession(session) : undefined
      writes.push(this.#write(session, sessionKey(session.sessionId), payload))
    }
    for (const result of changes.results) {
      const isKept = state.sessions.get(result.sessionId)?.results.get(result.requestNumber) === result
      const key = resultKey(result.sessionId, result.requestNumber)
      writes.push(this.#write(result, key, isKept ? encodeResult(result) : undefined))
    }
    return writes
  }

  #write(part: Fingerprinted, key: string, payload: Uint8Array | undefined): StateWrite {
    const fingerprint = payload === undefined ? 0 : entryFingerprint(key, payload)
    this.#digest = addFingerprints(subtractFingerprints(this.#digest, part.fingerprint), fingerprint)
    part.fingerprint = fingerprint
    return { key, payload }
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

function payloadOfNode(node: Node): Uint8Array {
  const parent = node.parent?.instance ?? 0
  return node.kind === "file"
    ? encodeNode({ ...node, parent, lastSequence: 0 })
    : encodeNode({ ...node, parent, contents: noBytes })
}
