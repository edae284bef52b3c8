/** Claviger's own client library, as it was built: one session, without its cache, for what is measured is the cell. */
import type * as library from "../../src/client/index.ts"
import type { Cell, Session } from "../../src/client/index.ts"
import type { BenchClient, ClientOptions } from "../bench-client.ts"

// From the sources, KeepAlives would not have the thread of their own that they have in the programs of users.
const built = new URL("../../dist/client/index.js", import.meta.url).href
export const { CellError, connect } = (await import(built)) as typeof library

export class ClavigerClient implements BenchClient {
  readonly #cell: Cell
  readonly #session: Session

  private constructor(cell: Cell, session: Session) {
    this.#cell = cell
    this.#session = session
  }

  static async open({ addresses, isOneOfMany }: ClientOptions): Promise<ClavigerClient> {
    const cell = await connect({ replicas: addresses, name: "bench", keepAlives: isOneOfMany ? "main" : "worker" })
    return new ClavigerClient(cell, await cell.openSession({ caching: false }))
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    await this.#session.set(pathOf(key), contents)
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return await readOf(this.#session, key)
  }

  async acquire(key: string): Promise<() => Promise<void>> {
    const lock = await this.#session.acquire(pathOf(key))
    return () => lock.release()
  }

  async watch(key: string, onTold: () => void): Promise<void> {
    const watch = this.#session.watch(pathOf(key))
    await watch.ready
    const tell = async (): Promise<void> => {
      while ((await watch.next()).done !== true) onTold()
    }
    void tell()
  }

  async keepSession(): Promise<void> {
    // It was opened with the client.
  }

  async hasSession(): Promise<boolean> {
    return this.#session.standing === "safe"
  }

  async close(): Promise<void> {
    await this.#session.close()
    await this.#cell.close()
  }
}

export async function readOf(session: Session, key: string): Promise<Uint8Array | undefined> {
  try {
    return (await session.get(pathOf(key))).contents
  } catch (error) {
    if (error instanceof CellError && error.code === "NODE_NOT_FOUND") return undefined
    throw error
  }
}

/** As in a program that has its paths at hand: to put one together anew takes longer than to find it in a cache. */
const paths = new Map<string, string>()

export function pathOf(key: string): string {
  const known = paths.get(key)
  if (known !== undefined) return known
  const path = `/ls/local/${key}`
  paths.set(key, path)
  return path
}
