/**
 * The language of the stories: one command a line, each moving a cell of Paxos replicas by hand, and what is seen then.
 *
 *   cell N                  a new cell of N replicas
 *   wait MS                 time passes, and nothing happens
 *   wake R                  time passes until R wants its tick, and R gets it
 *   propose R VALUE         leader R proposes VALUE in its next slot
 *   deliver [WHICH]         what is in flight arrives, but not what is sent in answer
 *   settle [WHICH]          messages arrive until none is left
 *   drop [WHICH]            what is in flight is lost
 *   stall R, heal R         R's disk makes nothing durable, and then everything
 *   crash R, start R        R's process ends, and another begins on what is durable
 *   lose R                  R crashes, loses all its records and starts again
 *   handOver R              R stops cleanly
 *   show                    what each replica knows
 *
 * WHICH is any of: a kind of message, `from R`, `to R`, each with `not ` before it if the others are meant. What a replica
 * sends to itself arrives at once when it may leave at once; what must wait for the disk is seen in flight.
 */
import type { ReplicaId } from "../../src/base/brand.ts"
import { type Flight, type Matches, PaxosCell, text } from "../support/paxos-cell.ts"
import { messageLine, ballotWord, eventLine } from "./words.ts"

export class Story {
  #cell = new PaxosCell()
  #lines: string[] = []
  #seen = 0
  #known = new Map<ReplicaId, number>()

  /** Carries one command out. Returns what there is to see. */
  tell(command: string): readonly string[] {
    this.#lines = []
    const [verb = "", ...words] = command.split(/\s+/)
    this.#act(verb, words)
    return this.#lines
  }

  #act(verb: string, words: readonly string[]): void {
    const [first = "", second = ""] = words
    const replicaId = Number(first)
    switch (verb) {
      case "cell":
        return this.#begin(replicaId)
      case "wait":
        this.#cell.wait(Number(first))
        return
      case "wake":
        this.#cell.wake(replicaId)
        break
      case "propose":
        this.#lines.push(`  ${first} proposes "${second}" in slot ${String(this.#cell.propose(replicaId, second))}`)
        break
      case "deliver":
        this.#deliver(filterOf(words))
        break
      case "settle":
        while (this.#deliver(filterOf(words)) > 0) continue
        break
      case "drop":
        for (const flight of this.#cell.take(filterOf(words))) this.#lines.push(`${messageLine(flight)}  LOST`)
        return
      case "stall":
        this.#cell.stallDisk(replicaId)
        return
      case "heal":
        this.#cell.healDisk(replicaId)
        return
      case "crash":
        this.#cell.crash(replicaId)
        return
      case "start":
        this.#cell.start(replicaId)
        return this.#remember(replicaId)
      case "lose":
        this.#cell.loseRecords(replicaId)
        return this.#remember(replicaId)
      case "handOver":
        this.#cell.step(replicaId, { kind: "handOver" })
        break
      case "show":
        return this.#show()
      default:
        throw new Error(`a story knows no command "${verb}"`)
    }
    this.#look()
  }

  #begin(replicas: number): void {
    this.#cell = new PaxosCell({ replicas })
    this.#seen = 0
    this.#known = new Map()
  }

  #deliver(matches: Matches): number {
    const flights: readonly Flight[] = this.#cell.take(matches)
    for (const flight of flights) {
      const isLost = !this.#cell.isUp(flight.to)
      this.#lines.push(messageLine(flight) + (isLost ? "  LOST" : ""))
      this.#cell.arrive(flight)
      this.#look()
    }
    return flights.length
  }

  /** Adds what has happened since one last looked. */
  #look(): void {
    const { trace } = this.#cell
    for (const { replicaId, event } of trace.slice(this.#seen)) this.#lines.push(`  ${eventLine(replicaId, event)}`)
    this.#seen = trace.length
    for (const id of this.#cell.replicas) {
      if (!this.#cell.isUp(id)) continue
      const before = this.#known.get(id) ?? 0
      const known = this.#cell.known(id)
      for (let slot = before + 1; slot <= known.length; slot += 1) {
        this.#lines.push(`  ${String(id)} knows that slot ${String(slot)} is ${quoted(known[slot - 1] ?? "")}`)
      }
      this.#known.set(id, known.length)
    }
  }

  /** What a process knows at its start is not news. */
  #remember(replicaId: ReplicaId): void {
    this.#known.set(replicaId, this.#cell.known(replicaId).length)
  }

  #show(): void {
    for (const id of this.#cell.replicas) {
      if (!this.#cell.isUp(id)) {
        this.#lines.push(`${String(id)} is down`)
        continue
      }
      const paxos = this.#cell.paxos(id)
      const role = paxos.leading !== undefined ? "leads" : paxos.voting ? "votes" : "learns"
      const holds = this.#cell.now(id) < paxos.masterLeaseUntil ? ", holds the master lease" : ""
      const accepted = this.#cell.memory(id).accepted.filter(({ slot }) => slot > paxos.chosenThrough)
      const open = accepted.map(({ slot, ballot, value }) => {
        return ` ${String(slot)}: ${quoted(text(value))} in ${ballotWord(ballot)}`
      })
      const opening = `${String(id)} ${role}${holds}, promised ${ballotWord(paxos.promised)}`
      const chosen = this.#cell.known(id).map(quoted).join(" ")
      this.#lines.push(
        `${opening}; chosen: ${chosen || "none"}${open.length > 0 ? `; accepted:${open.join(",")}` : ""}`,
      )
    }
  }
}

function quoted(value: string): string {
  return value === "" ? "a no-op" : `"${value}"`
}

function filterOf(words: readonly string[]): Matches {
  const demands: Matches[] = []
  let wanted = true
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ""
    if (word === "not") {
      wanted = false
      continue
    }
    const isMeant = wanted
    const id = Number(words[at + 1])
    if (word === "from") demands.push(({ from }) => (from === id) === isMeant)
    else if (word === "to") demands.push(({ to }) => (to === id) === isMeant)
    else demands.push(({ message }) => (message.kind === word) === isMeant)
    if (word === "from" || word === "to") at += 1
    wanted = true
  }
  return (flight) => demands.every((demand) => demand(flight))
}
