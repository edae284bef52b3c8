/**
 * The doors of a simulated cell, for the real client library. Every request is seen here as it reaches a replica, and
 * every answer as it leaves: the checkers hear of both. Some requests come twice, the second time late, as stragglers of
 * connections that were given up do.
 */
import { present } from "../../../src/base/assert.ts"
import type { Prng } from "../../../src/base/prng.ts"
import { isRetryable } from "../../../src/contract/errors.ts"
import type { Outcome, Reply, Request } from "../../../src/contract/requests.ts"
import type { Cell } from "../../../src/server/cell.ts"
import { SignedCell } from "../../../src/server/signed-cell.ts"
import type { Door, Doors } from "../../../src/testing/in-memory-transport.ts"
import type { Endpoint } from "../../../src/testing/network.ts"
import { millisecond, second, type Timeline } from "../../../src/testing/time.ts"
import type { SignedRequest } from "../../../src/wire/signed-forms.ts"
import { cellId, type SimulatedCell } from "../cell.ts"
import { hintOf } from "../client.ts"
import { type Call, unknown } from "../history.ts"
import type { SimulatedHost } from "../host.ts"
import type { Watch } from "../watch.ts"

export interface DoorsWorld {
  readonly timeline: Timeline
  readonly cell: SimulatedCell
  readonly watch: Watch
  readonly dice: Prng
  /** Hears of every request that reaches a replica, and of every answer that leaves it. */
  readonly onRequest: (request: SignedRequest) => void
  readonly onReply: (request: Request, reply: Reply, host: SimulatedHost) => void
  /** A request was answered for good, perhaps by the door alone. */
  readonly onAnswered: (request: CallName) => void
}

type CallName = Pick<Request, "sessionId" | "requestNumber">

export class SimulatedDoors implements Doors {
  readonly addresses: readonly string[]
  readonly #world: DoorsWorld
  readonly #echoesPerMille: number
  /** One for each process, by the replica in it. */
  readonly #doors = new WeakMap<object, Door>()

  constructor(world: DoorsWorld, echoesPerMille: number) {
    this.#world = world
    this.#echoesPerMille = echoesPerMille
    this.addresses = world.cell.replicas.map(hintOf)
  }

  endpointOf(address: string): Endpoint {
    return this.addresses.indexOf(address) + 1
  }

  openAt(address: string): Door | undefined {
    const host = this.#world.cell.host(this.endpointOf(address))
    if (host.replica === undefined) return undefined
    const door = this.#doors.get(host.replica) ?? this.#doorOf(host)
    this.#doors.set(host.replica, door)
    return door
  }

  #doorOf(host: SimulatedHost): Door {
    const abandonments = new Map<number, () => void>()
    let lastTicket = 0
    const cell: Cell = {
      submit: (request, onReply) => {
        lastTicket += 1
        abandonments.set(lastTicket, this.#ask(host, request, onReply))
        this.#echo(host, request)
        return lastTicket
      },
      abandon: (ticket) => abandonments.get(ticket)?.(),
      status: () => present(host.replica, "whose door is open, runs").status(),
      signingKeys: () => host.replica?.signingKeys() ?? [],
      handOver: () => undefined,
    }
    const { timeline, dice } = this.#world
    const entropy = { bytes: (count: number) => Uint8Array.from({ length: count }, () => dice.below(256)) }
    const signed = new SignedCell(cell, { cellId, now: () => timeline.now / millisecond, entropy })
    return {
      submit: (request, principal, onReply) => {
        this.#world.onRequest(request)
        return signed.submit(request, principal, (reply) => {
          if (reply.outcome.kind !== "refused" || !isRetryable(reply.outcome.code)) this.#world.onAnswered(request)
          onReply(reply)
        })
      },
      abandon: (ticket) => {
        signed.abandon(ticket)
        abandonments.delete(ticket)
      },
      whenGone: (then) => host.whenGone(then),
    }
  }

  #ask(host: SimulatedHost, request: Request, onReply: (reply: Reply) => void): () => void {
    const { timeline, watch } = this.#world
    const call = callOf(request, timeline.now)
    if (request.operation.kind !== "keepAlive") watch.invoked(call)
    return host.ask(request, (reply) => {
      if (reply === undefined) return
      this.#world.onReply(request, reply, host)
      if (request.operation.kind !== "keepAlive" && isTheLastWord(request, reply.outcome)) {
        const at = timeline.now
        const { outcome } = reply
        call.completion =
          outcome.kind === "refused"
            ? { kind: "refused", at, refusal: outcome }
            : { kind: "answered", at, answer: outcome }
        watch.answered(at, call, reply)
      }
      onReply(reply)
    })
  }

  #echo(host: SimulatedHost, request: Request): void {
    const { timeline, dice, watch } = this.#world
    if (this.#echoesPerMille === 0 || !dice.chance(this.#echoesPerMille, 1000)) return
    let isGone = false
    const stop = host.whenGone(() => {
      isGone = true
    })
    timeline.planAfter(dice.between(millisecond, 4 * second), () => {
      stop()
      if (isGone) return
      watch.mark(`echo ${request.operation.kind}`)
      this.#ask(host, request, () => undefined)
    })
  }
}

function callOf({ sessionId, requestNumber, operation }: Request, invokedAt: number): Call {
  return { client: "a client", sessionId, requestNumber, operation, invokedAt, completion: unknown }
}

/** Not if the client will ask again, nor if it was refused by a master that did not even put it into the log. */
function isTheLastWord({ operation }: Request, outcome: Outcome): boolean {
  if (outcome.kind !== "refused") return true
  switch (outcome.code) {
    case "SESSION_EXPIRED":
    case "REQUEST_FORGOTTEN":
    case "QUOTA_EXCEEDED":
      return false
    case "DEADLINE_EXCEEDED":
      return operation.kind === "acquire"
    default:
      return !isRetryable(outcome.code)
  }
}
