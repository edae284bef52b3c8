/**
 * Runs a story. A story is a text of commands, one a line; what each of them brought about is written below it, indented.
 * Telling the commands again must give the same text. `#` begins a line of comment, which is kept.
 *
 *     cell 3                     a cell of three replicas; always first
 *     wake 1 / wait 500          time passes: until replica 1 wants its tick, or so many milliseconds
 *     propose 1 apple            the leader proposes a value for the next slot
 *     deliver 1>2 accept         messages in flight arrive; `1>2` and the kind narrow it down, and may be left out
 *     drop ... / settle ...      they are lost; or arrive, with all the answers, until nothing is left
 *     cut 1 2 | 3 4 5 / mend     no message leaves for the other side; it does again
 *     stall 2 / heal 2           nothing that replica 2 writes is durable; it is again
 *     crash 2 / start 2          its process ends, with all that was not durable; it starts again
 *     lose 2                     its process ends and all its records are gone; it starts as a learner
 *     leave 1                    it hands over and stops standing for election
 *     show                       what each replica knows
 */
import { noBallot, compareBallots, type Ballot } from "../../src/paxos/ballot.ts"
import type { PaxosMessage } from "../../src/paxos/messages.ts"
import type { PaxosTrace } from "../../src/paxos/effects.ts"
import { type Flight, type Matches, PaxosCell, text } from "../support/paxos-cell.ts"

export function retell(story: string): string {
  const teller = new Storyteller()
  const lines = story.split("\n").filter((line) => !line.startsWith("  "))
  return lines.flatMap((line) => [line, ...teller.tell(line)]).join("\n")
}

class Storyteller {
  #cell: PaxosCell | undefined
  #traced = 0
  #known: readonly Flight[] = []

  tell(line: string): string[] {
    const [verb, ...rest] = line.split(" ").filter((word) => word !== "")
    if (verb === undefined || verb.startsWith("#")) return []
    if (verb === "cell") {
      this.#cell = new PaxosCell({ replicas: Number(rest[0]) })
      return []
    }
    const cell = this.#cell
    if (cell === undefined) throw new Error("a story begins with: cell <number of replicas>")
    if (verb === "show") return cell.replicas.map((replica) => `  ${describeReplica(cell, replica)}`)
    this.#obey(cell, verb, rest)
    return this.#news(cell).map((news) => `  ${news}`)
  }

  #obey(cell: PaxosCell, verb: string, rest: readonly string[]): void {
    const replica = Number(rest[0])
    switch (verb) {
      case "wake":
        return cell.wake(replica)
      case "wait":
        return cell.wait(replica)
      case "propose":
        cell.propose(replica, rest[1] ?? "")
        return
      case "deliver":
        cell.deliver(matching(rest))
        return
      case "drop":
        cell.drop(matching(rest))
        return
      case "settle":
        return cell.settle(matching(rest))
      case "cut": {
        const sides = rest
          .join(" ")
          .split("|")
          .map((side) => side.trim().split(" ").map(Number))
        const sideOf = (id: number): number => sides.findIndex((side) => side.includes(id))
        cell.isCut = (from, to) => sideOf(from) !== sideOf(to)
        return
      }
      case "mend":
        cell.isCut = () => false
        return
      case "stall":
        return cell.stallDisk(replica)
      case "heal":
        return cell.healDisk(replica)
      case "crash":
        return cell.crash(replica)
      case "start":
        return cell.start(replica)
      case "lose":
        return cell.loseRecords(replica)
      case "leave":
        cell.step(replica, { kind: "handOver" })
        return
      default:
        throw new Error(`no story knows the word ${verb}`)
    }
  }

  /** What happened since last asked: events in order, then messages that are newly in flight. */
  #news(cell: PaxosCell): string[] {
    const events = cell.trace
      .slice(this.#traced)
      .map(({ replicaId, event }) => `${String(replicaId)}  ${describeEvent(event)}`)
    this.#traced = cell.trace.length
    const before = new Set(this.#known)
    const flights = cell.inFlight.filter((flight) => !before.has(flight)).map(describeFlight)
    this.#known = [...cell.inFlight]
    return [...events, ...flights]
  }
}

/** From words like `1>2` and `accept`. */
function matching(words: readonly string[]): Matches {
  const link = words.find((word) => word.includes(">"))
  const kind = words.find((word) => !word.includes(">"))
  return ({ from, to, message }) =>
    (link === undefined || link === `${String(from)}>${String(to)}`) && (kind === undefined || kind === message.kind)
}

function describeReplica(cell: PaxosCell, replica: number): string {
  if (!cell.isUp(replica)) return `${String(replica)}  down`
  const { leading, promised, voting } = cell.paxos(replica)
  const role = leading === undefined ? (voting ? "replica" : "learner") : `leads ${formatBallot(leading)}`
  const known = cell.known(replica).map((value) => (value === "" ? "no-op" : value))
  return `${String(replica)}  ${role}, promised ${formatBallot(promised)}, knows [${known.join(", ")}]`
}

function describeFlight({ from, to, message }: Flight): string {
  return `${String(from)}>${String(to)}  ${describeMessage(message)}`
}

/** What a reader wants to know of a message; instants and nonces are left out. */
function describeMessage(message: PaxosMessage): string {
  const parts: string[] = [message.kind]
  if ("ballot" in message) parts.push(formatBallot(message.ballot))
  if ("slot" in message) parts.push(`slot ${String(message.slot)}`)
  if ("value" in message) parts.push(formatValue(message.value))
  if ("admits" in message && message.admits !== undefined) parts.push(`admits ${String(message.admits.replicaId)}`)
  if ("granted" in message) parts.push(message.granted ? "granted" : "refused")
  if ("accepted" in message && message.accepted.length > 0) {
    const accepted = message.accepted.map(
      ({ slot, ballot, value }) => `${String(slot)}: ${formatValue(value)} of ${formatBallot(ballot)}`,
    )
    parts.push(`accepted {${accepted.join(", ")}}`)
  }
  if ("values" in message) parts.push(`[${message.values.map(formatValue).join(", ")}]`)
  if ("chosenThrough" in message) parts.push(`chosen through ${String(message.chosenThrough)}`)
  return parts.join(" ")
}

function describeEvent({ kind, ...facts }: PaxosTrace): string {
  const told = Object.entries(facts).filter(([, fact]: [string, unknown]) => fact !== undefined)
  const parts = told.map(([name, fact]: [string, unknown]) => `${name} ${formatFact(fact)}`)
  return [kind, ...parts].join(" ")
}

function formatFact(fact: unknown): string {
  return typeof fact === "object" && fact !== null && "round" in fact ? formatBallot(fact as Ballot) : String(fact)
}

function formatBallot(ballot: Ballot): string {
  return compareBallots(ballot, noBallot) === 0 ? "none" : `${String(ballot.round)}.${String(ballot.replicaId)}`
}

function formatValue(value: Uint8Array): string {
  return value.length === 0 ? "no-op" : `"${text(value)}"`
}
