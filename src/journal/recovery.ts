/**
 * What a replica may believe of what it finds on its disk. One rule: a record that is damaged, missing or foreign means
 * that this disk no longer remembers what the replica has promised. Such a replica does not guess; it starts anew as a
 * learner and votes again only when that is safe.
 */
import { MalformedBytesError } from "../base/bytes.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { type Codec, decode } from "../base/codec.ts"
import {
  acceptCodec,
  identityCodec,
  keys,
  logKey,
  openSeal,
  progressCodec,
  promiseCodec,
  type Seal,
  sealOf,
  UnknownFormatError,
  unsealed,
  unsealedState,
} from "./codec.ts"
import type {
  DiskEntry,
  Identity,
  JournalRecord,
  Progress,
  StateEntry,
  StoredAccept,
  StoredBallot,
  StoredPromise,
} from "./record.ts"

export interface Recovered {
  readonly identity: Identity
  readonly promise: StoredPromise
  readonly progress: Progress
  /** In order of slot. Those at or below `progress.appliedThrough` are chosen. */
  readonly accepted: readonly ({ readonly slot: Slot } & StoredAccept)[]
}

export type Recovery =
  | { readonly kind: "empty" }
  | { readonly kind: "sound"; readonly recovered: Recovered }
  | { readonly kind: "damaged"; readonly reason: string }
  /** It belongs to another cell, replica or version of this program: a mistake, to be refused and not repaired. */
  | { readonly kind: "foreign"; readonly mismatch: Mismatch; readonly reason: string }

/** Which of the two: whose the records are, or which program wrote them. */
export type Mismatch = "identity" | "format"

export interface Expected {
  readonly cellId: string
  readonly cellName: string
  readonly replicaId: ReplicaId
}

/**
 * `entries` come in order of key, of which that of the identity is the first. Those of the state are handed on one by one,
 * so that they are never in memory all at once.
 */
export function recover(
  entries: Iterable<DiskEntry>,
  expected: Expected,
  takeState: (entry: StateEntry) => void,
): Recovery {
  try {
    const found = entries[Symbol.iterator]()
    const first = found.next()
    if (first.done === true) return { kind: "empty" }
    const identity = readIdentity(first.value)
    const { cellId, cellName, replicaId } = identity
    if (cellId !== expected.cellId || cellName !== expected.cellName || replicaId !== expected.replicaId) {
      found.return?.()
      const owner = `replica ${String(replicaId)} of the cell ${cellName} (${cellId})`
      return { kind: "foreign", mismatch: "identity", reason: `the records are those of ${owner}` }
    }
    return { kind: "sound", recovered: readAll({ [Symbol.iterator]: () => found }, identity, takeState) }
  } catch (error) {
    if (error instanceof MalformedBytesError) return { kind: "damaged", reason: error.message }
    if (error instanceof UnknownFormatError) {
      const reason = `${error.message}: run the version of this program that wrote it`
      return { kind: "foreign", mismatch: "format", reason }
    }
    throw error
  }
}

function readIdentity(entry: DiskEntry): Identity {
  if (entry.key !== keys.identity) throw new MalformedBytesError("the identity record is missing")
  return decode(identityCodec, unsealed(openSeal, entry))
}

/** What follows the identity. */
function readAll(entries: Iterable<DiskEntry>, identity: Identity, takeState: (entry: StateEntry) => void): Recovered {
  const seal = sealOf(identity.cellId, identity.replicaId)
  let promise: StoredPromise | undefined
  let progress: Progress | undefined
  const accepted: ({ readonly slot: Slot } & StoredAccept)[] = []
  for (const entry of entries) {
    if (entry.key.startsWith(keys.state)) takeState(unsealedState(seal, entry))
    else if (entry.key.startsWith(keys.log)) accepted.push(readLogEntry(seal, entry))
    else if (entry.key === keys.promised) promise = read(promiseCodec, seal, entry)
    else if (entry.key === keys.progress) progress = read(progressCodec, seal, entry)
    else throw new MalformedBytesError(`there is no record ${entry.key}`)
  }
  if (promise === undefined) throw new MalformedBytesError("the promise record is missing")
  if (progress === undefined) throw new MalformedBytesError("the progress record is missing")
  checkPromise(promise, identity, accepted)
  checkLog(accepted, progress)
  return { identity, promise, progress, accepted }
}

function read<T>(codec: Codec<T>, seal: Seal, entry: DiskEntry): T {
  return decode(codec, unsealed(seal, entry))
}

function readLogEntry(seal: Seal, entry: DiskEntry): { readonly slot: Slot } & StoredAccept {
  const slot = Number.parseInt(entry.key.slice(keys.log.length), 16)
  if (!Number.isSafeInteger(slot) || logKey(slot) !== entry.key) {
    throw new MalformedBytesError(`${entry.key} is not the key of a slot`)
  }
  return { slot, ...read(acceptCodec, seal, entry) }
}

/** Whatever was accepted had been promised, and so had the ballot of an admission: an older promise is one that came back. */
function checkPromise(
  { ballot: promised }: StoredPromise,
  { incarnation }: Identity,
  accepted: readonly StoredAccept[],
): void {
  const isAbove = ({ round, replicaId }: StoredBallot): boolean =>
    round > promised.round || (round === promised.round && replicaId > promised.replicaId)
  if (incarnation > promised.round || accepted.some(({ ballot }) => isAbove(ballot))) {
    throw new MalformedBytesError("the promise record is older than other records")
  }
}

/** Chosen slots are kept without gaps up to the watermark; a gap means that records have been lost. */
function checkLog(accepted: readonly { readonly slot: Slot }[], { appliedThrough }: Progress): void {
  const chosen = accepted.filter(({ slot }) => slot <= appliedThrough)
  const first = chosen[0]
  if (first === undefined) return
  const last = chosen.at(-1) ?? first
  if (last.slot !== appliedThrough || last.slot - first.slot + 1 !== chosen.length) {
    throw new MalformedBytesError(`the log has a gap below slot ${String(appliedThrough)}`)
  }
}

/** What the very first start of a replica writes. `voting` only when its cell is being founded with it. */
export function birthRecords({ cellId, cellName, replicaId }: Expected, voting: boolean): readonly JournalRecord[] {
  return [
    { kind: "identity", identity: { cellId, cellName, replicaId, voting, incarnation: 0 } },
    { kind: "promised", ballot: { round: 0, replicaId: 0 }, incarnations: [] },
    { kind: "progress", appliedThrough: 0, digest: 0 },
  ]
}
