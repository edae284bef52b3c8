/**
 * A slot's batch of commands as bytes. Tags are for ever: a released command keeps its number and its meaning, and a
 * new field is a new command or a new format version.
 */
import { noBytes, MalformedBytesError } from "../base/bytes.ts"
import { type Codec, bool, bytes, decode, encode, list, maybe, shape, text, uint, union, word } from "../base/codec.ts"
import type { Epoch } from "../base/brand.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { AclChange } from "../contract/acl.ts"
import type { CreateRule, Guard, HandleMode, NodeCounter, NodeRef, TransactionStep } from "../contract/requests.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"
import type { Command, MutatingOperation } from "./commands.ts"
import { nodeKinds } from "./outcome-codec.ts"

const formatVersion = 1

const handleModes: readonly HandleMode[] = ["read", "write", "changeAcl"]
const createRules: readonly CreateRule[] = ["mustExist", "mayCreate", "mustCreate"]

const nodeRef: Codec<NodeRef> = union<NodeRef>({
  path: { tag: 0, codec: shape({ path: text }) },
  handle: { tag: 1, codec: shape({ handle: text }) },
})

type Fields<K extends MutatingOperation["kind"]> = Omit<Extract<MutatingOperation, { kind: K }>, "kind">
type StepFields<K extends TransactionStep["kind"]> = Omit<Extract<TransactionStep, { kind: K }>, "kind">

const aclChange: Codec<AclChange> = shape<AclChange>({ read: maybe(text), write: maybe(text), changeAcl: maybe(text) })

const claims: Codec<SequencerClaims> = shape<SequencerClaims>({
  cell: text,
  path: text,
  instance: uint,
  mode: word(lockModes),
  lockGeneration: uint,
})

const open = shape<Fields<"open">>({
  path: text,
  mode: word(handleModes),
  create: word(createRules),
  nodeKind: word(nodeKinds),
  ephemeral: bool,
  sequential: bool,
  contents: bytes,
  acl: aclChange,
})
const setContents = shape<Fields<"setContents">>({ node: nodeRef, contents: bytes, ifContentGeneration: maybe(uint) })
const deletion = shape<Fields<"delete">>({ node: nodeRef, ifContentGeneration: maybe(uint) })
const setAcl = shape<Fields<"setAcl">>({ node: nodeRef, acl: aclChange, ifAclGeneration: maybe(uint) })

const counters: readonly NodeCounter[] = ["instance", "content", "lock", "acl"]

const guard: Codec<Guard> = union<Guard>({
  exists: { tag: 0, codec: shape({ path: text, exists: bool }) },
  counter: { tag: 1, codec: shape({ path: text, counter: word(counters), equals: uint }) },
  checksum: { tag: 2, codec: shape({ path: text, equals: text }) },
  lockHeld: { tag: 3, codec: shape({ claims }) },
  epoch: { tag: 4, codec: shape({ equals: uint }) },
})

const step: Codec<TransactionStep> = union<TransactionStep>({
  open: { tag: 0, codec: open },
  setContents: { tag: 1, codec: setContents },
  delete: { tag: 2, codec: deletion },
  setAcl: { tag: 3, codec: setAcl },
  getStat: { tag: 4, codec: shape<StepFields<"getStat">>({ node: nodeRef }) },
  getContentsAndStat: { tag: 5, codec: shape<StepFields<"getContentsAndStat">>({ node: nodeRef }) },
})

const operationCodec: Codec<MutatingOperation> = union<MutatingOperation>({
  createSession: {
    tag: 0,
    codec: shape({
      clientName: text,
      host: text,
      processId: uint,
      sessionLeaseMs: uint,
      nonce: text,
      caching: bool,
    }),
  },
  closeSession: { tag: 1, codec: shape({}) },
  open: { tag: 2, codec: open },
  close: { tag: 3, codec: shape({ handle: text }) },
  setContents: { tag: 4, codec: setContents },
  delete: { tag: 5, codec: deletion },
  acquire: { tag: 6, codec: shape({ node: nodeRef, mode: word(lockModes), lockDelayMs: uint, waitMs: uint }) },
  tryAcquire: { tag: 7, codec: shape({ node: nodeRef, mode: word(lockModes), lockDelayMs: uint }) },
  cancelAcquire: { tag: 8, codec: shape({ requestNumber: uint }) },
  release: { tag: 9, codec: shape({ node: nodeRef }) },
  setAcl: { tag: 10, codec: setAcl },
  transact: {
    tag: 11,
    codec: shape<Fields<"transact">>({ guards: list(guard), then: list(step), otherwise: list(step) }),
  },
  rotateSigningKeys: {
    tag: 12,
    codec: shape<Fields<"rotateSigningKeys">>({ revoke: bool, seeds: list(bytes), isScheduled: bool }),
  },
})

type Call = Omit<Extract<Command, { kind: "call" }>, "kind">

/** What a call asks for, without what only says which call it is. A retry is told from another call by this. */
export const callContents: Codec<Pick<Call, "underSequencer" | "operation">> = shape<
  Pick<Call, "underSequencer" | "operation">
>({ underSequencer: maybe(claims), operation: operationCodec })

const commandCodec: Codec<Command> = union<Command>({
  call: {
    tag: 0,
    codec: shape<Call>({
      sessionId: uint,
      requestNumber: uint,
      answeredThrough: uint,
      stillOpen: list(uint),
      principal: text,
      underSequencer: maybe(claims),
      operation: operationCodec,
    }),
  },
  beginReign: { tag: 1, codec: shape({ replicaId: uint, round: uint }) },
  foundCell: { tag: 2, codec: shape({ handleKey: bytes, signingSeeds: list(bytes), administrators: list(text) }) },
  expireSession: { tag: 3, codec: shape({ sessionId: uint, epoch: uint }) },
  attestDigest: { tag: 4, codec: shape({ slot: uint, digest: uint }) },
  endLockDelay: { tag: 5, codec: shape({ instance: uint, since: uint, epoch: uint }) },
  endWait: { tag: 6, codec: shape({ sessionId: uint, requestNumber: uint, epoch: uint }) },
  setLeaseFloor: { tag: 7, codec: shape({ sessionLeaseMs: uint, epoch: uint }) },
})

/** What one slot holds. */
export interface Batch {
  /** Of the master that proposed it; zero: of a leader that was not master yet. In any other reign it is void. */
  readonly epoch: Epoch
  readonly commands: readonly Command[]
}

const batchBody: Codec<Batch> = shape<Batch>({ epoch: uint, commands: list(commandCodec) })

const batchCodec: Codec<Batch> = {
  write: (writer, batch) => {
    writer.byte(formatVersion)
    batchBody.write(writer, batch)
  },
  read: (reader) => {
    const found = reader.byte()
    if (found !== formatVersion) throw new MalformedBytesError(`a batch of format ${String(found)}`)
    return batchBody.read(reader)
  },
}

/** No commands give no bytes: the no-op that fills a hole in the log is the empty value. */
export function encodeBatch(commands: readonly Command[], epoch: Epoch = 0): Uint8Array {
  return commands.length === 0 ? noBytes : encode(batchCodec, { epoch, commands })
}

export function decodeBatch(batch: Uint8Array): Batch {
  return batch.length === 0 ? { epoch: 0, commands: [] } : decode(batchCodec, batch)
}
