/**
 * What happens in a replica, as counters and histograms: turns, commits, and the traces by which the replica explains
 * itself. Labels are looked up once, before anything has happened: so a rate is known from the first event on.
 */
import { Counter, Histogram, type Registry } from "prom-client"
import type { MeasuredCommit, Meter } from "../../host/meter.ts"
import type { TraceEvent } from "../../replica/effects.ts"

type TraceKind = TraceEvent["kind"]

/** Every kind there is: the compiler sees to that. */
const traceKinds: Readonly<Record<TraceKind, true>> = {
  preVoteBegan: true,
  preVoteRefused: true,
  prepareBegan: true,
  prepareIgnored: true,
  promised: true,
  promiseDiscounted: true,
  olderValueAdopted: true,
  holeFilled: true,
  ledFrom: true,
  steppedDown: true,
  acceptResent: true,
  acceptIgnored: true,
  fetchBegan: true,
  fetchAnswered: true,
  logTrimmed: true,
  mastershipHandedOver: true,
  admissionBegan: true,
  votingAgain: true,
  applied: true,
  becameMaster: true,
  ceasedToBeMaster: true,
  sessionExpiryProposed: true,
  sessionEnded: true,
  invalidationSent: true,
  writeWaitedFor: true,
  sessionResumed: true,
  leaseFloorProposed: true,
  lockDelayEndProposed: true,
  waitEndProposed: true,
  snapshotFetchBegan: true,
  snapshotFetchFailed: true,
  snapshotInstalled: true,
  digestAttested: true,
  digestDisagreed: true,
}

export class ReplicaMeter implements Meter {
  readonly #traces: ReadonlyMap<string, Counter.Internal>
  readonly #invalidations: Counter
  readonly #writeWaits: Histogram
  readonly #turnInputs: Histogram
  readonly #commitSeconds: Histogram
  readonly #commitRecords: Histogram
  readonly #commitBytes: Histogram

  constructor(registry: Registry) {
    const registers = [registry]
    const traces = new Counter({
      name: "claviger_traces_total",
      help: "What has happened in this replica, by kind of trace: elections, mastership, admissions, snapshots, sessions.",
      labelNames: ["trace"],
      registers,
    })
    this.#traces = new Map(Object.keys(traceKinds).map((kind) => [kind, traces.labels(kind)]))
    for (const trace of this.#traces.values()) trace.inc(0)
    this.#invalidations = new Counter({
      name: "claviger_invalidations_total",
      help: "Notices to sessions that something in their caches is out of date. Rounds of them: trace invalidationSent.",
      registers,
    })
    this.#writeWaits = new Histogram({
      name: "claviger_write_wait_seconds",
      help: "How long the last session of a round took to forget what a write was to change, the write waiting for it.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5],
      registers,
    })
    this.#turnInputs = new Histogram({
      name: "claviger_turn_inputs",
      help: "Inputs (requests, messages, ticks) that had gathered in the queue when a turn took them.",
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
      registers,
    })
    this.#commitSeconds = new Histogram({
      name: "claviger_disk_commit_seconds",
      help: "From handing a commit to the disk until it was on stable storage.",
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    })
    this.#commitRecords = new Histogram({
      name: "claviger_disk_commit_records",
      help: "Records written or removed by a commit.",
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
      registers,
    })
    this.#commitBytes = new Histogram({
      name: "claviger_disk_commit_bytes",
      help: "Keys and values written by a commit, in bytes.",
      buckets: [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304],
      registers,
    })
  }

  onTurn(inputCount: number): void {
    this.#turnInputs.observe(inputCount)
  }

  onTrace(event: TraceEvent): void {
    this.#traces.get(event.kind)?.inc()
    if (event.kind === "invalidationSent") this.#invalidations.inc(event.sessions.length)
    else if (event.kind === "writeWaitedFor") this.#writeWaits.observe(event.waitedMs / 1000)
  }

  onCommit({ writeCount, bytes, tookMs }: MeasuredCommit): void {
    this.#commitSeconds.observe(tookMs / 1000)
    this.#commitRecords.observe(writeCount)
    this.#commitBytes.observe(bytes)
  }
}
