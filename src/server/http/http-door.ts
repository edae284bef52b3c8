/**
 * The HTTP door of a replica. So far it is for probes and people only: is the process alive, is this replica ready, how
 * is the cell.
 */
import { type FastifyInstance, fastify } from "fastify"
import { assert, present } from "../../base/assert.ts"
import type { ReplicaStatus } from "../../contract/requests.ts"
import { splitAddress } from "../../base/address.ts"
import type { ReplicaTls } from "../../host/replica-tls.ts"
import { BindError } from "../bind-error.ts"
import type { CellPicture } from "../cell-picture.ts"
import { obstacles } from "../readiness.ts"
import { sendProblem } from "./problem.ts"

export class HttpDoor {
  readonly #fastify: FastifyInstance

  /** With `tls` it speaks HTTPS, and asks nobody for a certificate: probes have none. */
  constructor(status: () => ReplicaStatus, picture: CellPicture, tls: ReplicaTls | undefined) {
    this.#fastify = fastify({
      https: tls === undefined ? null : { ...tls.serving(), handshakeTimeout: 10_000 },
      // Nothing here is asked with a body.
      bodyLimit: 16 * 1024,
      // Whoever connects says what they want within this time, or is cut off.
      requestTimeout: 10_000,
      connectionTimeout: 10_000,
      forceCloseConnections: true,
    })
    this.#answerErrors()
    this.#answerProbes(status, picture)
  }

  /** Resolves to the port, which is drawn by the system if `address` has port zero. Rejects with a `BindError`. */
  async open(address: string): Promise<number> {
    const { host, port } = present(splitAddress(address), "a configuration holds proper addresses")
    try {
      await this.#fastify.listen({ host, port })
    } catch (cause) {
      throw new BindError(address, "HTTP", cause)
    }
    const bound = this.#fastify.server.address()
    assert(typeof bound === "object" && bound !== null, "a door that is open has an address")
    return bound.port
  }

  async close(): Promise<void> {
    await this.#fastify.close()
  }

  #answerProbes(status: () => ReplicaStatus, picture: CellPicture): void {
    this.#fastify.get("/livez", () => ({ alive: true }))

    this.#fastify.get("/readyz", (_request, reply) => {
      const reasons = obstacles(status())
      if (reasons.length === 0) return { ready: true }
      return sendProblem(reply, {
        status: 503,
        title: "This replica is not ready",
        detail: reasons.join(" "),
        code: "NOT_READY",
      })
    })

    /** The picture as such is no error, but a load balancer should see from the status alone that nobody serves. */
    this.#fastify.get("/healthz", async (_request, reply) => {
      const cell = await picture.take()
      return reply.code(cell.master === 0 ? 503 : 200).send(cell)
    })
  }

  #answerErrors(): void {
    this.#fastify.setNotFoundHandler((request, reply) =>
      sendProblem(reply, {
        status: 404,
        title: "Not found",
        detail: `There is no ${request.method} ${request.url} here.`,
        code: "NOT_FOUND",
      }),
    )
    this.#fastify.setErrorHandler<{ readonly statusCode?: number } & Error>((error, _request, reply) => {
      const status = error.statusCode ?? 500
      // What went wrong inside is nobody's business outside.
      return status < 500
        ? sendProblem(reply, { status, title: "Bad request", detail: error.message, code: "INVALID_ARGUMENT" })
        : sendProblem(reply, { status: 500, title: "Internal error", detail: "See the log.", code: "INTERNAL" })
    })
  }
}
