/**
 * ZooKeeper through `node-zookeeper-client`. (The npm package `zookeeper` wants its C library compiled when it is
 * installed.) It has no `sync`, so what it reads may be out of date.
 */
import zookeeper, { type Client } from "node-zookeeper-client"
import type { BenchClient, ClientOptions } from "../bench-client.ts"
import { acquireZooKeeperLock, type LockNodes } from "./zookeeper-lock.ts"

export class ZooKeeperNpmClient implements BenchClient, LockNodes {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async open({ addresses }: ClientOptions): Promise<ZooKeeperNpmClient> {
    const client = zookeeper.createClient(addresses.join(","))
    await new Promise<void>((resolve) => {
      client.once("connected", resolve)
      client.connect()
    })
    return new ZooKeeperNpmClient(client)
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    const bytes = Buffer.from(contents)
    try {
      await answer<unknown>((reply) => this.#client.setData(`/${key}`, bytes, reply))
    } catch (error) {
      if (!is(error, "NO_NODE")) throw error
      await answer<unknown>((reply) => this.#client.create(`/${key}`, bytes, reply))
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await answer<Uint8Array>((reply) => this.#client.getData(`/${key}`, reply))
    } catch (error) {
      if (is(error, "NO_NODE")) return undefined
      throw error
    }
  }

  async acquire(key: string): Promise<() => Promise<void>> {
    return await acquireZooKeeperLock(this, `/${key}`)
  }

  async watch(key: string, onTold: () => void): Promise<void> {
    // A watch of ZooKeeper tells once: it is set anew with the read that follows.
    const onEvent = (): void => {
      onTold()
      void look()
    }
    const look = (): Promise<unknown> => answer((reply) => this.#client.getData(`/${key}`, onEvent, reply))
    await look()
  }

  async createPermanent(path: string): Promise<void> {
    try {
      await answer<unknown>((reply) => this.#client.create(path, reply))
    } catch (error) {
      if (!is(error, "NODE_EXISTS")) throw error
    }
  }

  async createEphemeral(prefix: string): Promise<string> {
    return await answer((reply) => this.#client.create(prefix, zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL, reply))
  }

  async childrenOf(path: string): Promise<readonly string[]> {
    return await answer((reply) => this.#client.getChildren(path, reply))
  }

  async untilGone(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = answer<unknown>((reply) => this.#client.exists(path, () => resolve(), reply))
      look.then((stat) => (stat === null ? resolve() : undefined), reject)
    })
  }

  async delete(path: string): Promise<void> {
    await answer((reply: (error: unknown, nothing: undefined) => void) =>
      this.#client.remove(path, (error) => reply(error, undefined)),
    )
  }

  async keepSession(): Promise<void> {
    // It was opened with the client.
  }

  async hasSession(): Promise<boolean> {
    return this.#client.getState() === zookeeper.State.SYNC_CONNECTED
  }

  async close(): Promise<void> {
    this.#client.close()
  }
}

async function answer<Result>(ask: (reply: (error: unknown, result: Result) => void) => void): Promise<Result> {
  return await new Promise((resolve, reject) => {
    ask((error, result) => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the library's own class of errors
      if (error) reject(error)
      else resolve(result)
    })
  })
}

function is(error: unknown, name: "NO_NODE" | "NODE_EXISTS"): boolean {
  return (error as { readonly code?: number }).code === zookeeper.Exception[name]
}
