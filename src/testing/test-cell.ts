/**
 * A whole cell and its clients in one process, on virtual time: the real replicas, the real client library, a network
 * and disks in memory. A lease of twelve seconds runs out in milliseconds, and the same seed brings the same order of
 * events, as long as the test waits for nothing but the cell. For unit tests of programs that use Claviger.
 */
import { present } from "../base/assert.ts"
import type { ReplicaId, SessionId } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import { Prng } from "../base/prng.ts"
import { Cell } from "../client/cell.ts"
import type { ConnectOptions } from "../client/connect-options.ts"
import { CellError } from "../client/errors.ts"
import { anonymous } from "../contract/acl.ts"
import { limits } from "../contract/limits.ts"
import type { Session } from "../client/session.ts"
import type { ReplicaSettings } from "../replica/settings.ts"
import { RunningClient } from "./running-client.ts"
import { type Door, type Doors, InMemoryTransport } from "./in-memory-transport.ts"
import { type Endpoint, Network } from "./network.ts"
import { Pump } from "./pump.ts"
import { RunningReplica } from "./running-replica.ts"
import { planOf, type TestCellOptions, type TestCellPlan } from "./test-cell-options.ts"
import { millisecond, type ProcessClock, Timeline, type TrueTime } from "./time.ts"

/** Founds a cell and waits until it serves. Refuses at once what no cell can be. */
export async function createTestCell(options: TestCellOptions = {}): Promise<TestCell> {
  const cell = new TestCell(planOf(options))
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
  /** Sessions whose calls the cell does not hear, until it has given them up: then they may hear that. */
  readonly #unheard = new Set<SessionId>()
  readonly #ended = new Set<SessionId>()
  readonly #doors: Doors
  #cuts: readonly (readonly [Endpoint, Endpoint])[] = []

  /** Not for tests: `createTestCell` makes cells. */
  constructor({ replicaCount, seed, name, clock }: TestCellPlan) {
    const dice = new Prng(seed)
    this.#dice = dice
    const timeline = this.#timeline
    const network = new Network(timeline, new Prng(dice.next32()))
    this.#network = network
    const ids = Array.from({ length: replicaCount }, (_, place) => place + 1)
    this.#addresses = ids.map(addressOf)
    this.#replicas = ids.map((self) => {
      const settings = settingsOf(name, ids, self, dice)
      return new RunningReplica(settings, {
        ...{ timeline, network, clock: trueClock, dice: new Prng(dice.next32()) },
        deliver: (to, from, messages) => this.#replica(to).receive(from, messages),
        onTrace: (event) => {
          if (event.kind === "sessionEnded") this.#ended.add(event.sessionId)
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

  /** As `connect` of the client library, from a machine of its own; there is no TLS here, and no thread of KeepAlives. */
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
    const span = spanOf(spanMs)
    let isOver = false
    this.#timeline.planAfter(span, () => {
      isOver = true
    })
    await this.#pump.passUntil(() => isOver)
  }

  /** Fires when so much time of the cell has passed: what `AbortSignal.timeout` is to real time. */
  signalAfter(spanMs: DurationMs): AbortSignal {
    const controller = new AbortController()
    this.#timeline.planAfter(spanOf(spanMs), () => {
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
    await this.#pump.passUntil(() => this.#ended.has(session.sessionId) && session.standing === "expired")
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
    this.#client(client).host.pause(spanOf(spanMs))
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

  #isUnheard(sessionId: SessionId): boolean {
    return this.#unheard.has(sessionId) && !this.#ended.has(sessionId)
  }

  /** The door for all but the sessions that are not to be heard. */
  #heedless(door: Door | undefined): Door | undefined {
    if (door === undefined) return undefined
    return {
      ...door,
      submit: (request, principal, onReply) =>
        this.#isUnheard(request.sessionId) ? 0 : door.submit(request, principal, onReply),
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

/** No test lasts longer. */
const spanMsMax: DurationMs = 366 * 24 * 60 * 60 * 1000

function spanOf(spanMs: DurationMs): TrueTime {
  if (Number.isSafeInteger(spanMs) && spanMs >= 0 && spanMs <= spanMsMax) return spanMs * millisecond
  const wanted = `time passes in whole milliseconds, 0 to ${spanMsMax} (a year) at a time`
  throw new CellError("INVALID_ARGUMENT", `${wanted}, not ${String(spanMs)}`)
}

function addressOf(replicaId: ReplicaId): string {
  return `replica-${replicaId}:4300`
}

function settingsOf(cellName: string, replicas: readonly ReplicaId[], self: ReplicaId, dice: Prng): ReplicaSettings {
  const secret = (length: number): Uint8Array => Uint8Array.from({ length }, () => dice.below(256))
  return {
    ...{ cellName, cellId: "test-cell", self, replicas, cacheLeaseMs: limits.cacheLeaseMs },
    // As in every cell of plain text: nobody can show who they are, so everybody may do everything.
    administrators: [anonymous],
    doors: new Map(replicas.map((replica) => [replica, addressOf(replica)])),
    freshSecrets: { handleKey: secret(16), signingSeeds: [secret(32), secret(32)] },
    ...{ heartbeatMs: 100, masterLeaseMs: 500, electionJitterMs: 150, driftPerMille: 10 },
    ...{ windowSlots: 256, windowBytes: 8_000_000, retainedSlots: 10_000, retainedBytes: 64_000_000 },
    ...{ fetchBytes: 1_000_000, digestEverySlots: 100, batchBytes: 1_000_000, batchCommands: 1_000 },
    unstoredSlotsMax: 16,
    ...{ snapshotPieceBytes: 500_000, snapshotPatienceMs: 5_000 },
  }
}
