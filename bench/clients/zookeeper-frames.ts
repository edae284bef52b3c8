/** ZooKeeper's records as bytes ("jute"): big-endian numbers; strings, buffers and lists after their length. */
export const operations = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  closeSession: -11,
} as const

export const errors = { noNode: -101, nodeExists: -110 } as const

export const ephemeralSequential = 3

const lengthBytes = 4

/** A frame that grows with what is put into it. */
export class FrameWriter {
  #bytes = Buffer.allocUnsafe(512)
  #end = lengthBytes

  int(value: number): this {
    this.#reserve(4)
    this.#end = this.#bytes.writeInt32BE(value, this.#end)
    return this
  }

  long(value: bigint): this {
    this.#reserve(8)
    this.#end = this.#bytes.writeBigInt64BE(value, this.#end)
    return this
  }

  flag(value: boolean): this {
    this.#reserve(1)
    this.#end = this.#bytes.writeUInt8(value ? 1 : 0, this.#end)
    return this
  }

  text(value: string): this {
    const length = Buffer.byteLength(value)
    this.int(length).#reserve(length)
    this.#end += this.#bytes.write(value, this.#end)
    return this
  }

  buffer(value: Uint8Array): this {
    this.int(value.length).#reserve(value.length)
    this.#bytes.set(value, this.#end)
    this.#end += value.length
    return this
  }

  /** The list that lets everybody do everything. */
  openAcl(): this {
    return this.int(1).int(31).text("world").text("anyone")
  }

  frame(): Buffer {
    this.#bytes.writeInt32BE(this.#end - lengthBytes)
    return this.#bytes.subarray(0, this.#end)
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe((this.#end + count) * 2)
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

export class FrameReader {
  readonly #bytes: Buffer
  #next: number

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#next = 0
  }

  int(): number {
    this.#next += 4
    return this.#bytes.readInt32BE(this.#next - 4)
  }

  long(): bigint {
    this.#next += 8
    return this.#bytes.readBigInt64BE(this.#next - 8)
  }

  buffer(): Buffer {
    const length = Math.max(0, this.int())
    this.#next += length
    return this.#bytes.subarray(this.#next - length, this.#next)
  }

  text(): string {
    return this.buffer().toString("utf8")
  }

  texts(): readonly string[] {
    return Array.from({ length: Math.max(0, this.int()) }, () => this.text())
  }
}

/** Whole frames out of what a socket hands over; calls `onFrame` with each, and answers what is left. */
export function splitFrames(bytes: Buffer, onFrame: (frame: Buffer) => void): Buffer {
  let unread = bytes
  for (;;) {
    const end = unread.length < lengthBytes ? Infinity : lengthBytes + unread.readInt32BE(0)
    if (end > unread.length) return unread
    onFrame(unread.subarray(lengthBytes, end))
    unread = unread.subarray(end)
  }
}
