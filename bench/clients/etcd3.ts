/**
 * etcd through its npm client, `etcd3`, as its readme shows it. A write whose leader is lost is left to wait for seven
 * seconds by default, so where leaders are lost writes are made with a deadline.
 */
import { Etcd3 } from "etcd3"
import type { BenchClient, ClientOptions } from "../bench-client.ts"

/** As etcd's own library for Go has it. */
const sessionSeconds = 60

export class Etcd3Client implements BenchClient {
  readonly #etcd: Etcd3
  readonly #deadlineMs: number | undefined
  #isSessionLost = false

  private constructor(etcd: Etcd3, deadlineMs: number | undefined) {
    this.#etcd = etcd
    this.#deadlineMs = deadlineMs
  }

  static async open({ addresses }: ClientOptions, deadlineMs?: number): Promise<Etcd3Client> {
    return new Etcd3Client(new Etcd3({ hosts: [...addresses] }), deadlineMs)
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    const put = this.#etcd.put(key).value(Buffer.from(contents))
    await (this.#deadlineMs === undefined ? put : put.options({ deadline: Date.now() + this.#deadlineMs })).exec()
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return (await this.#etcd.get(key).buffer()) ?? undefined
  }

  /** Does not wait: rejects if somebody else has the lock. */
  async acquire(key: string): Promise<() => Promise<void>> {
    const lock = await this.#etcd.lock(key).acquire()
    return () => lock.release()
  }

  async watch(key: string, onTold: () => void): Promise<void> {
    const watcher = await this.#etcd.watch().key(key).create()
    watcher.on("put", onTold)
  }

  async keepSession(): Promise<void> {
    const lease = this.#etcd.lease(sessionSeconds)
    lease.on("lost", () => (this.#isSessionLost = true))
    await lease.grant()
  }

  async hasSession(): Promise<boolean> {
    return !this.#isSessionLost
  }

  async close(): Promise<void> {
    this.#etcd.close()
  }
}
