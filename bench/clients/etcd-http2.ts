/** etcd without a library: its gRPC interface over plain HTTP/2, and its own lock service, which keeps waiters in order. */
import type { BenchClient, ClientOptions } from "../bench-client.ts"
import { EtcdChannel, type EtcdMessage } from "./etcd-channel.ts"

/** A lease for locks outlives every run, so that nothing is spent on keeping it alive. */
const lockLeaseSeconds = 3_600
/** A session and its KeepAlives, as etcd's own library for Go has them. */
const [sessionSeconds, keepAliveMs] = [60, 20_000]

export class EtcdHttp2Client implements BenchClient {
  readonly #channel: EtcdChannel
  #leaseId: Promise<string> | undefined
  #sessionId: string | undefined
  #keepAlives: NodeJS.Timeout | undefined

  private constructor(channel: EtcdChannel) {
    this.#channel = channel
  }

  static async open({ addresses: [address = ""] }: ClientOptions): Promise<EtcdHttp2Client> {
    const channel = new EtcdChannel(address)
    await channel.call("Maintenance", "Status", {})
    return new EtcdHttp2Client(channel)
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    await this.#channel.call("KV", "Put", { key: Buffer.from(key), value: contents })
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const { kvs } = await this.#channel.call("KV", "Range", { key: Buffer.from(key) })
    return (kvs as readonly KeyValue[])[0]?.value
  }

  async acquire(key: string): Promise<() => Promise<void>> {
    this.#leaseId ??= this.#grantLease(lockLeaseSeconds)
    const lease = await this.#leaseId
    const held = await this.#channel.call("Lock", "Lock", { name: Buffer.from(key), lease })
    return async () => {
      await this.#channel.call("Lock", "Unlock", { key: held["key"] })
    }
  }

  async watch(key: string, onTold: () => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onMessage = (message: EtcdMessage): void => {
        if (message["created"] === true) resolve()
        if ((message["events"] as readonly unknown[]).length > 0) onTold()
      }
      const stream = this.#channel.open("Watch", "Watch", { onMessage, onEnd: reject })
      stream.send({ create_request: { key: Buffer.from(key) } })
    })
  }

  async keepSession(): Promise<void> {
    const sessionId = await this.#grantLease(sessionSeconds)
    this.#sessionId = sessionId
    const listener = { onMessage: () => undefined, onEnd: () => undefined }
    const stream = this.#channel.open("Lease", "LeaseKeepAlive", listener)
    this.#keepAlives = setInterval(() => stream.send({ ID: sessionId }), keepAliveMs)
  }

  async hasSession(): Promise<boolean> {
    if (this.#sessionId === undefined) return false
    const { TTL } = await this.#channel.call("Lease", "LeaseTimeToLive", { ID: this.#sessionId })
    return Number(TTL) > 0
  }

  async close(): Promise<void> {
    clearInterval(this.#keepAlives)
    if (this.#leaseId !== undefined) await this.#channel.call("Lease", "LeaseRevoke", { ID: await this.#leaseId })
    this.#channel.close()
  }

  async #grantLease(seconds: number): Promise<string> {
    const { ID } = await this.#channel.call("Lease", "LeaseGrant", { TTL: seconds })
    return String(ID)
  }
}

interface KeyValue {
  readonly value: Uint8Array
}
