/**
 * How many bytes an answer takes on the wire: never fewer than it does, and rarely many more. A stream batches by it,
 * and an answer that no message could carry is cut where it may be cut, or refused, before it breaks off the stream.
 */
import { unreachable } from "../base/assert.ts"
import { utf8Length } from "../base/bytes.ts"
import type { AclNames } from "../contract/acl.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Notice } from "../contract/notices.ts"
import type { DirectoryEntry, LockDelay, LockParty, NodeStat, StepAnswer } from "../contract/requests.ts"
import { messageBounds } from "./message-bounds.ts"
import type { AnswerOf } from "./messages.ts"
import type { SignedOutcome, SignedReply } from "./signed-forms.ts"

export interface FittingReply {
  readonly reply: SignedReply
  readonly bytes: number
}

/** The reply as it can be sent. */
export function fitAnswer(reply: SignedReply): FittingReply {
  const { outcome } = reply
  const bytes = sizeOf(outcome)
  if (bytes <= answerBytesMax) return { reply, bytes }
  if (outcome.kind === "readDir") return shorten(reply, outcome)
  const tooLarge: Refusal = {
    ...refuse("QUOTA_EXCEEDED", `The answer takes ${bytes} bytes; a message holds ${messageBounds.responseBytesMax}.`),
    // What was too large to be told may have been done.
    unknownOutcome: true,
  }
  return { reply: { ...reply, outcome: tooLarge, cachable: false }, bytes: sizeOf(tooLarge) }
}

/** Leaves room for the frame and for the message around the answer. */
const answerBytesMax = messageBounds.responseBytesMax - 1024

/** A shorter page says the same as one that was asked for shorter, but it is not the whole listing any more. */
function shorten(reply: SignedReply, listing: AnswerOf<"readDir">): FittingReply {
  let bytes = plain + sizeOfStat(listing.stat)
  const entries: DirectoryEntry[] = []
  for (const entry of listing.entries) {
    const more = sizeOfEntry(entry)
    if (bytes + more > answerBytesMax) break
    bytes += more
    entries.push(entry)
  }
  return { reply: { ...reply, outcome: { ...listing, entries, more: true }, cachable: false }, bytes }
}

/** A result with its ids and numbers, which take ten bytes each at most. */
const plain = 96

function sizeOf(outcome: SignedOutcome): number {
  switch (outcome.kind) {
    case "refused":
      return plain + utf8Length(outcome.detail) + utf8Length(outcome.masterHint ?? "")
    case "keepAlive":
      return plain + sum(outcome.notices, sizeOfNotice)
    case "listSessions":
      return (
        plain +
        sum(outcome.sessions, (session) => 160 + sizeOfNames(session)) +
        sum(outcome.ended, ({ clientName, reason }) => 48 + utf8Length(clientName) + utf8Length(reason))
      )
    case "open":
    case "getContentsAndStat":
    case "getStat":
    case "setContents":
    case "setAcl":
    case "delete":
      return sizeOfStepAnswer(outcome)
    case "readDir":
      return plain + sizeOfStat(outcome.stat) + sum(outcome.entries, sizeOfEntry)
    case "transact":
      return plain + sum(outcome.answers, sizeOfStepAnswer)
    case "acquire":
      return sizeOfGrant(outcome)
    case "tryAcquire":
      if (outcome.acquired) return sizeOfGrant(outcome)
      return plain + sum(outcome.holders, sizeOfParty) + sizeOfDelay(outcome.delay)
    case "getLock":
      return plain + sum(outcome.holders, sizeOfParty) + sum(outcome.waiters, sizeOfParty) + sizeOfDelay(outcome.delay)
    case "getSequencer":
      return plain + outcome.sequencer.length
    case "rotateSigningKeys":
      return plain + outcome.keys.length * keyLength
    case "checkSequencer":
    case "checkAccess":
      return plain + utf8Length(outcome.reason)
    case "createSession":
    case "closeSession":
    case "subscribe":
    case "unsubscribe":
    case "resume":
    case "close":
    case "cancelAcquire":
    case "release":
      return plain
    default:
      return unreachable(outcome)
  }
}

/** A thumbprint of 43 characters, a public key of 32 bytes, and two numbers. */
const keyLength = 112

function sizeOfStepAnswer(answer: StepAnswer): number {
  switch (answer.kind) {
    case "delete":
      return plain
    case "open":
      return plain + answer.handle.length + sizeOfStat(answer.stat)
    case "getContentsAndStat":
      return plain + answer.contents.length + sizeOfStat(answer.stat)
    case "getStat":
    case "setContents":
    case "setAcl":
      return plain + sizeOfStat(answer.stat)
    default:
      return unreachable(answer)
  }
}

function sizeOfGrant({ handle, stat, sequencer }: AnswerOf<"acquire"> | GrantedAtOnce): number {
  return plain + handle.length + sizeOfStat(stat) + sequencer.length
}

type GrantedAtOnce = Extract<AnswerOf<"tryAcquire">, { acquired: true }>

function sizeOfStat({ path, acl }: NodeStat): number {
  return 128 + utf8Length(path) + sizeOfAcl(acl)
}

function sizeOfEntry({ name, stat }: DirectoryEntry): number {
  return 136 + utf8Length(name) + sizeOfAcl(stat.acl)
}

function sizeOfAcl({ read, write, changeAcl }: AclNames): number {
  return utf8Length(read) + utf8Length(write) + utf8Length(changeAcl)
}

function sizeOfParty(party: LockParty): number {
  return 80 + sizeOfNames(party)
}

function sizeOfNames({ clientName, principal, host }: Pick<LockParty, "clientName" | "principal" | "host">): number {
  return utf8Length(clientName) + utf8Length(principal) + utf8Length(host)
}

function sizeOfDelay(delay: LockDelay | undefined): number {
  return delay === undefined ? 0 : 64 + utf8Length(delay.clientName) + utf8Length(delay.reason)
}

function sizeOfNotice(notice: Notice): number {
  switch (notice.kind) {
    case "invalidate":
      return 16 + sum(notice.keys, (key) => 4 + utf8Length(key))
    case "event":
    case "lockWanted": {
      const { change } = notice
      const client = "clientName" in change ? utf8Length(change.clientName) : 0
      const holders = change.kind === "lockRequested" ? change.holders.length * 10 : 0
      return 112 + utf8Length(change.path) + client + holders
    }
    case "resync":
      return 16
  }
}

function sum<Part>(parts: readonly Part[], size: (part: Part) => number): number {
  return parts.reduce((total, part) => total + size(part), 0)
}
