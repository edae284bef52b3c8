import { fastify, type FastifyInstance, type LightMyRequestResponse } from "fastify"
import type { AddressInfo } from "node:net"
import { describe, expect, test } from "vitest"
import { type AnyFence, Fence, type FenceOptions, fixedKeys } from "../../../../src/fence/index.ts"
import { fencePlugin } from "../../../../src/fence/guards/fastify.ts"
import { describeGuardContract, type GuardedResource, sharing } from "../../../contracts/guard.ts"
import { jwkSet, TestKey } from "../../../support/sequencers.ts"
import { answerOf, ask } from "../http-caller.ts"

const key = new TestKey(1)
const fenceOfJob = (): Fence => new Fence({ verifier: { keys: fixedKeys(jwkSet(key)) }, paths: "/ls/test/job" })

async function guarded(fence: AnyFence): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(fencePlugin, { fence })
  app.put("/write", (request) => request.sequencer?.principal ?? "")
  app.put("/share", { config: { fence: sharing } }, (request) => request.sequencer?.principal ?? "")
  app.put("/look", { config: { fence: "open" } }, (request) => request.sequencer?.principal ?? "")
  const stumble = (): never => {
    throw new Error("it has stumbled")
  }
  app.put("/stumble", { config: { fence: stumble } }, () => "")
  return app
}

async function openResource(options: FenceOptions): Promise<GuardedResource> {
  const app = await guarded(new Fence(options))
  await app.listen({ host: "127.0.0.1", port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    ask: async (place, ...sequencers) => answerOf(await ask({ port, path: `/${place}`, sequencers })),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

describe("the guard for Fastify", () => {
  describeGuardContract("http", openResource)

  test("asks for the lock that the request is about", async () => {
    await using app = fastify()
    await app.register(fencePlugin, { fence: fenceOfJob() })
    const fence = ({ params }: { readonly params: unknown }): { paths: string } => ({
      paths: `/ls/test/orders/${(params as { readonly id: string }).id}`,
    })
    app.put("/orders/:id", { config: { fence } }, () => "written")
    const headers = { "claviger-sequencer": key.sign({ path: "/ls/test/orders/7" }) }
    expect((await app.inject({ method: "PUT", url: "/orders/7", headers })).body).toBe("written")
    expect((await app.inject({ method: "PUT", url: "/orders/8", headers })).json()).toMatchObject({
      reason: "otherPath",
    })
  })

  test("reads no body of strangers, and looks again when the body of a holder is there", async () => {
    await using app = fastify()
    await app.register(fencePlugin, { fence: fenceOfJob() })
    const parsed: string[] = []
    app.addContentTypeParser("text/slow", { parseAs: "string" }, async (_request: unknown, body: string) => {
      parsed.push(body)
      // While this body was on its way, the next holder came by.
      if (body === "late")
        await app.inject({ method: "PUT", url: "/", headers: shown(key.sign({ lockGeneration: 13 })) })
      return body
    })
    const written: unknown[] = []
    app.put("/", (request) => {
      written.push(request.body)
      return "written"
    })
    const shown = (sequencer: string): Record<string, string> => ({ "claviger-sequencer": sequencer })
    const put = async (sequencer: string, payload: string): Promise<LightMyRequestResponse> =>
      await app.inject({
        method: "PUT",
        url: "/",
        headers: { ...shown(sequencer), "content-type": "text/slow" },
        payload,
      })

    expect((await put("rubbish", "of a stranger")).statusCode).toBe(400)
    expect(parsed).toEqual([])
    expect((await put(key.sign(), "in time")).statusCode).toBe(200)
    expect((await put(key.sign(), "late")).json()).toMatchObject({ status: 409, reason: "staleGeneration" })
    expect(parsed).toEqual(["in time", "late"])
    expect(written).toEqual(["in time", undefined])
  })

  test("guards the scope that it is registered in, and no other", async () => {
    await using app = fastify()
    app.put("/before", () => "open")
    await app.register(async (scope) => {
      await scope.register(fencePlugin, { fence: fenceOfJob() })
      scope.put("/inside", () => "written")
      await scope.register((inner) => inner.put("/deeper", () => "written"))
    })
    app.put("/after", () => "open")
    const statuses = ["/before", "/inside", "/deeper", "/after"].map(async (url) => {
      const { statusCode } = await app.inject({ method: "PUT", url })
      return statusCode
    })
    expect(await Promise.all(statuses)).toEqual([200, 428, 428, 200])
  })

  test("takes no part in routes that are not there, other than to refuse", async () => {
    await using app = await guarded(fenceOfJob())
    const headers = { "claviger-sequencer": key.sign() }
    expect((await app.inject({ method: "PUT", url: "/nowhere", headers })).statusCode).toBe(404)
    expect((await app.inject({ method: "GET", url: "/write", headers })).statusCode).toBe(404)
  })
})
