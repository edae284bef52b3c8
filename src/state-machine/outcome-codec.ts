/** Outcomes of mutating calls as bytes: what a session's memory is made of. */
import { type Codec, bool, bytes, list, maybe, shape, text, uint, union, word } from "../base/codec.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../contract/errors.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { AclNames } from "../contract/acl.ts"
import type { Answer, LockDelay, LockParty, NodeKind, NodeStat, StepAnswer } from "../contract/requests.ts"
import type { MutatingOperation } from "./commands.ts"

export type StoredOutcome = Extract<Answer, { kind: MutatingOperation["kind"] }> | Refusal

export const nodeKinds: readonly NodeKind[] = ["file", "directory"]

export const aclNames: Codec<AclNames> = shape<AclNames>({ read: text, write: text, changeAcl: text })

const stat: Codec<NodeStat> = shape<NodeStat>({
  path: text,
  kind: word(nodeKinds),
  ephemeral: bool,
  instance: uint,
  contentGeneration: uint,
  lockGeneration: uint,
  aclGeneration: uint,
  commitIndex: uint,
  checksum: text,
  size: uint,
  childCount: uint,
  acl: aclNames,
})

const party: Codec<LockParty> = shape<LockParty>({
  sessionId: uint,
  clientName: text,
  principal: text,
  host: text,
  processId: uint,
  mode: word(lockModes),
  since: uint,
  forMs: uint,
})

const delay: Codec<LockDelay> = shape<LockDelay>({
  lockDelayMs: uint,
  remainingMs: uint,
  sessionId: uint,
  clientName: text,
  reason: text,
})

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
const notAcquired = shape<Omit<TryRefused, "kind" | "acquired">>({
  holders: list(party),
  waiterCount: uint,
  delay: maybe(delay),
})

const tryAcquire: Codec<TryOutcome> = {
  write: (writer, value) => {
    bool.write(writer, value.acquired)
    if (value.acquired) acquired.write(writer, value)
    else notAcquired.write(writer, value)
  },
  read: (reader) =>
    bool.read(reader) ? { acquired: true, ...acquired.read(reader) } : { acquired: false, ...notAcquired.read(reader) },
}

const nothing: Codec<object> = shape({})

const opened = shape({ handle: text, created: bool, stat })
const facts = shape({ stat })

const stepAnswer: Codec<StepAnswer> = union<StepAnswer>({
  open: { tag: 0, codec: opened },
  setContents: { tag: 1, codec: facts },
  delete: { tag: 2, codec: nothing },
  setAcl: { tag: 3, codec: facts },
  getStat: { tag: 4, codec: facts },
  getContentsAndStat: { tag: 5, codec: shape({ contents: bytes, stat }) },
})

export const outcomeCodec: Codec<StoredOutcome> = union<StoredOutcome>({
  refused: { tag: 0, codec: refusal },
  createSession: { tag: 1, codec: shape({ sessionId: uint, sessionLeaseMs: uint }) },
  closeSession: { tag: 2, codec: nothing },
  open: { tag: 3, codec: opened },
  close: { tag: 4, codec: nothing },
  setContents: { tag: 5, codec: facts },
  delete: { tag: 6, codec: nothing },
  acquire: { tag: 7, codec: shape({ handle: text, lockGeneration: uint, stat }) },
  tryAcquire: { tag: 8, codec: tryAcquire as Codec<Omit<TryAcquired | TryRefused, "kind">> },
  cancelAcquire: { tag: 9, codec: shape({ cancelled: bool }) },
  release: { tag: 10, codec: shape({ released: bool }) },
  setAcl: { tag: 11, codec: facts },
  transact: { tag: 12, codec: shape({ guardsHeld: bool, answers: list(stepAnswer) }) },
  rotateSigningKeys: { tag: 13, codec: nothing },
})
