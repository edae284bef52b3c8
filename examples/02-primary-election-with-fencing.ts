/**
 * Two candidates for one office, and a store that obeys the one in office only. Start a cell with `npm start`, then:
 *
 *     npx tsx examples/02-primary-election-with-fencing.ts
 *
 * Whoever holds the lock is primary. A primary that was replaced and doesn't know it yet (its process was frozen, its
 * message was late) is refused by the store, because its sequencer is older.
 */
import { connect, guard, step, type Lock, type Session } from "../src/client/index.ts" // "claviger" in your own program

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const office = "/ls/local/examples-office"
const notice = "/ls/local/examples-primary"

await using cell = await connect({ replicas, name: `election ${process.pid}` })

/** Any resource of yours: it takes a sequencer with each request, and asks the cell whether it still holds. */
const store = {
  rows: [] as string[],
  async write(row: string, sequencer: string): Promise<void> {
    const { valid, reason } = await cell.checkSequencer(sequencer)
    if (!valid) throw new Error(reason)
    this.rows.push(row)
  },
}

await using alice = await cell.openSession({ name: "alice", signal: AbortSignal.timeout(10_000) })
await using bob = await cell.openSession({ name: "bob" })

const first = await takeOffice(alice)
await store.write("written by alice", first.sequencer)

// Bob waits in the queue. Alice is asked to make way, and does.
const waiting = takeOffice(bob)
first.wanted.addEventListener("abort", () => void first.release())
const second = await waiting
await store.write("written by bob", second.sequencer)

try {
  await store.write("written by alice, too late", first.sequencer)
} catch (refusal) {
  console.log(`alice is refused: ${String(refusal)}`)
}
console.log(store.rows.join(", "))

/** Announces the primary as well: in one step with the proof that it still is. */
async function takeOffice(session: Session): Promise<Lock> {
  const lock = await session.acquire(office)
  console.log(`${session.name} is primary, generation ${lock.lockGeneration}`)
  await session.transact({ guards: [guard.lockHeld(lock.sequencer)], then: [step.set(notice, session.name)] })
  return lock
}
