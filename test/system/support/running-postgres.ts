/**
 * A real PostgreSQL for tests, of Debian's package `postgresql`, in a directory of its own and on a socket in there: no
 * port, no network. It refuses to run as root, and is run as another user then.
 */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "pg"
import { signalIfAlive } from "./program.ts"
import { HopelessError, until } from "./until.ts"

export interface Reach {
  /** The directory of the socket. */
  readonly host: string
  readonly user: string
  readonly database: string
}

type Identity = Pick<SpawnOptions, "uid" | "gid">

export class RunningPostgres {
  readonly directory: string
  readonly #binaries: string
  readonly #identity: Identity
  #server: ChildProcess | undefined
  #stderr = ""

  private constructor(binaries: string) {
    this.#binaries = binaries
    this.#identity = process.getuid?.() === 0 ? unprivileged() : {}
    this.directory = mkdtempSync(join(tmpdir(), "claviger-postgres-"))
    const { uid, gid } = this.#identity
    if (uid !== undefined && gid !== undefined) chownSync(this.directory, uid, gid)
  }

  /** Undefined if there is no PostgreSQL on this machine. */
  static async start(): Promise<RunningPostgres | undefined> {
    const binaries = findBinaries()
    if (binaries === undefined) return undefined
    const running = new RunningPostgres(binaries)
    const words = ["-D", running.#store, "-U", user, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    const options = { ...running.#identity, cwd: running.directory, stdio: "pipe" } as const
    execFileSync(join(binaries, "initdb"), words, options)
    await running.launch()
    return running
  }

  get reach(): Reach {
    return { host: this.directory, user, database: "postgres" }
  }

  /** Resolves when it answers. */
  async launch(): Promise<void> {
    const words = ["-D", this.#store, "-k", this.directory, "-c", "listen_addresses="]
    const server = spawn(join(this.#binaries, "postgres"), words, {
      ...{ ...this.#identity, cwd: this.directory, stdio: ["ignore", "ignore", "pipe"] },
    })
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text
    })
    this.#server = server
    servers.add(server)
    server.once("exit", () => servers.delete(server))
    await until("PostgreSQL answers", { withinMs: 30_000 }, async () => {
      if (server.exitCode !== null) throw new HopelessError(`it has ended: ${this.#stderr}`)
      const client = new Client(this.reach)
      await client.connect()
      await client.end()
      return true
    })
  }

  /** As a crash of its machine's power would: nothing is written any more. */
  async crash(): Promise<void> {
    await this.#stop("SIGQUIT")
  }

  async end(): Promise<void> {
    await this.#stop("SIGINT")
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #stop(signal: NodeJS.Signals): Promise<void> {
    if (this.#server === undefined || !servers.has(this.#server)) return
    const gone = once(this.#server, "exit")
    this.#server.kill(signal)
    await gone
  }

  get #store(): string {
    return join(this.directory, "store")
  }
}

const user = "claviger"

/** Debian keeps those that are not for everybody outside of the path, by version. */
function findBinaries(): string | undefined {
  const versions = "/usr/lib/postgresql"
  if (!existsSync(versions)) return undefined
  const found = readdirSync(versions).map((version) => join(versions, version, "bin"))
  return found.filter((folder) => existsSync(join(folder, "initdb"))).at(-1)
}

function unprivileged(): Identity {
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync("/etc/passwd", "utf8"))?.[0].split(":") ?? []
  if (uid === undefined || gid === undefined) throw new Error("there is no user `nobody` to run PostgreSQL as")
  return { uid: Number(uid), gid: Number(gid) }
}

const servers = new Set<ChildProcess>()

process.once("exit", () => {
  for (const { pid } of servers) if (pid !== undefined) signalIfAlive(pid, "SIGQUIT")
})
