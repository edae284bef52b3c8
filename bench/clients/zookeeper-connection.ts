/**
 * One session with one ZooKeeper server. Any number of requests may be under way; what is asked in one turn of the
 * event loop leaves as one write. Answers come in order.
 */
import { connect, type Socket } from "node:net"
import { errors, FrameReader, FrameWriter, operations, splitFrames } from "./zookeeper-frames.ts"

export type Operation = keyof typeof operations

class ZooKeeperError extends Error {
  readonly code: number

  constructor(code: number) {
    super(`ZooKeeper answered ${code}`)
    this.code = code
  }
}

/** Marks of frames that answer no request. */
const [eventMark, pingMark] = [-1, -2]

interface Asked {
  readonly resolve: (answer: FrameReader) => void
  readonly reject: (reason: Error) => void
}

export class ZooKeeperConnection {
  readonly #socket: Socket
  readonly #asked: Asked[] = []
  readonly #listeners = new Map<string, (() => void)[]>()
  #answeredCount = 0
  #number = 0
  #unsent: Buffer[] = []
  #unread: Buffer = Buffer.alloc(0)
  #pings: NodeJS.Timeout | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async open(address: string, sessionMs: number): Promise<ZooKeeperConnection> {
    const [host, port] = address.split(":")
    const socket = connect({ host, port: Number(port), noDelay: true })
    const connection = new ZooKeeperConnection(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject)
      socket.once("close", () => reject(new Error(`ZooKeeper at ${address} has hung up`)))
      socket.on("data", (bytes) => {
        const all = connection.#unread.length === 0 ? bytes : Buffer.concat([connection.#unread, bytes])
        connection.#unread = splitFrames(all, (frame) => {
          if (connection.#pings === undefined) {
            connection.#begin(frame)
            resolve()
          } else connection.#read(frame)
        })
      })
      const writer = new FrameWriter().int(0).long(0n).int(sessionMs).long(0n).buffer(Buffer.alloc(16)).flag(false)
      socket.write(writer.frame())
    })
    socket.on("close", () => connection.#end())
    return connection
  }

  async ask(operation: Operation, fill: (writer: FrameWriter) => FrameWriter): Promise<FrameReader> {
    this.#number = (this.#number + 1) & 0x7fffffff
    const frame = fill(new FrameWriter().int(this.#number).int(operations[operation])).frame()
    return await new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject })
      this.#send(frame)
    })
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** The next event of that path, whatever it is. */
  onEvent(path: string, listener: () => void): void {
    const known = this.#listeners.get(path)
    if (known === undefined) this.#listeners.set(path, [listener])
    else known.push(listener)
  }

  async close(): Promise<void> {
    await this.ask("closeSession", (writer) => writer)
    this.#socket.destroy()
    this.#end()
  }

  #send(frame: Buffer): void {
    if (this.#unsent.length === 0) setImmediate(() => this.#flush())
    this.#unsent.push(frame)
  }

  #flush(): void {
    const frames = this.#unsent
    this.#unsent = []
    if (!this.#socket.destroyed) this.#socket.write(frames.length === 1 ? (frames[0] ?? "") : Buffer.concat(frames))
  }

  /** What the server answers first: whether it has taken the session, and for how long. */
  #begin(frame: Buffer): void {
    const reader = new FrameReader(frame)
    reader.int()
    const sessionMs = reader.int()
    const ping = (): void => this.#send(new FrameWriter().int(pingMark).int(operations.ping).frame())
    this.#pings = setInterval(ping, sessionMs / 3)
  }

  #read(frame: Buffer): void {
    const reader = new FrameReader(frame)
    const number = reader.int()
    reader.long()
    const code = reader.int()
    if (number === eventMark) this.#tell(reader)
    else if (number !== pingMark) this.#answer(code, reader)
  }

  #tell(reader: FrameReader): void {
    reader.int()
    reader.int()
    const path = reader.text()
    const listeners = this.#listeners.get(path) ?? []
    this.#listeners.delete(path)
    for (const listener of listeners) listener()
  }

  #answer(code: number, reader: FrameReader): void {
    const asked = this.#asked[this.#answeredCount]
    this.#answeredCount += 1
    if (this.#answeredCount === this.#asked.length || this.#answeredCount > answeredKeptMax) {
      this.#asked.splice(0, this.#answeredCount)
      this.#answeredCount = 0
    }
    if (code === 0) asked?.resolve(reader)
    else asked?.reject(new ZooKeeperError(code))
  }

  #end(): void {
    clearInterval(this.#pings)
    const waiting = this.#asked.splice(0).slice(this.#answeredCount)
    for (const { reject } of waiting) reject(new Error("ZooKeeper has hung up"))
  }
}

/** To take the first off a long list costs more than to count how far one has come. */
const answeredKeptMax = 1_000

export function isNoNode(error: unknown): boolean {
  return error instanceof ZooKeeperError && error.code === errors.noNode
}

export function isNodeExists(error: unknown): boolean {
  return error instanceof ZooKeeperError && error.code === errors.nodeExists
}
