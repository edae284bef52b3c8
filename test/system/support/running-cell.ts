/**
 * A cell of real processes in a directory of its own, started with the commands a user would type. Replicas are told
 * apart by id; what they say of themselves is asked at their doors, which works without a master and without a quorum.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ReplicaAdmin } from "../../../src/client/admin.ts"
import { connect, type Cell, type ClientTls, type Session } from "../../../src/client/index.ts"
import type { ReplicaReport } from "../../../src/contract/cell-status.ts"
import { freePortBlock } from "./free-ports.ts"
import { lastLines, tellLogFiles } from "./log-files.ts"
import { isAlive, runProgram, RunningProgram, signalIfAlive, type Ended } from "./program.ts"
import { HopelessError, notYet, until } from "./until.ts"

export interface CellOptions {
  readonly replicaCount?: number
  /** Of an earlier cell, to start it again. A new one otherwise. */
  readonly directory?: string
  readonly portBase?: number
  /** In the environment of all replicas. */
  readonly env?: Readonly<Record<string, string>>
  /** Undefined: plain text. */
  readonly tls?: CertificateFolder
}

/** As deploy/tls/make-certificates.sh fills it. */
export interface CertificateFolder {
  readonly directory: string
  /** The client that the tests speak as; it is the administrator, too. */
  readonly client: string
}

/** As in the file `cell.json`. */
interface CellFile {
  readonly cell: string
  readonly cellId: string
  readonly replicas: readonly {
    readonly id: number
    readonly grpc: string
    readonly http: string
    readonly peer: string
  }[]
}

/** A start of all processes on a busy machine, and an election. */
const startMsMax = 30_000

export class RunningCell {
  readonly directory: string
  readonly portBase: number
  readonly #options: CellOptions
  readonly #programs: RunningProgram[] = []
  /** Of the latest process that was seen to serve as each replica. */
  readonly #pids = new Map<number, number>()
  readonly #admins = new Map<number, ReplicaAdmin>()
  readonly #clients: Cell[] = []
  #file: CellFile | undefined

  private constructor(options: CellOptions, directory: string, portBase: number) {
    this.#options = options
    this.directory = directory
    this.portBase = portBase
  }

  /** Resolves as soon as the cell is founded and its processes have been started. */
  static async launch(options: CellOptions = {}): Promise<RunningCell> {
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), "claviger-cell-"))
    const cell = new RunningCell(options, directory, options.portBase ?? (await freePortBlock(portsPerCell)))
    await cell.#explained(() => cell.launchAll())
    return cell
  }

  /** Resolves once all replicas are there and one of them is master. */
  static async start(options: CellOptions = {}): Promise<RunningCell> {
    const cell = await RunningCell.launch(options)
    await cell.#explained(() => cell.untilServing())
    return cell
  }

  /** `claviger cell`: all replicas at once. None may be running. */
  async launchAll(): Promise<RunningProgram> {
    const { replicaCount = 5 } = this.#options
    const args = ["cell", "--data", this.directory, "--port", String(this.portBase), "--replicas", String(replicaCount)]
    const { tls } = this.#options
    const secured = tls === undefined ? [] : ["--tls", tls.directory, "--administrators", tls.client]
    const program = this.#launch([...args, ...secured])
    await until("the replicas are started", { withinMs: startMsMax, everyMs: 10 }, () => {
      if (program.isOver) throw new HopelessError(`it has ended: ${program.stdout}${program.stderr}`)
      return this.#readFile() === undefined || program.children.length < replicaCount ? undefined : true
    })
    return program
  }

  /** `claviger replica`: one replica that was down. Resolves once it says something. */
  async restart(id: number): Promise<RunningProgram> {
    const program = this.launchReplica(id)
    await until(`replica ${id} answers`, { withinMs: startMsMax }, () => {
      if (program.isOver) throw new HopelessError(`it has ended: ${program.stdout}${program.stderr}`)
      return this.report(id)
    })
    return program
  }

  launchReplica(id: number): RunningProgram {
    return this.#launch(["replica", String(id), "--data", this.directory])
  }

  #launch(args: readonly string[]): RunningProgram {
    const program = new RunningProgram(args, { env: this.#options.env ?? {} })
    this.#programs.push(program)
    return program
  }

  /** The process that `claviger cell` is; it has started the replicas. */
  get launcher(): RunningProgram {
    const [launcher] = this.#programs.filter(({ commandLine }) => commandLine.startsWith("claviger cell")).slice(-1)
    if (launcher === undefined) throw new Error("no `claviger cell` was started")
    return launcher
  }

  get name(): string {
    return this.#known.cell
  }

  get cellId(): string {
    return this.#known.cellId
  }

  get ids(): readonly number[] {
    return this.#known.replicas.map(({ id }) => id)
  }

  /** gRPC doors. */
  get addresses(): readonly string[] {
    return this.#known.replicas.map(({ grpc }) => grpc)
  }

  get httpAddresses(): readonly string[] {
    return this.#known.replicas.map(({ http }) => http)
  }

  /** Ports on which replicas call each other, by id. */
  get peerAddresses(): ReadonlyMap<number, string> {
    return new Map(this.#known.replicas.map(({ id, peer }) => [id, peer]))
  }

  replicaDirectory(id: number): string {
    return join(this.directory, `replica-${id}`)
  }

  /** A client of this cell, which is cut off when the cell ends: there may be no cell left to say farewell to. */
  async connect(): Promise<Cell> {
    const client = await connect({ replicas: this.addresses, name: "system test", tls: this.#clientTls() })
    this.#clients.push(client)
    return client
  }

  async openSession(): Promise<Session> {
    const client = await this.connect()
    return await client.openSession({ signal: AbortSignal.timeout(startMsMax) })
  }

  /** A command of `claviger` that talks to this cell. */
  async run(
    args: readonly string[],
    options: { withinMs?: number; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    return await runProgram(args, { ...options, env: { ...this.#reaching(), ...options.env } })
  }

  launchCommand(args: readonly string[]): RunningProgram {
    const program = new RunningProgram(args, { env: this.#reaching() })
    this.#programs.push(program)
    return program
  }

  /** Rejects if the replica does not answer within `withinMs`. */
  async report(id: number, withinMs = 1_500): Promise<ReplicaReport> {
    const report = await this.#admin(id).getStatus({ signal: AbortSignal.timeout(withinMs) })
    this.#pids.set(id, report.pid)
    return report
  }

  /** Of those that answer. */
  async reports(): Promise<readonly ReplicaReport[]> {
    const asked = await Promise.allSettled(this.ids.map((id) => this.report(id)))
    return asked.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []))
  }

  /** The master of the highest epoch, once there is one. */
  async master(withinMs = 10_000): Promise<ReplicaReport> {
    return await until("a replica is master", { withinMs }, async () => masterAmong(await this.reports()))
  }

  /** Waits until `ids` are all there, all vote, and one replica is master. */
  async untilServing(ids: readonly number[] = this.ids, withinMs = startMsMax): Promise<ReplicaReport> {
    return await until(`replicas ${ids.join(", ")} serve`, { withinMs, everyMs: 100 }, async () => {
      const reports = await this.reports()
      const voting = reports.filter(({ role }) => role !== "learner").map(({ replicaId }) => replicaId)
      const master = masterAmong(reports)
      return master !== undefined && ids.every((id) => voting.includes(id)) ? master : notYet(reports.map(summary))
    })
  }

  pidOf(id: number): number {
    const pid = this.#pids.get(id)
    if (pid === undefined) throw new Error(`replica ${id} was never seen`)
    return pid
  }

  signal(id: number, signal: NodeJS.Signals): void {
    signalIfAlive(this.pidOf(id), signal)
  }

  /** kill -9, and waits until the processes are gone. */
  async kill(...ids: readonly number[]): Promise<void> {
    const pids = ids.map((id) => this.pidOf(id))
    for (const pid of pids) signalIfAlive(pid, "SIGKILL")
    await until("the killed are gone", { withinMs: 5_000, everyMs: 10 }, () => !pids.some(isAlive) || undefined)
  }

  /** What a power cut does: kill -9 of everything at once. */
  async killAll(): Promise<void> {
    const pids = [...this.launcher.children, ...this.ids.map((id) => this.pidOf(id)), this.launcher.pid]
    for (const pid of pids) signalIfAlive(pid, "SIGKILL")
    await until("the killed are gone", { withinMs: 5_000, everyMs: 10 }, () => !pids.some(isAlive) || undefined)
  }

  /** SIGTERM, and waits until the process is gone. */
  async endCleanly(id: number): Promise<void> {
    const pid = this.pidOf(id)
    signalIfAlive(pid, "SIGTERM")
    await until("the process has ended", { withinMs: 10_000, everyMs: 10 }, () => !isAlive(pid) || undefined)
  }

  /** Ends whatever still runs, and removes the directory unless it is to be kept. */
  async end({ keepDirectory = false } = {}): Promise<void> {
    const pids = new Set([...this.#pids.values(), ...this.#programs.flatMap(({ children }) => children)])
    for (const program of this.#programs) program.signalGroup("SIGKILL")
    for (const pid of pids) signalIfAlive(pid, "SIGKILL")
    await Promise.all(this.#programs.map(({ ended }) => ended))
    await until("all processes are gone", { withinMs: 5_000, everyMs: 10 }, () => ![...pids].some(isAlive) || undefined)
    for (const admin of this.#admins.values()) admin.close()
    for (const client of this.#clients) await client.close()
    if (!keepDirectory) rmSync(this.directory, { recursive: true, force: true })
  }

  /** The last lines of everything the processes have printed and logged. */
  tellLogs(lineCount = 40): string {
    const printed = this.#programs.map(
      ({ commandLine, stdout, stderr }) => `--- ${commandLine}\n${lastLines(stdout + stderr, lineCount)}`,
    )
    return [...printed, ...tellLogFiles(this.directory, lineCount)].join("\n")
  }

  /** A cell that does not start is ended, and its logs are told. */
  async #explained(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const told = this.tellLogs()
      await this.end()
      throw new Error(`the cell did not start: ${String(error)}\n${told}`, { cause: error })
    }
  }

  #admin(id: number): ReplicaAdmin {
    const replica = this.#known.replicas.find((one) => one.id === id)
    if (replica === undefined) throw new Error(`the cell has no replica ${id}`)
    const admin = this.#admins.get(id) ?? new ReplicaAdmin(replica.grpc, this.#clientTls())
    this.#admins.set(id, admin)
    return admin
  }

  /** What commands find in their environment. */
  #reaching(): Readonly<Record<string, string>> {
    const { tls } = this.#options
    return { CLAVIGER_CELL: this.addresses.join(","), ...(tls === undefined ? {} : environmentOf(tls)) }
  }

  #clientTls(): ClientTls | undefined {
    const { tls } = this.#options
    return tls === undefined ? undefined : tlsOf(tls)
  }

  get #known(): CellFile {
    const file = this.#readFile()
    if (file === undefined) throw new Error(`there is no cell.json in ${this.directory}`)
    return file
  }

  #readFile(): CellFile | undefined {
    if (this.#file !== undefined) return this.#file
    const path = join(this.directory, "cell.json")
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    this.#file = JSON.parse(readFileSync(path, "utf8")) as CellFile
    return this.#file
  }
}

/** For commands that speak as the client of the folder. */
export function environmentOf({ directory, client }: CertificateFolder): Readonly<TlsEnvironment> {
  return {
    CLAVIGER_TLS_AUTHORITY: join(directory, "peer-authority.pem"),
    CLAVIGER_TLS_CERTIFICATE: join(directory, `client-${client}.pem`),
    CLAVIGER_TLS_KEY: join(directory, `client-${client}.key`),
  }
}

/** What a client gives its library. */
export function tlsOf(folder: CertificateFolder): ClientTls {
  const { CLAVIGER_TLS_AUTHORITY, CLAVIGER_TLS_CERTIFICATE, CLAVIGER_TLS_KEY } = environmentOf(folder)
  return {
    certificateAuthority: readFileSync(CLAVIGER_TLS_AUTHORITY, "utf8"),
    certificate: readFileSync(CLAVIGER_TLS_CERTIFICATE, "utf8"),
    privateKey: readFileSync(CLAVIGER_TLS_KEY, "utf8"),
  }
}

type TlsEnvironment = Record<"CLAVIGER_TLS_AUTHORITY" | "CLAVIGER_TLS_CERTIFICATE" | "CLAVIGER_TLS_KEY", string>

/** gRPC, HTTP and the other replicas, for seven of them at most, with room between. */
const portsPerCell = 40

function masterAmong(reports: readonly ReplicaReport[]): ReplicaReport | undefined {
  return reports.filter(({ role }) => role === "master").sort((left, right) => right.epoch - left.epoch)[0]
}

function summary({ replicaId, role, epoch, appliedThrough }: ReplicaReport): string {
  return `${replicaId} ${role} epoch ${epoch} applied ${appliedThrough}`
}
