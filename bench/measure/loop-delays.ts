/** By how much the event loops of replicas were late, as a probe inside them tells: see loop-delay-probe.mjs. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"

/** In milliseconds, by the names that a table has for them. */
export type LoopDelays = Readonly<Record<string, number>>

const probe = fileURLToPath(new URL("loop-delay-probe.mjs", import.meta.url))
const patienceMs = 5_000

export class LoopDelayProbes {
  readonly #directory = mkdtempSync(join(tmpdir(), "bench-loop-delays-"))
  readonly #before = process.env["NODE_OPTIONS"]

  /** From now on every Node process that is started from here has the probe in it. */
  constructor() {
    process.env["LOOP_DELAYS_DIRECTORY"] = this.#directory
    process.env["NODE_OPTIONS"] = `${this.#before ?? ""} --import=${probe}`
  }

  /** Since the process was last asked, or started. */
  async ask(pid: number): Promise<LoopDelays> {
    const path = join(this.#directory, String(pid))
    rmSync(path, { force: true })
    process.kill(pid, "SIGUSR2")
    const givenUpAt = performance.now() + patienceMs
    for (;;) {
      try {
        return JSON.parse(readFileSync(path, "utf8")) as LoopDelays
      } catch (error) {
        if (performance.now() > givenUpAt) throw new Error(`process ${pid} tells no loop delays`, { cause: error })
      }
      await pause(20)
    }
  }

  close(): void {
    if (this.#before === undefined) delete process.env["NODE_OPTIONS"]
    else process.env["NODE_OPTIONS"] = this.#before
    delete process.env["LOOP_DELAYS_DIRECTORY"]
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
