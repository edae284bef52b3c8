/**
 * A slot's batch of commands as bytes. Tags are for ever: a released command keeps its number and its meaning, and a
 * new field is a new command or a new format version.
 */
import { noBytes, MalformedBytesError } from "../base/bytes.ts"
import { type Codec, bool, bytes, decode, encode, list, maybe, shape, text, uint, union, word } from "../base/codec.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { CreateRule, HandleMode, NodeRef } from "../contract/requests.ts"
import type { Command, MutatingOperation } from "./commands.ts"
import { nodeKinds } from "./outcome-codec.ts"

const formatVersion = 1

const handleModes: readonly HandleMode[] = ["read", "write"]
const createRules: readonly CreateRule[] = ["mustExist", "mayCreate", "mustCreate"]

const nodeRef: Codec<NodeRef> = union<NodeRef>({
  path: { tag: 0, codec: shape({ path: text }) },
  handle: { tag: 1, codec: shape({ handle: text }) },
})

type Fields<K extends MutatingOperation["kind"]> = Omit<Extract<MutatingOperation, { kind: K }>, "kind">

export const operationCodec: Codec<MutatingOperation> = union<MutatingOperation>({
  createSession: { tag: 0, codec: shape({ clientName: text, sessionLeaseMs: uint, nonce: text }) },
  closeSession: { tag: 1, codec: shape({}) },
  open: {
    tag: 2,
    codec: shape({
      path: text,
      mode: word(handleModes),
      create: word(createRules),
      nodeKind: word(nodeKinds),
      ephemeral: bool,
      contents: bytes,
    }),
  },
  close: { tag: 3, codec: shape({ handle: text }) },
  setContents: {
    tag: 4,
    codec: shape<Fields<"setContents">>({ node: nodeRef, contents: bytes, ifContentGeneration: maybe(uint) }),
  },
  delete: { tag: 5, codec: shape<Fields<"delete">>({ node: nodeRef, ifContentGeneration: maybe(uint) }) },
  acquire: { tag: 6, codec: shape({ node: nodeRef, mode: word(lockModes) }) },
  tryAcquire: { tag: 7, codec: shape({ node: nodeRef, mode: word(lockModes) }) },
  cancelAcquire: { tag: 8, codec: shape({ requestNumber: uint }) },
  release: { tag: 9, codec: shape({ node: nodeRef }) },
})

const commandCodec: Codec<Command> = union<Command>({
  call: {
    tag: 0,
    codec: shape({ sessionId: uint, requestNumber: uint, answeredThrough: uint, operation: operationCodec }),
  },
  beginReign: { tag: 1, codec: shape({ replicaId: uint, round: uint }) },
  foundCell: { tag: 2, codec: shape({ handleKey: bytes, signingSeed: bytes }) },
  expireSession: { tag: 3, codec: shape({ sessionId: uint, epoch: uint }) },
  attestDigest: { tag: 4, codec: shape({ slot: uint, digest: uint }) },
})

const commandList = list(commandCodec)

const batchCodec: Codec<readonly Command[]> = {
  write: (writer, commands) => {
    writer.byte(formatVersion)
    commandList.write(writer, commands)
  },
  read: (reader) => {
    const found = reader.byte()
    if (found !== formatVersion) throw new MalformedBytesError(`a batch of format ${String(found)}`)
    return commandList.read(reader)
  },
}

/** No commands give no bytes: the no-op that fills a hole in the log is the empty value. */
export function encodeBatch(commands: readonly Command[]): Uint8Array {
  return commands.length === 0 ? noBytes : encode(batchCodec, commands)
}

export function decodeBatch(batch: Uint8Array): readonly Command[] {
  return batch.length === 0 ? [] : decode(batchCodec, batch)
}
