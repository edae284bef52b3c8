/**
 * A cell that does as the test tells it, in the place of the network: each address has a script, which answers a call,
 * refuses it, or holds it back until the test answers by hand.
 */
import { refuse } from "../../../src/contract/errors.ts"
import type { NodeStat } from "../../../src/contract/requests.ts"
import type { Call, CallStream, StreamListener, Transport } from "../../../src/client/transport.ts"
import type { SignedAnswer, SignedOutcome } from "../../../src/wire/signed-forms.ts"

export type Script = (call: Call) => SignedOutcome | "hold"

interface Received {
  readonly address: string
  readonly call: Call
}

interface Connection {
  readonly address: string
  readonly listener: StreamListener
  isOpen: boolean
}

export class ScriptedCell implements Transport {
  /** Every call that reached a replica, in order. */
  readonly received: Received[] = []
  epoch = 1
  /** What every reply reflects. */
  commitIndex = 1
  /** Whether the reply may be kept, if the call asks for that. */
  mayKeep: (call: Call) => boolean = () => false
  readonly #scripts = new Map<string, Script>()
  #connections: Connection[] = []

  /** Replicas without a script can't be reached. */
  script(address: string, script: Script): void {
    this.#scripts.set(address, script)
  }

  /** `address` dies: its streams break and new ones can't be opened. */
  kill(address: string): void {
    this.#scripts.delete(address)
    this.#breakStreams((connection) => connection.address === address)
  }

  close(): void {
    this.#connections = []
  }

  open(address: string, listener: StreamListener): CallStream {
    const connection = { address, listener, isOpen: true }
    this.#connections.push(connection)
    if (!this.#scripts.has(address)) {
      queueMicrotask(() => {
        this.#breakStreams((each) => each === connection)
      })
    }
    return {
      isConnected: true,
      send: (call) => {
        queueMicrotask(() => {
          this.#receive(connection, call)
        })
      },
      close: () => {
        connection.isOpen = false
      },
    }
  }

  /** Operations of one kind that reached `address`, or any replica. */
  callsOf(kind: string, address?: string): Call[] {
    return this.received
      .filter((each) => each.call.request.operation.kind === kind && (address ?? each.address) === each.address)
      .map(({ call }) => call)
  }

  /** Answers a call that was held back. */
  answer(call: Call, outcome: SignedOutcome): void {
    const { address } = this.received.findLast((each) => each.call === call) ?? { address: "" }
    for (const connection of this.#connections) {
      if (connection.address === address) this.#reply(connection, call, outcome)
    }
  }

  #receive(connection: Connection, call: Call): void {
    const script = this.#scripts.get(connection.address)
    if (!connection.isOpen || script === undefined) return
    this.received.push({ address: connection.address, call })
    const outcome = script(call)
    if (outcome !== "hold") this.#reply(connection, call, outcome)
  }

  #reply(connection: Connection, call: Call, outcome: SignedOutcome): void {
    const isFollower = outcome.kind === "refused" && outcome.code === "NOT_MASTER"
    const epoch = isFollower ? 0 : this.epoch
    const { commitIndex } = this
    const cachable = call.request.forCache && this.mayKeep(call)
    queueMicrotask(() => {
      if (!connection.isOpen) return
      connection.listener.onResults([{ callId: call.callId, reply: { outcome, epoch, commitIndex, cachable } }])
    })
  }

  #breakStreams(matches: (connection: Connection) => boolean): void {
    for (const connection of this.#connections.filter((each) => each.isOpen && matches(each))) {
      connection.isOpen = false
      connection.listener.onEnd("connection refused")
    }
  }
}

export function statOf(path: string, changes: Partial<NodeStat> = {}): NodeStat {
  return {
    path,
    kind: "file",
    ephemeral: false,
    instance: 1,
    contentGeneration: 1,
    lockGeneration: 1,
    aclGeneration: 0,
    checksum: "0000000000000000",
    size: 0,
    childCount: 0,
    commitIndex: 1,
    acl: { read: "anyone", write: "anyone", changeAcl: "administrators" },
    ...changes,
  }
}

/** A master that grants everything at once and holds KeepAlives back until the test answers them. */
export function willingMaster(call: Call): SignedAnswer | "hold" {
  const { operation } = call.request
  switch (operation.kind) {
    case "createSession":
      return { kind: "createSession", sessionId: 7, sessionLeaseMs: operation.sessionLeaseMs }
    case "keepAlive":
      return "hold"
    case "closeSession":
    case "close":
    case "delete":
      return { kind: operation.kind }
    case "open":
      return {
        kind: "open",
        handle: "handle-1",
        created: true,
        stat: statOf(operation.path, { kind: operation.nodeKind }),
      }
    case "getContentsAndStat":
      return { kind: "getContentsAndStat", contents: new Uint8Array([104, 105]), stat: statOf("/ls/test/file") }
    case "getStat":
      return { kind: "getStat", stat: statOf("/ls/test/file") }
    case "readDir":
      return { kind: "readDir", entries: [], more: false, stat: statOf("/ls/test", { kind: "directory" }) }
    case "setContents":
      return { kind: "setContents", stat: statOf("/ls/test/file", { contentGeneration: 2 }) }
    case "acquire":
      return { kind: "acquire", ...grant }
    case "tryAcquire":
      return { kind: "tryAcquire", acquired: true, ...grant }
    case "cancelAcquire":
      return { kind: "cancelAcquire", cancelled: true }
    case "release":
      return { kind: "release", released: true }
    case "getLock":
      return { kind: "getLock", lockGeneration: 5, holders: [], waiters: [], delay: undefined }
    case "getSequencer":
      return { kind: "getSequencer", sequencer: "signed" }
    case "checkSequencer":
      return { kind: "checkSequencer", valid: true, reason: "" }
    case "rotateSigningKeys":
      return { kind: "rotateSigningKeys", keys: [] }
    case "subscribe":
      return { kind: "subscribe" }
    case "unsubscribe":
      return { kind: "unsubscribe" }
    case "resume":
      return { kind: "resume", lastNotice: 0 }
    case "listSessions":
      return { kind: "listSessions", sessions: [], more: false, ended: [] }
    case "setAcl":
      return { kind: "setAcl", stat: statOf("/ls/test/file", { aclGeneration: 1 }) }
    case "transact":
      return { kind: "transact", guardsHeld: true, answers: [] }
    case "checkAccess":
      return { kind: "checkAccess", allowed: true, reason: "anyone may" }
  }
}

const grant = { handle: "handle-2", lockGeneration: 5, sequencer: "signed", stat: statOf("/ls/test/job") }

/** The answer to a KeepAlive that was held for `parkedMs`, with nothing to tell. */
export function leaseExtended(parkedMs: number): Extract<SignedAnswer, { kind: "keepAlive" }> {
  const sessionLeaseMs = 12_000
  return { kind: "keepAlive", sessionLeaseMs, parkedMs, cacheLeaseMs: 5_000, firstNotice: 1, notices: [] }
}

export function pointsTo(masterHint: string): Script {
  return () => ({ ...refuse("NOT_MASTER", "this replica follows"), masterHint })
}
