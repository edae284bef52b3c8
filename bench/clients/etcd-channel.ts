/**
 * etcd's gRPC interface on a plain HTTP/2 connection. A call costs less processor time than in grpc-js, which is what
 * etcd's npm client calls through, so less of what is measured is the load itself.
 */
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2"
import { fileURLToPath } from "node:url"
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader"

export type EtcdMessage = Readonly<Record<string, unknown>>

const protos = [
  fileURLToPath(new URL("../proto/rpc.proto", import.meta.resolve("etcd3"))),
  fileURLToPath(new URL("etcd-lock.proto", import.meta.url)),
]
const definitions = protos.map((path) =>
  loadSync(path, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true }),
)
const [prefixBytes, windowBytes] = [5, 1 << 24]

export class EtcdChannel {
  readonly #connection: ClientHttp2Session
  #problem = new Error("the connection to etcd is closed")

  constructor(address: string) {
    this.#connection = connect(`http://${address}`, { settings: { initialWindowSize: windowBytes } })
    this.#connection.on("connect", () => this.#connection.setLocalWindowSize(windowBytes))
    // Told with every call that is under way, or made later.
    this.#connection.on("error", (error) => (this.#problem = error as Error))
  }

  /** One request, one answer. */
  async call(service: string, method: string, request: EtcdMessage): Promise<EtcdMessage> {
    return await new Promise((resolve, reject) => {
      let answer: EtcdMessage | undefined
      const stream = this.open(service, method, {
        onMessage: (message) => (answer = message),
        onEnd: (problem) => {
          if (answer === undefined) reject(problem)
          else resolve(answer)
        },
      })
      stream.end(request)
    })
  }

  open(service: string, method: string, listener: EtcdListener): EtcdStream {
    if (this.#connection.destroyed) throw this.#problem
    return new EtcdStream(this.#connection, methodOf(service, method), listener)
  }

  close(): void {
    this.#connection.destroy()
  }
}

export interface EtcdListener {
  onMessage(message: EtcdMessage): void
  onEnd(problem: Error): void
}

class EtcdStream {
  readonly #method: MethodDefinition<object, object>
  readonly #stream: ClientHttp2Stream
  readonly #listener: EtcdListener
  /** Of a message of which not all has arrived. */
  #rest: Buffer | undefined
  #problem: Error

  constructor(connection: ClientHttp2Session, method: MethodDefinition<object, object>, listener: EtcdListener) {
    this.#method = method
    this.#listener = listener
    this.#problem = new Error(`etcd has ended ${method.path}`)
    this.#stream = connection.request({
      ":method": "POST",
      ":path": method.path,
      te: "trailers",
      "content-type": "application/grpc",
    })
    const onStatus = (headers: Readonly<Record<string, unknown>>): void => {
      const status = headers["grpc-status"]
      if (status !== undefined && status !== "0") this.#problem = new Error(String(headers["grpc-message"]))
    }
    this.#stream.on("response", onStatus).on("trailers", onStatus)
    this.#stream.on("data", (bytes: Buffer) => this.#read(bytes))
    this.#stream.on("error", (error) => (this.#problem = error as Error))
    this.#stream.on("close", () => listener.onEnd(this.#problem))
  }

  send(request: EtcdMessage): void {
    this.#stream.write(this.#framed(request))
  }

  /** With the last request. */
  end(request: EtcdMessage): void {
    this.#stream.end(this.#framed(request))
  }

  #framed(request: EtcdMessage): Buffer {
    const message = this.#method.requestSerialize(request)
    const frame = Buffer.allocUnsafe(prefixBytes + message.length)
    frame.writeUInt8(0)
    frame.writeUInt32BE(message.length, 1)
    message.copy(frame, prefixBytes)
    return frame
  }

  #read(bytes: Buffer): void {
    let unread = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes])
    for (;;) {
      const end = unread.length < prefixBytes ? Infinity : prefixBytes + unread.readUInt32BE(1)
      if (end > unread.length) break
      this.#listener.onMessage(this.#method.responseDeserialize(unread.subarray(prefixBytes, end)) as EtcdMessage)
      unread = unread.subarray(end)
    }
    this.#rest = unread.length === 0 ? undefined : unread
  }
}

function methodOf(service: string, method: string): MethodDefinition<object, object> {
  const name = service === "Lock" ? "v3lockpb.Lock" : `etcdserverpb.${service}`
  const found = definitions.map((all) => all[name]).find((definition) => definition !== undefined)
  const definition = (found as ServiceDefinition | undefined)?.[method]
  if (definition === undefined) throw new Error(`etcd has no ${service}.${method}`)
  return definition
}
