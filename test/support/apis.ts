/** The doors of a cell as the contract suite of `test/contracts/api.ts` wants them: an operation in, its outcome out. */
import { Client, Metadata, credentials } from "@grpc/grpc-js"
import { errorTable, refuse } from "../../src/contract/errors.ts"
import type { NodeRef, OperationKind, TransactionStep } from "../../src/contract/requests.ts"
import { refusalFromError } from "../../src/wire/error-details.ts"
import type { OperationOf } from "../../src/wire/messages.ts"
import type { SignedOperation, SignedOutcome, SignedRequest } from "../../src/wire/signed-forms.ts"
import { unaryResponseToContract } from "../../src/wire/to-contract.ts"
import { unaryRequestToWire } from "../../src/wire/to-wire.ts"
import { unaryMethods } from "../../src/wire/unary-methods.ts"
import type { Api, Envelope } from "../contracts/api.ts"
import { type HttpAnswer, type HttpRequest, ask } from "./http-request.ts"

/** By unary calls. Who does not count gets numbers from here. */
export function grpcApi(address: () => string): Api {
  let lastNumber = 1_000_000
  return {
    call: async (operation, envelope = {}) => {
      const client = new Client(address(), credentials.createInsecure())
      const { sessionId = 0 } = envelope
      if (sessionId !== 0) lastNumber += 1
      const drawn = sessionId === 0 ? 0 : lastNumber
      const plain = { requestNumber: drawn, answeredThrough: 0, stillOpen: [], epoch: 0, forCache: false }
      try {
        return await callUnary(client, operation.kind, {
          ...plain,
          sessionId,
          underSequencer: "",
          ...envelope,
          operation,
        })
      } finally {
        client.close()
      }
    },
  }
}

function callUnary<Kind extends OperationKind>(
  client: Client,
  kind: Kind,
  request: SignedRequest & { readonly operation: OperationOf<Kind> },
): Promise<SignedOutcome> {
  const { path, requestSerialize, responseDeserialize } = unaryMethods[kind]
  const message = unaryRequestToWire(kind, request)
  const options = { deadline: Date.now() + 10_000 }
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      new Metadata(),
      options,
      (error, response) => {
        if (response !== undefined) resolve(unaryResponseToContract(kind, response).outcome)
        else resolve(error === null ? refuse("INTERNAL", "neither answer nor error") : refusalFromError(error))
      },
    )
  })
}

/** By HTTP requests, each on a connection of its own. */
export function httpApi(door: () => string): Api {
  return {
    call: async (operation, envelope = {}) => {
      const sent = requestOf(operation, envelope)
      const headers = { ...headersOf(envelope), ...sent.headers }
      return outcomeOf(operation, await ask(door(), { ...sent, headers }))
    },
  }
}

function headersOf({ sessionId, requestNumber, answeredThrough, epoch, underSequencer }: Envelope): Headers {
  const named = {
    "claviger-session": sessionId,
    "claviger-request": requestNumber,
    "claviger-answered": answeredThrough,
    "claviger-epoch": epoch,
    "claviger-sequencer": underSequencer,
  }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

type Headers = Readonly<Record<string, string>>

const json = { "content-type": "application/json", accept: "application/json" }

function requestOf(
  operation: SignedOperation,
  { sessionId = 0 }: Envelope,
): HttpRequest & { readonly headers?: Headers } {
  switch (operation.kind) {
    case "createSession": {
      const { kind, caching, ...body } = operation
      return { method: "POST", path: "/v1/sessions", headers: json, body: JSON.stringify(body) }
    }
    case "keepAlive": {
      const body = JSON.stringify({ seen: operation.seen })
      return { method: "POST", path: `/v1/sessions/${sessionId}/keep-alive`, headers: json, body }
    }
    case "closeSession":
      return { method: "DELETE", path: `/v1/sessions/${sessionId}` }
    case "listSessions":
      return { path: `/v1/sessions?after=${operation.afterSessionId}&limit=${operation.pageSize}` }
    case "getContentsAndStat":
      return { path: urlOf("files", operation), headers: { accept: "application/json" } }
    case "setContents": {
      const headers: Headers = operation.ifContentGeneration === 0 ? { "if-none-match": "*" } : {}
      return { method: "PUT", path: urlOf("files", operation), headers, body: operation.contents }
    }
    case "open": {
      const { nodeKind, path, ephemeral, sequential, contents } = operation
      const url = urlOf(nodeKind === "file" ? "files" : "directories", { node: { kind: "path", path } })
      return { method: "PUT", path: `${url}?ephemeral=${ephemeral}&sequential=${sequential}`, body: contents }
    }
    case "delete":
      return { method: "DELETE", path: urlOf("files", operation) }
    case "readDir": {
      const { afterName, pageSize, recursive } = operation
      const options = new URLSearchParams({ after: afterName, limit: String(pageSize), recursive: String(recursive) })
      return { path: `${urlOf("directories", operation)}?${options.toString()}` }
    }
    case "acquire":
    case "tryAcquire": {
      const { mode, lockDelayMs } = operation
      const lockDelay = lockDelayMs === 0 ? "" : `&lockDelay=${lockDelayMs}ms`
      const wait = operation.kind === "acquire" ? `&wait=${operation.waitMs}ms` : ""
      return { method: "POST", path: `${urlOf("locks", operation)}?mode=${mode}${lockDelay}${wait}` }
    }
    case "release":
      return { method: "DELETE", path: urlOf("locks", operation) }
    case "getLock":
      return { path: urlOf("locks", operation) }
    case "getSequencer":
      return { path: urlOf("sequencers", operation) }
    case "checkSequencer": {
      const body = JSON.stringify({ sequencer: operation.sequencer })
      return { method: "POST", path: "/v1/sequencers/check", headers: json, body }
    }
    case "transact": {
      const { guards, then, otherwise } = operation
      const body = JSON.stringify({ guards, then: then.map(stepToJson), otherwise: otherwise.map(stepToJson) })
      return { method: "POST", path: "/v1/transactions", headers: json, body }
    }
    default:
      throw new Error(`HTTP has no ${operation.kind}`)
  }
}

function stepToJson(step: TransactionStep): object {
  const { path } = step.kind === "open" ? step : (step.node as { path: string })
  const contents = "contents" in step ? { contents: Buffer.from(step.contents).toString("base64") } : {}
  return { ...step, node: undefined, path, ...contents }
}

function urlOf(resource: string, { node }: { readonly node: NodeRef }): string {
  if (node.kind === "handle") throw new Error("HTTP knows nodes by their paths")
  const [, , , ...parts] = node.path.split("/")
  return ["/v1", resource, ...parts.map(encodeURIComponent)].join("/")
}

/** A refusal keeps its code; the status must be the one that the error table gives it. */
function outcomeOf({ kind }: SignedOperation, { status, json: body }: HttpAnswer): SignedOutcome {
  const told = (body ?? {}) as Readonly<Record<string, unknown>>
  if (status >= 400) {
    const code = told["code"] as keyof typeof errorTable
    if (errorTable[code].http !== status) throw new Error(`${code} came with status ${status}`)
    if (kind === "tryAcquire" && code === "LOCK_HELD") return { kind, acquired: false, ...told } as never
    return refuse(code, String(told["detail"]))
  }
  const contents = typeof told["contents"] === "string" ? { contents: Buffer.from(told["contents"], "base64") } : {}
  const acquired = kind === "tryAcquire" ? { acquired: true } : {}
  return { ...told, ...contents, ...acquired, kind } as never
}
