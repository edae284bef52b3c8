/**
 * Everything that a replica can be measured by, in the format of Prometheus. What costs something is read when somebody
 * asks; what happens on the way of a call is one observation. Nothing here names a node, a session or a principal.
 */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client"
import type { ReplicaId } from "../../base/brand.ts"
import type { ReplicaStatus } from "../../contract/requests.ts"
import type { HostMeasures, Meter } from "../../host/meter.ts"
import type { NameLoad } from "../names/name-service.ts"
import { version } from "../version.ts"
import { CallMeter } from "./call-meter.ts"
import { gaugesFrom, hostGauges, nameGauges, roleGauge, statusGauges } from "./gauges.ts"
import { HttpMeter } from "./http-meter.ts"
import { ReplicaMeter } from "./replica-meter.ts"

export interface MeasuredReplica {
  readonly cell: string
  readonly replicaId: ReplicaId
  readonly status: () => ReplicaStatus
}

export class Metrics {
  readonly calls: CallMeter
  readonly http: HttpMeter
  readonly #registry = new Registry()
  readonly #refresh: (() => void)[] = []

  constructor() {
    this.calls = new CallMeter(this.#registry)
    this.http = new HttpMeter(this.#registry)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All of it, as Prometheus reads it. */
  async text(): Promise<string> {
    for (const refresh of this.#refresh) refresh()
    return await this.#registry.metrics()
  }

  /** By name. */
  names(): readonly string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name)
  }

  /** To be called once, as is each of the following. */
  measureReplica({ cell, replicaId, status }: MeasuredReplica): void {
    const about = new Gauge({
      name: "claviger_info",
      help: "Always 1; the labels say which replica of which cell this is, and its version.",
      labelNames: ["cell", "replica", "version"],
      registers: [this.#registry],
    })
    about.labels(cell, String(replicaId), version).set(1)
    this.#refresh.push(gaugesFrom(this.#registry, statusGauges, status), roleGauge(this.#registry, status))
  }

  /** What the replica's host is to tell as it happens. */
  meterReplica(): Meter {
    return new ReplicaMeter(this.#registry)
  }

  measureNames(load: () => NameLoad): void {
    this.#refresh.push(gaugesFrom(this.#registry, nameGauges, load))
  }

  measureHost(measures: () => HostMeasures): void {
    this.#refresh.push(gaugesFrom(this.#registry, hostGauges, measures))
  }

  /** Memory, processor, garbage collection, and how late the event loop is. For the one who owns the process. */
  measureProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }
}
