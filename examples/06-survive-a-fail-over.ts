/**
 * Kills the master of a cell under a client's feet, and shows what the client notices. Start a cell with `npm start` on
 * this machine, then:
 *
 *     npx tsx examples/06-survive-a-fail-over.ts
 *
 * The lock stays, under the same generation; the writes go on; the session tells of another master, and of no loss.
 */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const program = process.env["CLAVIGER_PROGRAM"] ?? "dist/bin/claviger.js"
const path = "/ls/local/examples-survivor"

await using cell = await connect({ replicas, name: `survivor ${process.pid}` })
await using session = await cell.openSession({ signal: AbortSignal.timeout(10_000) })
void tellOfSession()
await using lock = await session.acquire(path)
await session.set(path, "before")

const master = await findMaster()
console.log(`killing replica ${master.id}, the master`)
process.kill(master.pid, "SIGKILL")

const since = performance.now()
const { contentGeneration } = await session.set(path, "after", { underSequencer: lock.sequencer })
console.log(`wrote again after ${Math.round(performance.now() - since)} ms, content generation ${contentGeneration}`)
console.log(`lock held: ${lock.isHeld}, generation ${lock.lockGeneration}`)
console.log(`master is replica ${(await findMaster()).id} now; replica ${master.id} is down`)

async function tellOfSession(): Promise<void> {
  for await (const event of session.events()) console.log("session:", event.kind)
}

interface Master {
  readonly id: number
  readonly pid: number
}

async function findMaster(): Promise<Master> {
  const words = [program, "status", "--json", "--cell", replicas.join(",")]
  const { stdout } = await promisify(execFile)(process.execPath, words)
  const status = JSON.parse(stdout) as { readonly master: number; readonly replicas: readonly Master[] }
  const found = status.replicas.find(({ id }) => id === status.master)
  if (found === undefined) throw new Error("the cell has no master at the moment")
  return found
}
