/**
 * Why a lock alone is not enough, and what is. Start a cell with `npm start`, then:
 *
 *     npx tsx examples/08-lost-update.ts unguarded
 *     npx tsx examples/08-lost-update.ts guarded
 *
 * Alice and Bob, two processes, count up a counter that some service keeps: under a lock they read it, add one and write
 * it back. Alice makes sure that she holds the lock, and right then her process is stopped, as a laptop lid, a debugger
 * or a hypervisor would do it. She wakes up when her lease is long over, and writes.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own
import { Fence, type RefusalProblem, remoteKeys, sequencerHeader } from "../src/fence/index.ts" // "claviger/fence"
import { fenceMiddleware } from "../src/fence/node/index.ts" // "claviger/fence/node"

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const doors = (process.env["CLAVIGER_HTTP"] ?? "http://127.0.0.1:4311 http://127.0.0.1:4312").split(" ")
const path = "/ls/local/examples-counter"

const [role = "guarded", address = ""] = process.argv.slice(2)
if (role === "alice" || role === "bob") while (!(await countUp(role)));
else await tellStory(role === "guarded")

/** Whether it was counted. */
async function countUp(name: "alice" | "bob"): Promise<boolean> {
  await using cell = await connect({ replicas, name })
  await using session = await cell.openSession({ sessionLeaseMs: 2_000, signal: AbortSignal.timeout(10_000) })
  await using lock = await session.acquire(path)
  const value = Number(await (await fetch(address)).text())
  console.log(`${name} reads ${value}, at generation ${lock.lockGeneration}`)
  if (name === "alice" && value === 0 && lock.isHeld) {
    process.send?.("about to write")
    // Everything in this process stops here, the threads that keep the session alive too.
    process.kill(process.pid, "SIGSTOP")
    console.log("alice wakes up")
  }
  const headers = { [sequencerHeader]: lock.sequencer }
  const answer = await fetch(address, { method: "PUT", body: String(value + 1), headers })
  if (answer.ok) {
    console.log(`${name} writes ${value + 1}`)
    return true
  }
  const { status, reason, supersededBy } = (await answer.json()) as RefusalProblem
  const { principal, lockGeneration } = supersededBy ?? {}
  console.log(`${name} is refused: ${status} ${reason}, superseded by ${principal} at generation ${lockGeneration}`)
  return false
}

async function tellStory(isGuarded: boolean): Promise<void> {
  let counter = 0
  const keys = remoteKeys(doors.map((door) => `${door}/.well-known/jwks.json`))
  const fence = new Fence({ verifier: { keys }, paths: path })
  const guard = fenceMiddleware({ fence, passage: ({ method }) => (isGuarded && method === "PUT" ? {} : "open") })
  const server = createServer((request, response) => {
    // An answer by itself: a connection may be long gone when its client wakes up.
    response.shouldKeepAlive = false
    void text(request).then((body) =>
      guard(request, response, () => {
        if (request.method === "PUT") counter = Number(body)
        response.end(String(counter))
      }),
    )
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as { readonly port: number }
  const start = (name: string): ReturnType<typeof fork> =>
    fork(fileURLToPath(import.meta.url), [name, `http://127.0.0.1:${port}`])

  const alice = start("alice")
  await once(alice, "message")
  // He waits in the queue until the cell has given her up.
  await once(start("bob"), "exit")
  alice.kill("SIGCONT")
  await once(alice, "exit")
  console.log(`both have counted, and the counter stands at ${counter}`)
  server.close()
}
