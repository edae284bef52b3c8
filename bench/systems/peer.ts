/**
 * What etcd and ZooKeeper have in common as systems under test: members on loopback with a directory and a log each, a
 * way to ask a member how it does, and the rule of who is level with the leader.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { tellLogFiles } from "../../test/system/support/log-files.ts"
import { notYet, until } from "../../test/system/support/until.ts"
import type { Member, RunningContender } from "../system-under-test.ts"
import { MemberProcess, type MemberCommand } from "./member-process.ts"

export interface MemberStanding {
  readonly isLeader: boolean
  readonly appliedThrough: number
  readonly version: string
}

export interface PeerPlan {
  readonly directory: string
  readonly settings: string
  /** By member, in order of id: the address of its door for clients. */
  readonly addresses: readonly string[]
  commandOf(id: number, directory: string): MemberCommand
  /** Rejects if the member does not answer, or serves nobody yet. */
  ask(address: string): Promise<MemberStanding>
}

const startMsMax = 60_000
/** That an entry is settled, followers hear with the next one. */
const entriesBehindMax = 2

export class RunningPeer implements RunningContender {
  readonly settings: string
  readonly addresses: readonly string[]
  readonly #plan: PeerPlan
  readonly #processes: readonly MemberProcess[]
  #version = "unknown"

  private constructor(plan: PeerPlan) {
    this.#plan = plan
    this.settings = plan.settings
    this.addresses = plan.addresses
    this.#processes = plan.addresses.map((_, place) => {
      const directory = this.directoryOf(place + 1)
      mkdirSync(directory, { recursive: true })
      return new MemberProcess(plan.commandOf(place + 1, directory))
    })
  }

  static start(plan: PeerPlan): RunningPeer {
    const peer = new RunningPeer(plan)
    for (const member of peer.#processes) member.start()
    return peer
  }

  get version(): string {
    return this.#version
  }

  async members(): Promise<readonly Member[]> {
    return await Promise.all(
      this.#processes.map(async ({ pid }, place) => {
        const standing = pid === 0 ? undefined : await this.#ask(place + 1).catch(() => undefined)
        const { isLeader = false, appliedThrough = 0 } = standing ?? {}
        return { id: place + 1, pid, isLeader, appliedThrough, firstLogEntry: undefined }
      }),
    )
  }

  async leader(): Promise<Member> {
    return await until("there is a leader", { withinMs: startMsMax }, async () => {
      return (await this.members()).find(({ isLeader }) => isLeader)
    })
  }

  async untilLevel(ids: readonly number[] = this.#processes.map((_, place) => place + 1)): Promise<void> {
    await until(`members ${ids.join(", ")} are level`, { withinMs: 120_000, everyMs: 20 }, async () => {
      const { appliedThrough } = await this.leader()
      const standings = await Promise.all(ids.map((id) => this.#ask(id)))
      const isLevel = standings.every((standing) => standing.appliedThrough >= appliedThrough - entriesBehindMax)
      return isLevel ? true : notYet(standings)
    })
  }

  async kill(id: number): Promise<void> {
    await this.#process(id).end("SIGKILL")
  }

  async endCleanly(id: number): Promise<void> {
    await this.#process(id).end("SIGTERM")
  }

  async restart(id: number): Promise<void> {
    this.#process(id).start()
  }

  directoryOf(id: number): string {
    return join(this.#plan.directory, `member-${id}`)
  }

  tellLogs(): string {
    return tellLogFiles(this.#plan.directory, 5).join("\n")
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((member) => member.end("SIGKILL")))
  }

  async #ask(id: number): Promise<MemberStanding> {
    const standing = await this.#plan.ask(this.addresses[id - 1] ?? "")
    this.#version = standing.version
    return standing
  }

  #process(id: number): MemberProcess {
    const member = this.#processes[id - 1]
    if (member === undefined) throw new Error(`there is no member ${id}`)
    return member
  }
}
