/**
 * The client library's transport over a network in memory: streams to the doors of replicas that may be far, cut off or
 * gone. As over gRPC, a stream carries calls and results in order and loses none while it lasts; it ends when nobody
 * listens at the other end any more, and when no connection comes about in time.
 */
import { anonymous } from "../contract/acl.ts"
import type { Call, CallResult, CallStream, StreamListener, Transport } from "../client/transport.ts"
import type { SignedReply, SignedRequest } from "../wire/signed-forms.ts"
import type { RunningClient } from "./running-client.ts"
import type { Endpoint, Network, Pipe } from "./network.ts"
import { second, type Timeline, type TrueTime } from "./time.ts"

/** What a replica's process offers at its address. */
export interface Door {
  submit(request: SignedRequest, principal: string, onReply: (reply: SignedReply) => void): number
  abandon(ticket: number): void
  /** Calls back when the process is gone. Returns the way to take that back. */
  whenGone(then: () => void): () => void
}

export interface Doors {
  /** Where the machine of this address is. */
  endpointOf(address: string): Endpoint
  /** Undefined while no process listens there. */
  openAt(address: string): Door | undefined
}

/** As the transport over gRPC has it, for the first try. */
const connectWithin: TrueTime = second

export interface TransportWorld {
  readonly timeline: Timeline
  readonly network: Network
  readonly doors: Doors
}

export class InMemoryTransport implements Transport {
  readonly #endpoint: Endpoint
  readonly #host: RunningClient
  readonly #world: TransportWorld
  readonly #streams = new Set<ClientEnd>()

  /** `endpoint`: where the client's machine is on the network. */
  constructor(endpoint: Endpoint, host: RunningClient, world: TransportWorld) {
    this.#endpoint = endpoint
    this.#host = host
    this.#world = world
  }

  open(address: string, listener: StreamListener): CallStream {
    const { timeline, network, doors } = this.#world
    const replica = doors.endpointOf(address)
    const wayThere = network.pipe(this.#endpoint, replica)
    const wayBack = network.pipe(replica, this.#endpoint)
    const farEnd = new ReplicaEnd((then) => {
      wayBack.send(() => {
        this.#host.reach(then)
      })
    })
    const stream = new ClientEnd(wayThere, farEnd, listener, () => this.#streams.delete(stream))
    this.#streams.add(stream)
    wayThere.send(() => {
      farEnd.connect(doors.openAt(address), stream)
    })
    timeline.planAfter(connectWithin, () => {
      this.#host.reach(() => {
        stream.giveUpConnecting()
      })
    })
    return stream
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}

class ClientEnd implements CallStream {
  readonly #wayThere: Pipe
  readonly #farEnd: ReplicaEnd
  readonly #listener: StreamListener
  readonly #onOver: () => void
  #state: "connecting" | "connected" | "over" = "connecting"

  constructor(wayThere: Pipe, farEnd: ReplicaEnd, listener: StreamListener, onOver: () => void) {
    this.#wayThere = wayThere
    this.#farEnd = farEnd
    this.#listener = listener
    this.#onOver = onOver
  }

  get isConnected(): boolean {
    return this.#state === "connected"
  }

  send(call: Call): void {
    if (this.#state === "over") return
    this.#wayThere.send(() => {
      this.#farEnd.take(call, this)
    })
  }

  close(): void {
    if (this.#state === "over") return
    this.#state = "over"
    this.#onOver()
    this.#wayThere.send(() => {
      this.#farEnd.hangUp()
    })
  }

  connected(): void {
    if (this.#state === "connecting") this.#state = "connected"
  }

  giveUpConnecting(): void {
    if (this.#state === "connecting") this.ended("no connection in time")
  }

  answered(result: CallResult): void {
    if (this.#state !== "over") this.#listener.onResults([result])
  }

  ended(reason: string): void {
    if (this.#state === "over") return
    this.close()
    this.#listener.onEnd(reason)
  }
}

class ReplicaEnd {
  /** Lets something happen at the client's end, after all that it was told before. */
  readonly #tell: (then: () => void) => void
  #door: Door | undefined
  #stopWatching: () => void = () => undefined
  readonly #tickets = new Set<number>()

  constructor(tell: (then: () => void) => void) {
    this.#tell = tell
  }

  connect(door: Door | undefined, client: ClientEnd): void {
    this.#door = door
    if (door === undefined) {
      this.#tell(() => client.ended("nobody listens there"))
      return
    }
    this.#stopWatching = door.whenGone(() => {
      this.#door = undefined
      this.#tell(() => client.ended("the connection was reset"))
    })
    this.#tell(() => client.connected())
  }

  take({ callId, request }: Call, client: ClientEnd): void {
    const door = this.#door
    if (door === undefined) return
    const ticket = door.submit(request, anonymous, (reply) => {
      this.#tickets.delete(ticket)
      this.#tell(() => client.answered({ callId, reply }))
    })
    this.#tickets.add(ticket)
  }

  /** The client is not there any more, or does not want to know any more. */
  hangUp(): void {
    this.#stopWatching()
    for (const ticket of this.#tickets) this.#door?.abandon(ticket)
    this.#tickets.clear()
    this.#door = undefined
  }
}
