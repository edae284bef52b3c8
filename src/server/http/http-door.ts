/**
 * The HTTP door of a replica: what all its resources share. It bounds what a caller can cost before anybody looks at
 * what is asked, finds out who calls, and turns whatever goes wrong into a problem. The resources are in `routes/`.
 */
import type { TlsOptions } from "node:tls"
import { type FastifyInstance, fastify } from "fastify"
import { assert, present } from "../../base/assert.ts"
import { splitAddress } from "../../base/address.ts"
import type { Logger } from "../../host/logger.ts"
import type { ReplicaTls } from "../../host/replica-tls.ts"
import { BindError } from "../bind-error.ts"
import { answerBadUrl, answerBrokenRequest, answerErrors, headBytesMax } from "./errors.ts"
import { objectionToHeaders } from "./headers.ts"
import { doorHosts } from "./hosts.ts"
import { recordMethods } from "./methods.ts"
import { describeRoutes, serveDescription } from "./openapi.ts"
import { type AdmissionOptions, admit } from "./principal.ts"
import { DoorProblemError, RefusalError } from "./problem.ts"
import type { DoorContext, Resource } from "./resource.ts"

export interface HttpDoorOptions extends AdmissionOptions {
  /** Whether it speaks HTTPS. */
  readonly isSecure: boolean
  /** Where it listens, and where the doors of all replicas do. */
  readonly address: string
  readonly addresses: readonly string[]
  readonly context: DoorContext
  readonly resources: readonly Resource[]
  readonly log: Logger
}

/** Of a request's body, unless a route says otherwise. */
const bodyBytesMax = 16 * 1024
const urlLengthMax = 8 * 1024
const connectionsMax = 20_000

/** From the first byte of a request to its last. How long its answer takes is another matter: a long poll may park. */
const requestMs = 10_000
/** Between two requests of one connection. */
const idleMs = 60_000
/** For the caller to take the answer once there is one; a parked call has none yet. */
const answerMs = 30_000

export class HttpDoor {
  readonly #fastify: FastifyInstance

  constructor(options: HttpDoorOptions) {
    const { context, resources, log } = options
    this.#fastify = newFastify(options)
    this.#fastify.server.maxConnections = connectionsMax
    // What is expected of us beside 100-continue we may ignore (RFC 9110, 10.1.1). Node would refuse it without a word.
    this.#fastify.server.on("checkExpectation", (request, response) => {
      this.#fastify.server.emit("request", request, response)
    })
    context.metrics.http.watch(this.#fastify)
    const allowed = recordMethods(this.#fastify)
    answerErrors(this.#fastify, allowed, log)
    this.#guard(options)
    describeRoutes(this.#fastify)
    for (const resource of [serveDescription, ...resources]) {
      void this.#fastify.register((scope, _options, done) => {
        resource(scope, context)
        done()
      })
    }
  }

  /** Resolves to the port, which is drawn by the system if `address` has port zero. Rejects with a `BindError`. */
  async open(address: string): Promise<number> {
    const { host, port } = present(splitAddress(address), "a configuration holds proper addresses")
    await this.#fastify.ready()
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

  #guard({ isSecure, address, addresses, ...admission }: HttpDoorOptions): void {
    const hosts = isSecure ? undefined : doorHosts(address, addresses)
    // Text and forms are what a browser sends anywhere without asking: nothing here is changed by them.
    this.#fastify.removeContentTypeParser("text/plain")
    this.#fastify.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
    this.#fastify.addHook("onRequest", (request, reply, next) => {
      void reply.header("x-content-type-options", "nosniff")
      if (request.url.length > urlLengthMax) {
        return next(new DoorProblemError("URL_TOO_LONG", `A URL takes at most ${urlLengthMax} characters.`))
      }
      const refusal = admit(request, admission)
      if (refusal !== undefined) return next(new RefusalError(refusal))
      next(objectionToHeaders(request, hosts))
    })
    this.#fastify.addHook("onSend", (request, _reply, payload, next) => {
      request.raw.socket.setTimeout(answerMs)
      next(null, payload)
    })
  }
}

function newFastify({ isSecure, tls }: HttpDoorOptions): FastifyInstance {
  const server = {
    ...{ maxHeaderSize: headBytesMax, headersTimeout: requestMs, connectionsCheckingInterval: 1_000 },
    // Node would refuse without a word: see objectionToHeaders.
    requireHostHeader: false,
  }
  const secured = isSecure ? { ...server, ...secureOptions(present(tls, "HTTPS takes a certificate")) } : null
  const options = {
    http: server,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    forceCloseConnections: true,
    // Values are what they are written as: "1" is no number, and an unknown member is a mistake, not to be dropped.
    // The other two are for the sentence about what is wrong: see faults.ts.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, discriminator: true, verbose: true } },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadUrl,
  } as const
  return fastify({ ...options, https: secured })
}

/** Asks for a client's certificate and lets everybody in: what may be asked without one is for the routes to say. */
function secureOptions(tls: ReplicaTls): TlsOptions {
  return {
    ...tls.listening("everybody"),
    rejectUnauthorized: false,
    handshakeTimeout: requestMs,
    ALPNProtocols: ["http/1.1"],
  }
}
