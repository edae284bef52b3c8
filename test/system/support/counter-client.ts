/**
 * A careful client of the counter: it takes the lock, reads, makes sure that it still holds the lock, and writes. Between
 * the last two nothing of its own happens; but the whole process may be stopped there.
 */
import { existsSync } from "node:fs"
import { connect, type Lock } from "../../../src/client/index.ts"
import { type RefusalProblem, sequencerHeader } from "../../../src/fence/index.ts"
import type { CounterClientSettings, CounterOrder, FromCounterProcess, Written } from "./counter-messages.ts"

const settings = JSON.parse(process.argv[2] ?? "{}") as CounterClientSettings
const { name, replicas, tls, path, counter, sessionLeaseMs } = settings
const cell = await connect({ replicas, tls, name })

process.on("disconnect", () => {
  void cell.close().finally(() => process.exit())
})
process.on("message", (order: CounterOrder) => {
  countUp(order).then(
    (outcome) => tell({ kind: "done", outcome }),
    (reason: unknown) => {
      throw reason
    },
  )
})
await tell({ kind: "ready" })

async function countUp({ lingersUntil }: CounterOrder): Promise<Written> {
  await using session = await cell.openSession({ sessionLeaseMs })
  await using lock = await session.acquire(path)
  const value = Number(await (await fetch(counter)).text())
  lock.lost.throwIfAborted()
  await tell({ kind: "sure", value, lockGeneration: lock.lockGeneration })
  if (lingersUntil !== undefined) blockUntilThere(lingersUntil)
  return await write(value + 1, lock)
}

async function write(value: number, { sequencer }: Lock): Promise<Written> {
  const headers = { [sequencerHeader]: sequencer }
  const answer = await fetch(counter, { method: "PUT", body: String(value), headers })
  if (answer.ok) return { kind: "written", value }
  return { kind: "refused", problem: (await answer.json()) as RefusalProblem }
}

/** Not one turn of the event loop happens meanwhile, so nothing can tell it that its lock is lost. */
function blockUntilThere(file: string): void {
  while (!existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
}

/** Resolves when it has left this process. */
function tell(message: FromCounterProcess): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}
