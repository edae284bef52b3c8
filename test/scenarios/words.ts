/** Messages and events as lines that people can read. */
import type { ReplicaId } from "../../src/base/brand.ts"
import { unreachable } from "../../src/base/assert.ts"
import type { Ballot } from "../../src/paxos/ballot.ts"
import type { PaxosTrace } from "../../src/paxos/effects.ts"
import type { PaxosMessage } from "../../src/paxos/messages.ts"
import { type Flight, text } from "../support/paxos-cell.ts"

export function ballotWord({ round, replicaId }: Ballot): string {
  return `${String(round)}.${String(replicaId)}`
}

export function messageLine({ from, to, message }: Flight): string {
  const way = from === to ? `${String(from)} to itself` : `${String(from)} to ${String(to)}`
  return `${way.padEnd(11)} ${message.kind}${details(message)}`
}

function details(message: PaxosMessage): string {
  const named = "ballot" in message ? ` ${ballotWord(message.ballot)}` : ""
  switch (message.kind) {
    case "preVote":
      return `${named}, knows through ${String(message.chosenThrough)}`
    case "preVoteAnswer":
      return `${named}, ${message.granted ? "granted" : `refused, has promised ${ballotWord(message.promised)}`}`
    case "prepare": {
      const admits = message.admits === undefined ? "" : `, admits ${String(message.admits)}`
      return `${named} above ${String(message.chosenThrough)}${admits}`
    }
    case "promise": {
      const slots = message.accepted.map(({ slot, ballot, value }) => {
        return `${String(slot)}: "${text(value)}" in ${ballotWord(ballot)}`
      })
      const accepted = slots.length === 0 ? "nothing" : slots.join(", ")
      const incarnation = message.incarnation === 0 ? "" : `, incarnation ${String(message.incarnation)}`
      return `${named}, knows through ${String(message.chosenThrough)}, accepted ${accepted}${incarnation}`
    }
    case "nack":
      return `${named}, has promised ${ballotWord(message.promised)}`
    case "accept":
      return `${named}, slot ${String(message.slot)}: "${text(message.value)}", chosen through ${String(message.chosenThrough)}`
    case "accepted":
      return `${named}, slot ${String(message.slot)}`
    case "heartbeat":
    case "heartbeatAnswer":
      return `${named}, chosen through ${String(message.chosenThrough)}`
    case "handOver":
      return `${named}, successor ${String(message.successor)}`
    case "fetch":
      return ` above ${String(message.above)}`
    case "chosen":
      return ` above ${String(message.above)}: ${message.values.map((value) => `"${text(value)}"`).join(" ")}`
    case "rejoin":
      return named
    case "admitted":
      return `${named}, through ${String(message.through)}`
    default:
      return unreachable(message)
  }
}

/** The event's kind, and its facts in the order in which its type names them. */
export function eventLine(replicaId: ReplicaId, { kind, ...facts }: PaxosTrace): string {
  const words = Object.entries<unknown>(facts).map(([name, fact]) => {
    if (fact === undefined) return ""
    return ` ${name} ${isBallot(fact) ? ballotWord(fact) : JSON.stringify(fact).replaceAll('"', "")}`
  })
  return `${String(replicaId)} ${kind}${words.join("")}`
}

function isBallot(fact: unknown): fact is Ballot {
  return typeof fact === "object" && fact !== null && "round" in fact
}
