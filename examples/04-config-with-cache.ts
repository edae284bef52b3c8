/**
 * A configuration that is read all the time and changed now and then. Start a cell with `npm start`, then:
 *
 *     npx tsx examples/04-config-with-cache.ts
 *
 * Reads come from the session's cache and cost no message. The cell acknowledges a change only when no cache holds the
 * old value any more: whoever reads afterwards, wherever they are, reads the new one.
 */
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const path = "/ls/local/examples-config"
const readCount = 10_000

await using cell = await connect({ replicas, name: `config ${process.pid}` })
await using reader = await cell.openSession({ name: "reader", signal: AbortSignal.timeout(10_000) })
await using writer = await cell.openSession({ name: "writer" })

await writer.set(path, JSON.stringify({ colour: "green" }))
console.log("colour is", await colour())

const since = performance.now()
for (let count = 0; count < readCount; count += 1) await colour()
console.log(`${readCount} reads took ${Math.round(performance.now() - since)} ms`)

// Who wants to know at once, rather than at the next read, watches.
const changes = reader.watch(path, { kinds: ["contentsChanged"] })
await changes.ready
await writer.set(path, JSON.stringify({ colour: "blue" }))
console.log("colour is", await colour())
for await (const event of changes) {
  console.log(event.kind === "change" ? `told of ${event.change.kind}` : "something may have been missed")
  break
}

async function colour(): Promise<string> {
  const { contents } = await reader.get(path)
  const config = JSON.parse(new TextDecoder().decode(contents)) as { readonly colour: string }
  return config.colour
}
