/**
 * A gRPC service that appends rows for whoever holds a lock. Start a cell with `npm start`, then:
 *
 *     npx tsx examples/10-grpc-guard.ts
 *
 * Streams are guarded too: each message is looked at, and a stream ends at the first that comes too late.
 */
import * as grpc from "@grpc/grpc-js"
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own
import { Fence, remoteKeys, sequencerHeader } from "../src/fence/index.ts" // "claviger/fence"
import { fenceInterceptor, problemFrom, sequencerOf } from "../src/fence/guards/grpc.ts" // "claviger/fence/grpc"

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const doors = (process.env["CLAVIGER_HTTP"] ?? "http://127.0.0.1:4311 http://127.0.0.1:4312").split(" ")
const path = "/ls/local/examples-rows"

// A service of yours would be made from its proto file.
const serialize = (text: string): Buffer => Buffer.from(text)
const deserialize = (bytes: Buffer): string => bytes.toString()
const append: grpc.MethodDefinition<string, string> = {
  ...{ path: "/examples.Rows/Append", requestStream: false, responseStream: false },
  ...{ requestSerialize: serialize, requestDeserialize: deserialize },
  ...{ responseSerialize: serialize, responseDeserialize: deserialize },
}

const rows: string[] = []
const keys = remoteKeys(doors.map((door) => `${door}/.well-known/jwks.json`))
const fence = new Fence({ verifier: { keys }, paths: path })
const server = new grpc.Server({ interceptors: [fenceInterceptor({ fence })] })
server.addService(
  { append },
  {
    append(call: grpc.ServerUnaryCall<string, string>, callback: grpc.sendUnaryData<string>) {
      rows.push(call.request)
      callback(null, `appended under generation ${sequencerOf(call.metadata)?.lockGeneration}`)
    },
  },
)
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  )
})
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())

await using cell = await connect({ replicas, name: `rows ${process.pid}` })
await using alice = await cell.openSession({ name: "alice", signal: AbortSignal.timeout(10_000) })
await using bob = await cell.openSession({ name: "bob" })

const first = await alice.acquire(path)
console.log(await send("alice's", first.sequencer))
await first.release()
const second = await bob.acquire(path)
console.log(await send("bob's", second.sequencer))
console.log(await send("alice's, too late", first.sequencer))
console.log("rows:", rows.join(", "))
client.close()
server.forceShutdown()

function send(row: string, sequencer: string): Promise<string> {
  const metadata = new grpc.Metadata()
  metadata.set(sequencerHeader, sequencer)
  return new Promise((resolve) => {
    client.makeUnaryRequest(append.path, serialize, deserialize, row, metadata, (error, answer) =>
      resolve(error === null ? String(answer) : `refused: ${grpc.status[error.code]}, ${problemFrom(error)?.reason}`),
    )
  })
}
