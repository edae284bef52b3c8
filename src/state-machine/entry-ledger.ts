/**
 * Turns touched parts of the state into stored entries, and keeps the digest: the sum of the fingerprints of all
 * entries. A changed entry changes the sum by the difference, so the digest of a large state costs no more than that of
 * a small one. Canonical: equal states give equal entries, whatever way led to them.
 */
import { addFingerprints, subtractFingerprints } from "../base/checksum.ts"
import { noBytes } from "../base/bytes.ts"
import { Changes } from "./changes.ts"
import { encodeMeta, encodeNode, encodeResult, encodeSession } from "./entry-codec.ts"
import { type Fingerprinted, type StateEntry, entryFingerprint } from "./entry-key.ts"
import { metaKey, nodeKey, resultKey, sessionKey } from "./entry-key.ts"
import type { Node } from "./node.ts"
import { type Result, type Session, resultsInOrder } from "./session.ts"
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
    for (const node of changes.nodes) {
      const payload = state.namespace.has(node) ? payloadOfNode(node) : undefined
      writes.push(this.#write(node, nodeKey(node.instance), payload))
    }
    for (const session of changes.sessions) {
      const payload = state.sessions.has(session) ? payloadOfSession(session) : undefined
      writes.push(this.#write(session, sessionKey(session.sessionId), payload))
    }
    for (const result of changes.results) {
      const isKept = state.sessions.get(result.sessionId)?.results.get(result.requestNumber) === result
      const key = resultKey(result.sessionId, result.requestNumber)
      writes.push(this.#write(result, key, isKept ? payloadOfResult(result) : undefined))
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
  yield { key: metaKey, payload: payloadOfMeta(state) }
  for (const node of state.namespace.all()) yield { key: nodeKey(node.instance), payload: payloadOfNode(node) }
  for (const session of state.sessions.all()) {
    for (const result of resultsInOrder(session)) {
      yield { key: resultKey(session.sessionId, result.requestNumber), payload: payloadOfResult(result) }
    }
  }
  for (const session of state.sessions.all()) {
    yield { key: sessionKey(session.sessionId), payload: payloadOfSession(session) }
  }
}

function payloadOfMeta({ cellName, appliedThrough, epoch, namespace, sessions, secrets }: State): Uint8Array {
  const { lastInstance } = namespace
  return encodeMeta({ cellName, appliedThrough, epoch, lastInstance, lastSessionId: sessions.lastSessionId, secrets })
}

function payloadOfNode(node: Node): Uint8Array {
  const { name, kind, ephemeral, contentGeneration, aclGeneration, lock, opens } = node
  const parent = node.parent?.instance ?? 0
  const contents = node.kind === "file" ? node.contents : noBytes
  return encodeNode({ parent, name, kind, ephemeral, contentGeneration, aclGeneration, lock, opens, contents })
}

function payloadOfSession({ clientName, sessionLeaseMs, nonce, answeredThrough }: Session): Uint8Array {
  return encodeSession({ clientName, sessionLeaseMs, nonce, answeredThrough })
}

function payloadOfResult({ operationFingerprint, outcome }: Result): Uint8Array {
  return encodeResult({ operationFingerprint, outcome })
}
