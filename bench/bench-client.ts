/** What a load process needs of a client of any system. Whatever the system calls these things is adapted in `clients/`. */
export interface BenchClient {
  /** Keys are flat names; a client puts them where users of the system would. */
  write(key: string, contents: Uint8Array): Promise<void>
  /** Answered by the system each time, and linearizable unless the client's name says otherwise. Undefined: no such file. */
  read(key: string): Promise<Uint8Array | undefined>
  /** Waits for the lock; what it resolves to releases it. */
  acquire(key: string): Promise<() => Promise<void>>
  /** Resolves once every change of the key will be told. */
  watch(key: string, onTold: () => void): Promise<void>
  /** Has a session with the system from now on, and keeps it alive; most clients have one anyway. */
  keepSession(): Promise<void>
  hasSession(): Promise<boolean>
  close(): Promise<void>
}

export interface ClientOptions {
  /** The members' doors for clients. A client begins with the first, or knows better. */
  readonly addresses: readonly string[]
  /** One of many of its process, which should not have a thread of its own. */
  readonly isOneOfMany: boolean
}

export type OpenClient = (options: ClientOptions) => Promise<BenchClient>
