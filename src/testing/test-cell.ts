/**
 * A whole cell and its clients in one process, on virtual time: the real replicas, the real client library, a network
 * and disks in memory. A lease of twelve seconds runs out in milliseconds, and the same seed brings the same order of
 * events, as long as the test waits for nothing but the cell. For unit tests of programs that use Claviger.
 */
import { assert, present } from "../base/assert.ts"
import type { ReplicaId, SessionId } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import { Prng } from "../base/prng.ts"
import { Cell, type ConnectOptions } from "../client/cell.ts"
import { limits } from "../contract/limits.ts"
import type { Session } from "../client/session.ts"
import type { ReplicaSettings } from "../replica/settings.ts"
import { RunningClient } from "./running-client.ts"
import { type Door, type Doors, InMemoryTransport } from "./in-memory-transport.ts"
import { type Endpoint, Network } from "./network.ts"
import { type ClockMode, Pump } from "./pump.ts"
import { RunningReplica } from "./running-replica.ts"
import { millisecond, type ProcessClock, Timeline } from "./time.ts"

export interface TestCellOptions {
  /** Three, unless said otherwise. */
  readonly replicas?: number | undefined
  /** Another seed brings other delays and another order of events that could come in either. */
  readonly seed?: number | undefined
  /** The `<cell>` of `/ls/<cell>/...`; "test" unless said otherwise. */
  readonly name?: string | undefined
  /** "automatic" unless said otherwise: time passes whenever the test waits. "manual": with `advance` only. */
  readonly clock?: ClockMode | undefined
}

/** Founds a cell and waits until it serves. */
export async function createTestCell(options: TestCellOptions = {}): Promise<TestCell> {
  const cell = new TestCell(options)
  await cell.settled()
  return cell
}

export class TestCell {
  readonly #timeline = new Timeline()
  readonly #network: Network
  readonly #dice: Prng
  readonly #pump: Pump
  readonly #replicas: readonly RunningReplica[]
  readonly #addresses: readonly string[]
  readonly #clients = new Map<Cell, { readonly endpoint: Endpoint; readonly host: RunningClient }>()
  /** Sessions whose calls the cell does not hear any more. */
  readonly #unheard = new Set<SessionId>()
  readonly #doors: Doors
  #cuts: readonly (readonly [Endpoint, Endpoint])[] = []

  /** Not for tests: `createTestCell` makes cells. */
  constructor({ replicas: count = 3, seed = 1, name = "test", clock = "automatic" }: TestCellOptions) {
    const dice = new Prng(seed)
    this.#dice = dice
    const timeline = this.#timeline
    const network = new Network(timeline, new Prng(dice.next32()))
    this.#network = network
    const ids = Array.from({ length: count }, (_, place) => place + 1)
    this.#addresses = ids.map(addressOf)
    this.#replicas = ids.map((self) => {
      const settings = settingsOf(name, ids, self, dice)
      return new RunningReplica(settings, {
        ...{ timeline, network, clock: trueClock, dice: new Prng(dice.next32()) },
        deliver: (to, from, messages) => this.#replica(to).receive(from, messages),
        onTrace: (event) => {
          if (event.kind === "sessionEnded") this.#unheard.delete(event.sessionId)
        },
      })
    })
    this.#doors = {
      endpointOf: (address) => this.#addresses.indexOf(address) + 1,
      openAt: (address) => this.#heedless(this.#replicas[this.#addresses.indexOf(address)]?.door),
    }
    for (const replica of this.#replicas) replica.start()
    this.#pump = new Pump(timeline, clock)
  }

  /** On the clock that clients of this cell read: what `lock.validUntil` is to be compared with. */
  now(): Instant {
    return trueClock.read(this.#timeline.now)
  }

  /** As `connect` of the client library, from a machine of its own. */
  async connect(options: Omit<ConnectOptions, "replicas"> = {}): Promise<Cell> {
    const endpoint = firstClientEndpoint + this.#clients.size
    const dice = new Prng(this.#dice.next32())
    const host = new RunningClient(`client-${this.#clients.size}`, this.#timeline, {
      ...{ clock: trueClock, dice, oversleep: () => 0 },
    })
    const world = { timeline: this.#timeline, network: this.#network, doors: this.#doors }
    const transport = new InMemoryTransport(endpoint, host, world)
    const client = new Cell({ ...options, replicas: this.#addresses }, transport, host.surroundings)
    this.#clients.set(client, { endpoint, host })
    return client
  }

  /** Lets time pass. With a manual clock nothing else does, but for the calls below that say that they wait. */
  async advance(spanMs: DurationMs): Promise<void> {
    assert(Number.isSafeInteger(spanMs) && spanMs >= 0, "time passes in whole milliseconds, and forwards")
    let isOver = false
    this.#timeline.planAfter(spanMs * millisecond, () => {
      isOver = true
    })
    await this.#pump.passUntil(() => isOver)
  }

  /** Fires when so much time of the cell has passed: what `AbortSignal.timeout` is to real time. */
  signalAfter(spanMs: DurationMs): AbortSignal {
    const controller = new AbortController()
    this.#timeline.planAfter(spanMs * millisecond, () => {
      controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"))
    })
    return controller.signal
  }

  /** Waits until some replica serves as master. */
  async settled(): Promise<ReplicaId> {
    await this.#pump.passUntil(() => this.#master !== undefined)
    return present(this.#master, "it has just been seen").replicaId
  }

  /**
   * Waits until the cell has given the session up, as if it had been silent for too long, and the session knows: its
   * locks are free by then, or in their lock-delay, and its ephemeral nodes gone.
   */
  async expireSession(session: Session): Promise<void> {
    this.#unheard.add(session.sessionId)
    await this.#pump.passUntil(() => !this.#unheard.has(session.sessionId) && session.standing === "expired")
  }

  /** Waits until there is a master, and kills it. Returns who it was, for `restart`. */
  async killMaster(): Promise<ReplicaId> {
    const master = await this.settled()
    this.kill(master)
    return master
  }

  /** The replica's process ends at once. */
  kill(replicaId: ReplicaId): void {
    this.#replica(replicaId).kill()
  }

  /** Starts a replica that was killed, on what its disk holds. */
  restart(replicaId: ReplicaId): void {
    this.#replica(replicaId).start()
  }

  /**
   * Cuts the network: replicas and clients reach those on their own side only. Whoever is on no side reaches everybody.
   * `cell.partition([1], [2, 3, client])`.
   */
  partition(...sides: readonly (readonly (ReplicaId | Cell)[])[]): void {
    this.heal()
    const endpoints = sides.map((side) => side.map((member) => this.#endpointOf(member)))
    this.#cuts = endpoints.flatMap((side) =>
      endpoints
        .filter((other) => other !== side)
        .flatMap((other) => side.flatMap((from) => other.map((to) => [from, to] as const))),
    )
    for (const [from, to] of this.#cuts) this.#network.cut(from, to)
  }

  heal(): void {
    for (const [from, to] of this.#cuts) this.#network.mend(from, to)
    this.#cuts = []
  }

  /** Stops a client's process for so long, as SIGSTOP does: its clock goes on, and nothing else. */
  pauseClient(client: Cell, spanMs: DurationMs): void {
    this.#client(client).host.pause(spanMs * millisecond)
  }

  /** Time stands still from now on: what still waits for the cell waits for ever. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pump.stop()
  }

  get #master(): RunningReplica | undefined {
    return this.#replicas.find(({ isMaster }) => isMaster)
  }

  #replica(replicaId: ReplicaId): RunningReplica {
    const replica = this.#replicas[replicaId - 1]
    if (replica === undefined) throw new RangeError(`there is no replica ${replicaId}`)
    return replica
  }

  #client(client: Cell): { readonly endpoint: Endpoint; readonly host: RunningClient } {
    const known = this.#clients.get(client)
    if (known === undefined) throw new RangeError("this client was not connected by this cell")
    return known
  }

  #endpointOf(member: ReplicaId | Cell): Endpoint {
    return typeof member === "number" ? this.#replica(member).replicaId : this.#client(member).endpoint
  }

  /** The door for all but the sessions that are not to be heard. */
  #heedless(door: Door | undefined): Door | undefined {
    if (door === undefined) return undefined
    return {
      ...door,
      submit: (request, principal, onReply) =>
        this.#unheard.has(request.sessionId) ? 0 : door.submit(request, principal, onReply),
    }
  }
}

/** Clients have endpoints of their own, beyond all replicas. */
const firstClientEndpoint = 1000

/** Keeps true time, from one millisecond on: instants are positive. */
const trueClock: ProcessClock = {
  read: (at) => Math.floor(at / millisecond) + 1,
  whenShows: (instant) => Math.max(instant - 1, 0) * millisecond,
}

function addressOf(replicaId: ReplicaId): string {
  return `replica-${replicaId}:4300`
}

function settingsOf(cellName: string, replicas: readonly ReplicaId[], self: ReplicaId, dice: Prng): ReplicaSettings {
  const secret = (length: number): Uint8Array => Uint8Array.from({ length }, () => dice.below(256))
  return {
    ...{ cellName, cellId: "test-cell", self, replicas, administrators: [], cacheLeaseMs: limits.cacheLeaseMs },
    doors: new Map(replicas.map((replica) => [replica, addressOf(replica)])),
    freshSecrets: { handleKey: secret(16), signingSeed: secret(32) },
    ...{ heartbeatMs: 100, masterLeaseMs: 500, electionJitterMs: 150, driftPerMille: 10 },
    ...{ windowSlots: 256, windowBytes: 8_000_000, retainedSlots: 10_000, retainedBytes: 64_000_000 },
    ...{ fetchBytes: 1_000_000, digestEverySlots: 100, batchBytes: 1_000_000, batchCommands: 1_000 },
    ...{ snapshotPieceBytes: 500_000, snapshotPatienceMs: 5_000 },
  }
}
