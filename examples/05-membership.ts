/**
 * Who is there? Each member keeps an ephemeral file, which goes away with its session, however that ends. Start a cell
 * with `npm start`, then:
 *
 *     npx tsx examples/05-membership.ts
 */
import { connect, type Session } from "../src/client/index.ts" // "claviger" in a program of your own

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const directory = "/ls/local/examples-members"

await using cell = await connect({ replicas, name: `membership ${process.pid}` })
await using observer = await cell.openSession({ name: "observer", signal: AbortSignal.timeout(10_000) })
await observer.makeDirectory(directory, { parents: true })

// First watch, then look: nothing falls between the two.
const changes = observer.watch(directory, { scope: "children", kinds: ["nodeCreated", "nodeDeleted"] })
await changes.ready
console.log("there are", await members())

const alice = await join("alice")
const bob = await join("bob")
await alice.close()

let seenCount = 0
for await (const event of changes) {
  if (event.kind === "resync") console.log("something may have been missed: there are", await members())
  else console.log(event.change.kind === "nodeCreated" ? "joined" : "left", nameOf(event.change.path))
  seenCount += 1
  if (seenCount === 3) break
}
console.log("there are", await members())
await bob.close()

async function join(name: string): Promise<Session> {
  const session = await cell.openSession({ name })
  await session.open(`${directory}/${name}`, { create: "mayCreate", ephemeral: true, contents: `pid ${process.pid}` })
  return session
}

async function members(): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { name } of observer.readDir(directory)) names.push(name)
  return names
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
