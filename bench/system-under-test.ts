/**
 * What is needed of a system to compare it with others: members on loopback that can be killed one by one. Whatever a
 * system calls these things, it is adapted in `systems/`; its clients are in `clients/`.
 */
import type { BenchClient } from "./bench-client.ts"

export interface Contender {
  readonly name: string
  /** Why it can't take part on this machine; undefined: it can. */
  absence(): string | undefined
  /** A fresh system in an empty directory. Resolves as soon as its processes have been started, not when it serves. */
  start(directory: string, memberCount: number): Promise<RunningContender>
}

export interface RunningContender {
  /** Known once a member has answered. */
  readonly version: string
  /** Whatever was set differently from the system's defaults, for the report. */
  readonly settings: string
  /** The members' doors for clients, in order of id. */
  readonly addresses: readonly string[]
  /** Every member, in order of id. */
  members(): Promise<readonly Member[]>
  /** Waits for it, if there is none. */
  leader(): Promise<Member>
  /** Resolves once every member of `ids` (all, if not given) serves and is level with the leader. */
  untilLevel(ids?: readonly number[]): Promise<void>
  /** kill -9. Resolves when the process is gone. */
  kill(id: number): Promise<void>
  /** Asks the member to end, as a rolling restart would. Resolves when the process is gone. */
  endCleanly(id: number): Promise<void>
  /** Starts a member that is down, on what it had. */
  restart(id: number): Promise<void>
  /** What the member keeps on its disk. */
  directoryOf(id: number): string
  /** What the processes have said lately, for when something goes wrong. */
  tellLogs(): string
  /** Ends all processes. */
  end(): Promise<void>
}

/** The project's own: it is asked for more, by workloads that no peer has a part in. */
export interface SystemUnderTest extends Contender {
  start(directory: string, memberCount: number): Promise<RunningSystem>
}

export interface RunningSystem extends RunningContender {
  connect(): Promise<BenchClient>
  /** Where the member tells over HTTP what a key stands for. */
  lookUpUrl(id: number, key: string): Promise<string>
  /** Many sessions of this process, each of which keeps what it reads and is never out of date. */
  openSessions(options: FleetOptions): Promise<SessionFleet>
}

export interface Member {
  readonly id: number
  /** Zero: not running. */
  readonly pid: number
  readonly isLeader: boolean
  /** The newest entry of the log it has applied. */
  readonly appliedThrough: number
  /** The oldest entry of the log it still has; undefined if the system does not tell. */
  readonly firstLogEntry: number | undefined
}

export interface FleetOptions {
  readonly count: number
  /** Whether the sessions share a connection, or have one each. */
  readonly connections: "one" | "each"
  /** For each session; the system's default, if it is not said. */
  readonly cacheBytesMax?: number
}

export interface SessionFleet {
  readonly sessions: readonly CachingSession[]
  /** How often a session says that it is alive when it has nothing else to say. */
  readonly keepAliveEveryMs: number
  close(): Promise<void>
}

export interface CachingSession {
  readonly isAlive: boolean
  /** Out of the cache, if it is there, and otherwise from the system. Undefined: there is no such file. */
  read(key: string): Promise<Uint8Array | undefined>
  /** What the cache has at this very moment; undefined: nothing. */
  cached(key: string): Uint8Array | undefined
}
