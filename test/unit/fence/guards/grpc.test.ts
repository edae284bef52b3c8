import {
  type Client,
  credentials,
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js"
import { describe, expect, test } from "vitest"
import { type AnyFence, Fence, type FenceOptions, fixedKeys, type Passage } from "../../../../src/fence/index.ts"
import { fenceInterceptor, problemFrom, sequencerOf } from "../../../../src/fence/guards/grpc.ts"
import { type Answer, describeGuardContract, type GuardedResource, sharing } from "../../../contracts/guard.ts"
import { jwkSet, TestKey } from "../../../support/sequencers.ts"

const plain = { serialize: (text: string) => Buffer.from(text), deserialize: (bytes: Buffer) => bytes.toString() }

const method = (name: string, requestStream = false): ServiceDefinition[string] => ({
  path: `/test.Store/${name}`,
  ...{ requestStream, responseStream: false },
  ...{ requestSerialize: plain.serialize, requestDeserialize: plain.deserialize },
  ...{ responseSerialize: plain.serialize, responseDeserialize: plain.deserialize },
})

const service: ServiceDefinition = {
  ...{ write: method("write"), share: method("share"), look: method("look"), stumble: method("stumble") },
  gather: method("gather", true),
}

const passages: Readonly<Record<string, () => Passage>> = {
  "/test.Store/share": () => sharing,
  "/test.Store/look": () => "open",
  "/test.Store/stumble": () => {
    throw new Error("it has stumbled")
  },
}

const tellHolder = ({ metadata }: ServerUnaryCall<string, string>, callback: sendUnaryData<string>): void =>
  callback(null, sequencerOf(metadata)?.principal ?? "")

interface Served extends AsyncDisposable {
  readonly client: Client
}

/** A log that fails: nobody is let in by that, and the resource goes on. */
const onRefused = (): never => {
  throw new Error("disk full")
}

async function serve(fence: AnyFence, implementation: UntypedServiceImplementation = {}): Promise<Served> {
  const passage = (path: string): Passage => passages[path]?.() ?? {}
  const server = new Server({ interceptors: [fenceInterceptor({ fence, passage, onRefused })] })
  const all = { write: tellHolder, share: tellHolder, look: tellHolder, stumble: tellHolder, ...implementation }
  server.addService(service, all)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  const Store = makeGenericClientConstructor(service, "Store")
  const client = new Store(`127.0.0.1:${port}`, credentials.createInsecure())
  const close = async (): Promise<void> => {
    client.close()
    server.forceShutdown()
  }
  return { client, [Symbol.asyncDispose]: close }
}

function showing(sequencers: readonly string[]): Metadata {
  const metadata = new Metadata()
  for (const sequencer of sequencers) metadata.add("claviger-sequencer", sequencer)
  return metadata
}

function answerOf(error: ServiceError | null, principal: string | undefined): Answer {
  if (error === null) return { kind: "done", principal: principal === "" ? undefined : principal }
  const problem = problemFrom(error)
  if (problem === undefined) throw error
  const { code, reason, supersededBy } = problem
  const told = `${error.details} ${JSON.stringify(problem)}`
  return { kind: "refused", status: status[error.code], code, reason, supersededBy, told }
}

async function openResource(options: FenceOptions): Promise<GuardedResource> {
  const served = await serve(new Fence(options))
  const { serialize, deserialize } = plain
  const call = (path: string, metadata: Metadata): Promise<[ServiceError | null, string | undefined]> =>
    new Promise((resolve) => {
      served.client.makeUnaryRequest(path, serialize, deserialize, "a row", metadata, (error, value) =>
        resolve([error, value]),
      )
    })
  return {
    ask: async (place, ...sequencers) => answerOf(...(await call(`/test.Store/${place}`, showing(sequencers)))),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}

describe("the guard for gRPC", () => {
  describeGuardContract("grpc", openResource)

  test("asks again with each message of a stream, and lets nothing through that comes too late", async () => {
    const key = new TestKey(1)
    const fence = new Fence({ verifier: { keys: fixedKeys(jwkSet(key)) }, paths: "/ls/test/job" })
    const written: string[] = []
    let wasCancelled = (): void => undefined
    const cancelled = new Promise<void>((resolve) => {
      wasCancelled = resolve
    })
    let onWritten = (): void => undefined
    const gather = (call: ServerReadableStream<string, string>, callback: sendUnaryData<string>): void => {
      call.on("data", (row: string) => {
        written.push(row)
        onWritten()
      })
      call.on("end", () => callback(null, "all written"))
      call.on("cancelled", wasCancelled)
    }
    await using served = await serve(fence, { gather })
    let onEnded = (_error: ServiceError | null): void => undefined
    const ended = new Promise<ServiceError | null>((resolve) => {
      onEnded = resolve
    })
    const { serialize, deserialize } = plain
    const path = "/test.Store/gather"
    const stream = served.client.makeClientStreamRequest(path, serialize, deserialize, showing([key.sign()]), onEnded)
    const firstWritten = new Promise<void>((resolve) => {
      onWritten = resolve
    })
    stream.write("in time")
    await firstWritten

    expect(await fence.admit(key.sign({ lockGeneration: 13, principal: "CN=bob" }))).toMatchObject({ kind: "admitted" })
    stream.write("too late")
    stream.end()
    const error = await ended
    expect(error?.code).toBe(status.ABORTED)
    expect(error && problemFrom(error)).toMatchObject({
      reason: "staleGeneration",
      supersededBy: { principal: "CN=bob" },
    })
    // Whoever serves the call is told that it is over.
    await cancelled
    expect(written).toEqual(["in time"])
  })

  test("is not taken for the source of errors that others make", () => {
    const error = Object.assign(new Error("out of reach"), {
      code: status.UNAVAILABLE,
      details: "",
      metadata: new Metadata(),
    })
    expect(problemFrom(error)).toBeUndefined()
    error.metadata.set("claviger-refusal-bin", Buffer.from("{cut"))
    expect(problemFrom(error)).toBeUndefined()
  })
})
