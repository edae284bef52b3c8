/**
 * Takes connections for a gRPC server, or for replicas. Where there is TLS it hands over those that have shown a verified
 * certificate, where there is none all of them. gRPC's own listener waits two minutes for a handshake and says nothing of
 * those that fail; here a caller who says nothing, with or without TLS, is gone after ten seconds, and a refused one is
 * told of once.
 */
import { createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls"
import { present } from "../base/assert.ts"
import type { DurationMs } from "../base/instant.ts"
import { splitAddress } from "../base/address.ts"
import type { Logger } from "./logger.ts"
import { ToldOnce } from "./told-once.ts"

export interface GuardedListenerOptions {
  /** `host:port`; a port of zero is drawn by the system. */
  readonly address: string
  /** Undefined: connections are taken as they come. */
  readonly tls: TlsOptions | undefined
  readonly onConnection: (socket: Socket) => void
  /** From the connection to the end of the handshake, or to the first byte. */
  readonly patienceMs?: DurationMs | undefined
  readonly log: Logger
}

const patienceMsDefault: DurationMs = 10_000

/**
 * Connections that the system may keep until they are taken. After a fail-over thousands come at once, and one that finds
 * no room tries again only a second later. (The system may allow less: on Linux net.core.somaxconn.)
 */
const waitingMax = 4_096

export class GuardedListener {
  readonly port: number
  readonly #server: Server
  readonly #sockets: ReadonlySet<Socket>

  private constructor(server: Server, sockets: ReadonlySet<Socket>, port: number) {
    this.#server = server
    this.#sockets = sockets
    this.port = port
  }

  /** Rejects with the system's error if the address can't be had. */
  static async open(options: GuardedListenerOptions): Promise<GuardedListener> {
    const { address, tls, onConnection, patienceMs = patienceMsDefault, log } = options
    const { host, port } = present(splitAddress(address), "a configuration holds proper addresses")
    const told = new ToldOnce()
    const handOver = (socket: Socket): void => {
      // Whatever is wrong with a connection also ends it, which is what the server looks at.
      socket.on("error", () => undefined)
      onConnection(socket)
    }
    const refused = (reason: string, from: string | undefined): void => {
      if (told.isNews(`${from ?? ""} ${reason}`, reason)) log.warn({ address, from, reason }, "refused a connection")
    }
    const server =
      tls === undefined ? plain(refused, handOver, patienceMs) : secured(tls, refused, handOver, patienceMs)
    const sockets = new Set<Socket>()
    server.on("connection", (socket: Socket) => {
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen({ host, port, backlog: waitingMax }, () => {
        server.off("error", reject)
        resolve()
      })
    })
    const bound = server.address()
    return new GuardedListener(server, sockets, typeof bound === "object" && bound !== null ? bound.port : port)
  }

  /** Takes no more connections; those that were handed over go on. */
  stop(): void {
    if (this.#server.listening) this.#server.close()
  }

  /** Stops, and cuts off what is left. */
  close(): void {
    this.stop()
    for (const socket of this.#sockets) socket.destroy()
  }
}

type HandOver = (socket: Socket) => void
type Refused = (reason: string, from: string | undefined) => void

function plain(refused: Refused, handOver: HandOver, patienceMs: DurationMs): Server {
  return createServer({ noDelay: true }, (socket) => {
    const { remoteAddress } = socket
    const deadline = setTimeout(() => {
      if (socket.bytesRead > 0) return
      refused("it has said nothing", remoteAddress)
      socket.destroy()
    }, patienceMs)
    socket.once("close", () => clearTimeout(deadline))
    handOver(socket)
  })
}

function secured(tls: TlsOptions, refused: Refused, handOver: HandOver, patienceMs: DurationMs): Server {
  const server = createTlsServer({ ...tls, handshakeTimeout: patienceMs, noDelay: true })
  server.on("secureConnection", (socket: TLSSocket) => {
    // Node has refused those whose certificate it could not verify. A resumed session may have none at all.
    if (socket.authorized && socket.getPeerX509Certificate() !== undefined) handOver(socket)
    else {
      refused("it has no certificate", socket.remoteAddress)
      socket.destroy()
    }
  })
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    refused(reasonOf(error, socket), socket.remoteAddress)
    socket.destroy()
  })
  return server
}

/** Node says what OpenSSL says; these are the mistakes that people make. */
function reasonOf(error: NodeJS.ErrnoException, { authorizationError }: TLSSocket): string {
  // Node keeps the name of the verification's result here, whatever its type says.
  const verification: unknown = authorizationError
  const code = typeof verification === "string" ? verification : (error.code ?? "")
  switch (code) {
    case "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE":
      return "it has no certificate"
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_HTTP_REQUEST":
    case "ERR_SSL_HTTP2_REQUEST":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return "it does not speak TLS"
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
      return "it speaks a version of TLS that is too old"
    case "ERR_TLS_HANDSHAKE_TIMEOUT":
      return "it did not finish the handshake in time"
    case "CERT_HAS_EXPIRED":
      return "its certificate has expired"
    case "CERT_NOT_YET_VALID":
      return "its certificate is not valid yet"
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `its certificate was not issued by an authority that may (${code})`
    case "ECONNRESET":
      return "it has broken off the handshake: perhaps it does not trust this replica's certificate"
    default:
      return `the handshake has failed: ${error.message}`
  }
}
