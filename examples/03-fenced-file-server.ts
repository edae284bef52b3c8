/**
 * A server of files, each written by whoever holds the lock of its name, and by nobody else. Start a cell with
 * `npm start`, then:
 *
 *     npx tsx examples/03-fenced-file-server.ts
 *
 * It never asks the cell about a request: it has the cell's public keys, and remembers in a file the highest generation
 * that it has let in for each lock. The writers below it are part of the example.
 */
import { once } from "node:events"
import { mkdtemp, readFile, writeFile } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own
import { Fence, problemOf, remoteKeys, sequencerHeader } from "../src/fence/index.ts" // "claviger/fence"
import { fileMarks, nodeVerify } from "../src/fence/node/index.ts" // "claviger/fence/node"

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const doors = (process.env["CLAVIGER_HTTP"] ?? "http://127.0.0.1:4311 http://127.0.0.1:4312").split(" ")

const directory = await mkdtemp(join(tmpdir(), "claviger-files-"))
await using marks = await fileMarks(join(directory, "marks"))
const keys = remoteKeys(doors.map((door) => `${door}/.well-known/jwks.json`))
const fence = new Fence({ verifier: { keys, verifySignature: nodeVerify }, marks })

/** What is under way for each file. */
const turns = new Map<string, Promise<void>>()

async function put(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const contents = await buffer(request)
  // One after the other, and the fence is asked in the same turn as the write: else the write of a former holder, let in
  // just before the next one came, could still land after that one's.
  const turn = (turns.get(name) ?? Promise.resolve()).then(async () => {
    const shown = request.headers[sequencerHeader]
    const admission = await fence.admit(shown, { paths: `/ls/local/examples-${name}` })
    if (admission.kind === "refused") return answer(response, problemOf(admission).status, problemOf(admission))
    await writeFile(join(directory, name), contents)
    answer(response, 200, { writtenBy: admission.statement.principal })
  })
  turns.set(
    name,
    turn.catch(() => undefined),
  )
  await turn
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" })
  response.end(JSON.stringify(body))
}

const server = createServer((request, response) => {
  const [, name] = /^\/([a-z]+)$/.exec(request.url ?? "") ?? []
  if (name === undefined || request.method !== "PUT")
    return answer(response, 404, { detail: "PUT /name is all I know." })
  put(name, request, response).catch((reason: unknown) => response.destroy(reason as Error))
})
await once(server.listen(0, "127.0.0.1"), "listening")
const { port } = server.address() as { readonly port: number }

await using cell = await connect({ replicas, name: `file server ${process.pid}` })
await using alice = await cell.openSession({ name: "alice", signal: AbortSignal.timeout(10_000) })
await using bob = await cell.openSession({ name: "bob" })

const first = await alice.acquire("/ls/local/examples-report")
await write("alice, who holds the lock", first.sequencer)
await first.release()
const second = await bob.acquire("/ls/local/examples-report")
await write("bob, who holds it now", second.sequencer)
await write("alice, too late", first.sequencer)
await write("carol, without any")
await write("bob, under another name", second.sequencer, "budget")
console.log(`the report is by ${await readFile(join(directory, "report"), "utf8")}`)
server.close()

async function write(by: string, sequencer = "", name = "report"): Promise<void> {
  const headers = { [sequencerHeader]: sequencer }
  const answered = await fetch(`http://127.0.0.1:${port}/${name}`, { method: "PUT", body: by, headers })
  const { reason } = (await answered.json()) as { readonly reason?: string }
  console.log(`${by}: ${answered.ok ? "written" : `refused, ${answered.status} ${reason}`}`)
}
