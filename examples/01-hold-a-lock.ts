/**
 * Holds a lock and works only while it is held. Start a cell with `npm start`, then, in one or more other terminals:
 *
 *     npx tsx examples/01-hold-a-lock.ts
 *
 * Only one of them works at a time. Kill the master: the one that works goes on, under the same generation.
 */
import { setTimeout } from "node:timers/promises"
import { connect, type Lock } from "../src/client/index.ts" // "claviger" in a program of your own

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const rounds = Number(process.argv[2] ?? 10)

await using cell = await connect({ replicas, name: `hold-a-lock ${process.pid}` })
await using session = await cell.openSession({ signal: AbortSignal.timeout(10_000) })
void tellOfSession()

console.log("waiting for the lock")
await using lock = await session.acquire("/ls/local/examples-job")
console.log(`got it, generation ${lock.lockGeneration}`)
await work(lock)
console.log("done")

async function work({ lost, sequencer }: Lock): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    // Fires before anybody else can get the lock, even if the network is gone: stop whatever the lock protects.
    lost.throwIfAborted()
    // A resource that checks sequencers refuses a holder that has not noticed its loss.
    console.log(`round ${round} of ${rounds}, sequencer ${sequencer.slice(0, 20)}...`)
    await setTimeout(500, undefined, { signal: lost })
  }
}

async function tellOfSession(): Promise<void> {
  for await (const event of session.events()) console.log("session:", event)
}
