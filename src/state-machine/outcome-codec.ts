/** Outcomes of mutating calls as bytes: what a session's memory is made of. */
import { type Codec, bool, list, shape, text, uint, union, word } from "../base/codec.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../contract/errors.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { Answer, LockParty, NodeKind, NodeStat } from "../contract/requests.ts"
import type { MutatingOperation } from "./commands.ts"

export type StoredOutcome = Extract<Answer, { kind: MutatingOperation["kind"] }> | Refusal

export const nodeKinds: readonly NodeKind[] = ["file", "directory"]

const stat: Codec<NodeStat> = shape<NodeStat>({
  path: text,
  kind: word(nodeKinds),
  ephemeral: bool,
  instance: uint,
  contentGeneration: uint,
  lockGeneration: uint,
  aclGeneration: uint,
  checksum: text,
  size: uint,
  childCount: uint,
})

const party: Codec<LockParty> = shape<LockParty>({ sessionId: uint, clientName: text, mode: word(lockModes) })

/** By name: a table may be reordered, and the code a client was given must stay the one it is given again. */
const errorCode: Codec<ErrorCode> = {
  write: text.write,
  read: (reader) => {
    const code = text.read(reader)
    if (!Object.hasOwn(errorTable, code)) throw new MalformedBytesError("unknown error code")
    return code as ErrorCode
  },
}

/** Without the fields that only doors add. */
const refusal: Codec<Omit<Refusal, "kind">> = {
  write: (writer, { code, detail }) => {
    errorCode.write(writer, code)
    text.write(writer, detail)
  },
  read: (reader) => {
    const { kind: _, ...rest } = refuse(errorCode.read(reader), text.read(reader))
    return rest
  },
}

type TryAcquired = Extract<Answer, { kind: "tryAcquire"; acquired: true }>
type TryRefused = Extract<Answer, { kind: "tryAcquire"; acquired: false }>
type TryOutcome = Omit<TryAcquired, "kind"> | Omit<TryRefused, "kind">

const acquired = shape<Omit<TryAcquired, "kind" | "acquired">>({ handle: text, lockGeneration: uint, stat })
const holders = list(party)

const tryAcquire: Codec<TryOutcome> = {
  write: (writer, value) => {
    bool.write(writer, value.acquired)
    if (value.acquired) acquired.write(writer, value)
    else holders.write(writer, value.holders)
  },
  read: (reader) =>
    bool.read(reader)
      ? { acquired: true, ...acquired.read(reader) }
      : { acquired: false, holders: holders.read(reader) },
}

const nothing: Codec<object> = shape({})

export const outcomeCodec: Codec<StoredOutcome> = union<StoredOutcome>({
  refused: { tag: 0, codec: refusal },
  createSession: { tag: 1, codec: shape({ sessionId: uint, sessionLeaseMs: uint }) },
  closeSession: { tag: 2, codec: nothing },
  open: { tag: 3, codec: shape({ handle: text, created: bool, stat }) },
  close: { tag: 4, codec: nothing },
  setContents: { tag: 5, codec: shape({ stat }) },
  delete: { tag: 6, codec: nothing },
  acquire: { tag: 7, codec: shape({ handle: text, lockGeneration: uint, stat }) },
  tryAcquire: { tag: 8, codec: tryAcquire as Codec<Omit<TryAcquired | TryRefused, "kind">> },
  cancelAcquire: { tag: 9, codec: shape({ cancelled: bool }) },
  release: { tag: 10, codec: shape({ released: bool }) },
})
