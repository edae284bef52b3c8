/**
 * How long requests over HTTP take, by route and status: also those that no operation comes of, such as probes, look-ups
 * that are answered from this replica's own state, and whatever the door itself refuses. Of a stream, as long as it lasted.
 */
import type { FastifyInstance } from "fastify"
import { Histogram, type Registry } from "prom-client"

export class HttpMeter {
  readonly #histogram: Histogram<"route" | "status">

  constructor(registry: Registry) {
    this.#histogram = new Histogram({
      name: "claviger_http_request_seconds",
      help: "How long HTTP requests took, by route (none: there is no such URL) and status.",
      labelNames: ["route", "status"],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
      registers: [registry],
    })
  }

  /** To be called before any route is added. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook("onResponse", ({ is404, routeOptions: { method, url = "" } }, reply, next) => {
      const route = is404 ? "none" : `${String(method)} ${url}`
      this.#histogram.labels(route, String(reply.statusCode)).observe(reply.elapsedTime / 1000)
      next()
    })
  }
}
