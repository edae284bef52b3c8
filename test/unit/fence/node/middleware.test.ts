import { once } from "node:events"
import { createServer, STATUS_CODES, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, test } from "vitest"
import { errorTable } from "../../../../src/contract/errors.ts"
import {
  type AnyFence,
  Fence,
  type FenceOptions,
  type Passage,
  problemOf,
  type Refused,
} from "../../../../src/fence/index.ts"
import { fenceMiddleware, sequencerOf } from "../../../../src/fence/node/index.ts"
import { describeGuardContract, type GuardedResource, type Place, sharing } from "../../../contracts/guard.ts"
import { answerOf, ask } from "../http-caller.ts"

interface Served extends AsyncDisposable {
  readonly port: number
}

async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.close()
    await once(server, "close")
  }
  return { port, [Symbol.asyncDispose]: close }
}

const passages: Readonly<Record<string, () => Passage>> = {
  "/write": () => ({}),
  "/share": () => sharing,
  "/look": () => "open",
  "/stumble": () => {
    throw new Error("it has stumbled")
  },
}

function passage({ url = "" }: { readonly url?: string | undefined }): Passage {
  return passages[url]?.() ?? {}
}

async function openResource(options: FenceOptions): Promise<GuardedResource> {
  const guard = fenceMiddleware({ fence: new Fence(options), passage })
  const served = await serve((request, response) =>
    guard(request, response, () => void response.end(sequencerOf(request)?.principal)),
  )
  return {
    ask: async (place: Place, ...sequencers) =>
      answerOf(await ask({ port: served.port, path: `/${place}`, sequencers })),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}

describe("the guard for node:http", () => {
  describeGuardContract("http", openResource)

  const refusing = (refusal: Partial<Refused>): AnyFence => ({
    admit: async () => ({ kind: "refused", reason: "notHeld", code: "SEQUENCER_STALE", detail: "No.", ...refusal }),
  })

  test("answers with a problem, and tells the log what it does not tell the caller", async () => {
    const seen: Refused[] = []
    const fence = refusing({ cause: new Error("a secret") })
    const guard = fenceMiddleware({ fence, onRefused: (refusal) => seen.push(refusal) })
    await using served = await serve((request, response) => guard(request, response, () => void response.end("let in")))
    const { status, headers, body } = await ask({ port: served.port, path: "/", sequencers: ["any"] })
    expect(status).toBe(409)
    expect(headers["content-type"]).toBe("application/problem+json")
    expect(headers["retry-after"]).toBeUndefined()
    expect(JSON.parse(body)).toEqual({
      ...{ type: "about:blank", title: "Conflict", status: 409 },
      ...{ code: "SEQUENCER_STALE", reason: "notHeld", detail: "No." },
    })
    expect(seen.map(({ cause }) => String(cause))).toEqual(["Error: a secret"])
  })

  test("refuses all the same when the log that it is to be told to fails, and the resource goes on", async () => {
    const onRefused = (): never => {
      throw new Error("disk full")
    }
    const guard = fenceMiddleware({ fence: refusing({}), onRefused })
    await using served = await serve((request, response) => guard(request, response, () => void response.end("let in")))
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await ask({ port: served.port, path: "/", sequencers: ["any"] })).status).toBe(409)
    }
  })

  test("says when to come again where that would help", async () => {
    const guard = fenceMiddleware({ fence: refusing({ reason: "cellUnreachable", code: "NO_QUORUM" }) })
    await using served = await serve((request, response) => guard(request, response, () => void response.end("let in")))
    const { status, headers } = await ask({ port: served.port, path: "/", sequencers: ["any"] })
    expect([status, headers["retry-after"]]).toEqual([503, "1"])
  })

  test("leaves a request alone that was answered meanwhile", async () => {
    const guard = fenceMiddleware({ fence: refusing({}) })
    await using served = await serve((request, response) => {
      guard(request, response, () => void response.end("let in"))
      response.end("too busy")
    })
    const { status, body } = await ask({ port: served.port, path: "/", sequencers: ["any"] })
    expect([status, body]).toEqual([200, "too busy"])
  })

  test("calls every problem by the title of its status", () => {
    for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
      const { title, status } = problemOf({ kind: "refused", reason: "malformed", code, detail: "" })
      if (title !== "Refused") expect(title).toBe(STATUS_CODES[status])
    }
  })
})
