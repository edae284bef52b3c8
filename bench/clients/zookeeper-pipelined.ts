/** ZooKeeper without a library: its own frames on one socket, so that any number of requests are under way. */
import type { BenchClient, ClientOptions } from "../bench-client.ts"
import { isNodeExists, isNoNode, ZooKeeperConnection } from "./zookeeper-connection.ts"
import { ephemeralSequential } from "./zookeeper-frames.ts"
import { acquireZooKeeperLock, type LockNodes } from "./zookeeper-lock.ts"

const sessionMs = 30_000
const anyVersion = -1

/** A read that is linearizable waits for the server to be level with the leader: `sync`, then the read behind it. */
export type ReadKind = "linearizable" | "local"

export class ZooKeeperPipelinedClient implements BenchClient, LockNodes {
  readonly #connection: ZooKeeperConnection
  readonly #reads: ReadKind

  private constructor(connection: ZooKeeperConnection, reads: ReadKind) {
    this.#connection = connection
    this.#reads = reads
  }

  static async open({ addresses: [address = ""] }: ClientOptions, reads: ReadKind): Promise<ZooKeeperPipelinedClient> {
    return new ZooKeeperPipelinedClient(await ZooKeeperConnection.open(address, sessionMs), reads)
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    const path = `/${key}`
    try {
      await this.#connection.ask("setData", (writer) => writer.text(path).buffer(contents).int(anyVersion))
    } catch (error) {
      if (!isNoNode(error)) throw error
      await this.#connection.ask("create", (writer) => writer.text(path).buffer(contents).openAcl().int(0))
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const path = `/${key}`
    try {
      const synced =
        this.#reads === "linearizable" ? this.#connection.ask("sync", (writer) => writer.text(path)) : undefined
      const [answer] = await Promise.all([
        this.#connection.ask("getData", (writer) => writer.text(path).flag(false)),
        synced,
      ])
      return answer.buffer()
    } catch (error) {
      if (isNoNode(error)) return undefined
      throw error
    }
  }

  async acquire(key: string): Promise<() => Promise<void>> {
    return await acquireZooKeeperLock(this, `/${key}`)
  }

  async watch(key: string, onTold: () => void): Promise<void> {
    const path = `/${key}`
    // A watch of ZooKeeper tells once: it is set anew with the read that follows.
    const look = (): Promise<unknown> => {
      this.#connection.onEvent(path, () => {
        onTold()
        void look()
      })
      return this.#connection.ask("getData", (writer) => writer.text(path).flag(true))
    }
    await look()
  }

  async createPermanent(path: string): Promise<void> {
    try {
      await this.#connection.ask("create", (writer) => writer.text(path).buffer(nothing).openAcl().int(0))
    } catch (error) {
      if (!isNodeExists(error)) throw error
    }
  }

  async createEphemeral(prefix: string): Promise<string> {
    const answer = await this.#connection.ask("create", (writer) =>
      writer.text(prefix).buffer(nothing).openAcl().int(ephemeralSequential),
    )
    return answer.text()
  }

  async childrenOf(path: string): Promise<readonly string[]> {
    return (await this.#connection.ask("getChildren", (writer) => writer.text(path).flag(false))).texts()
  }

  async untilGone(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#connection.onEvent(path, resolve)
      const look = this.#connection.ask("exists", (writer) => writer.text(path).flag(true))
      look.catch((error: unknown) => (isNoNode(error) ? resolve() : reject(error as Error)))
    })
  }

  async delete(path: string): Promise<void> {
    await this.#connection.ask("delete", (writer) => writer.text(path).int(anyVersion))
  }

  async keepSession(): Promise<void> {
    // It was opened with the connection.
  }

  /** ZooKeeper hangs up on a client whose session is over. */
  async hasSession(): Promise<boolean> {
    return this.#connection.isOpen
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

const nothing = new Uint8Array(0)
