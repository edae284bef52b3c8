/**
 * A web service with Fastify, each of whose orders is changed by whoever holds its lock. Start a cell with `npm start`,
 * then:
 *
 *     npx tsx examples/09-fastify-guard.ts
 */
import { fastify } from "fastify"
import { connect, type Lock } from "../src/client/index.ts" // "claviger" in a program of your own
import { Fence, type RefusalProblem, remoteKeys, sequencerHeader } from "../src/fence/index.ts" // "claviger/fence"
import { fencePlugin } from "../src/fence/guards/fastify.ts" // "claviger/fence/fastify"

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const doors = (process.env["CLAVIGER_HTTP"] ?? "http://127.0.0.1:4311 http://127.0.0.1:4312").split(" ")

const orders = new Map<string, unknown>()
const keys = remoteKeys(doors.map((door) => `${door}/.well-known/jwks.json`))

await using app = fastify()
// From here on every route wants a sequencer, unless it says that it is open.
await app.register(fencePlugin, { fence: new Fence({ verifier: { keys } }) })

interface Order {
  readonly Params: { readonly id: string }
}

app.put<Order>(
  "/orders/:id",
  { config: { fence: ({ params }) => ({ paths: `/ls/local/examples-order-${(params as Order["Params"]).id}` }) } },
  ({ params, body, sequencer }) => {
    orders.set(params.id, body)
    return { writtenBy: sequencer?.principal, lockGeneration: sequencer?.lockGeneration }
  },
)
app.get<Order>("/orders/:id", { config: { fence: "open" } }, ({ params }) => orders.get(params.id) ?? null)
const address = await app.listen({ host: "127.0.0.1", port: 0 })

await using cell = await connect({ replicas, name: `orders ${process.pid}` })
await using session = await cell.openSession({ signal: AbortSignal.timeout(10_000) })
await using lock = await session.acquire("/ls/local/examples-order-7")
await put("7", { cups: 2 }, lock)
await put("8", { cups: 3 }, lock)
await put("7", { cups: 4 })
console.log("order 7 is", await (await fetch(`${address}/orders/7`)).json())

async function put(id: string, order: object, shown?: Lock): Promise<void> {
  const headers = { "content-type": "application/json", [sequencerHeader]: shown?.sequencer ?? "" }
  const answer = await fetch(`${address}/orders/${id}`, { method: "PUT", headers, body: JSON.stringify(order) })
  if (answer.ok) return console.log(`order ${id}: written`)
  const { status, detail } = (await answer.json()) as RefusalProblem
  console.log(`order ${id}: refused, ${status} ${detail}`)
}
