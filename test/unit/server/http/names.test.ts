/** Names over real HTTP, at a replica of a real cell that is not its master. */
import { request } from "node:http"
import { connect } from "node:net"
import { beforeAll, describe, expect, test, vi } from "vitest"
import { ask, type HttpAnswer } from "../../../support/http-request.ts"
import { servedCell } from "../../../support/served-cell.ts"

const cell = servedCell("test")

beforeAll(async () => {
  await write("config", "on")
  await ask(cell.master.http, { path: "/v1/directories/service", method: "PUT" })
  await write("service/a", "10.0.0.1:80\n")
  await write("service/b", "10.0.0.2:80")
})

async function write(path: string, contents: string | Uint8Array): Promise<void> {
  const headers = { "content-type": "text/plain" }
  const answer = await ask(cell.master.http, { path: `/v1/files/${path}`, method: "PUT", body: contents, headers })
  if (answer.status >= 300) throw new Error(answer.bytes.toString())
}

async function names(path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return await ask(cell.other.http, { path: `/v1/names${path}`, headers })
}

const instances = [
  { name: "a", ephemeral: false, text: "10.0.0.1:80\n" },
  { name: "b", ephemeral: false, text: "10.0.0.2:80" },
]

describe("a name", () => {
  test.each(["cached", "linearizable"])("is told as JSON, %s", async (consistency) => {
    const { status, headers, json } = await names(`/service?consistency=${consistency}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ path: "/ls/test/service", kind: "directory", instances })
    expect(headers["claviger-index"]).toBe(String((json as { index: number }).index))
    expect(headers["claviger-age-ms"]).toBeUndefined()
  })

  test("that may be stale is told with its age, as soon as this replica knows what it tells", async () => {
    await vi.waitFor(async () => {
      const { status, headers, json } = await names("/service?consistency=stale")
      expect([status, json]).toMatchObject([200, { instances }])
      expect(Number(headers["claviger-age-ms"])).toBeLessThan(10_000)
    })
  })

  test("is told as lines of text, one for each instance", async () => {
    const { bytes, headers } = await names("/service", { accept: "text/plain" })
    expect(bytes.toString()).toBe("10.0.0.1:80\n10.0.0.2:80\n")
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8")
  })

  test("that is no line of text is told as JSON only, and bytes that are no text in base64", async () => {
    await write("lines", "one\ntwo")
    await write("bytes", new Uint8Array([0xff, 0xfe]))
    expect((await names("/lines", { accept: "text/plain" })).status).toBe(400)
    expect((await names("/lines")).json).toMatchObject({ instances: [{ text: "one\ntwo" }] })
    expect((await names("/bytes", { accept: "text/plain" })).status).toBe(400)
    expect((await names("/bytes")).json).toMatchObject({ instances: [{ contents: "//4=" }] })
  })

  test("that is known already is not told again, until it changes", async () => {
    const { headers } = await names("/config")
    const known = { "if-none-match": headers.etag ?? "" }
    const { status, bytes } = await names("/config", known)
    expect([status, bytes.length]).toEqual([304, 0])
    await write("config", "off")
    expect((await names("/config", known)).status).toBe(200)
  })

  test("that isn't there is told with the index from which on to wait for it", async () => {
    const { status, headers, json } = await names("/absent")
    expect([status, json]).toMatchObject([404, { code: "NODE_NOT_FOUND" }])
    const waiting = names(`/absent?wait=30s&after=${String(headers["claviger-index"])}`)
    await write("absent", "here now")
    expect((await waiting).json).toMatchObject({ kind: "file", instances: [{ text: "here now" }] })
  })

  test("HEAD tells its ETag and no more, whatever is accepted", async () => {
    const head = { path: "/v1/names/service", method: "HEAD", headers: { accept: "text/event-stream, */*;q=0.1" } }
    const { status, headers, bytes } = await ask(cell.other.http, head)
    expect([status, bytes.length, headers.etag]).toEqual([200, 0, (await names("/service")).headers.etag])
  })
})

describe("several names", () => {
  test("come in one answer, in the order of the question, and those that are missing say so", async () => {
    const { status, json } = await names("?name=service&name=nowhere&name=service/a")
    expect(status).toBe(200)
    expect(json).toMatchObject({
      names: [{ kind: "directory", instances }, { kind: "missing" }, { kind: "file", instances: [{ name: "a" }] }],
    })
  })

  test("have an ETag together, which changes when one of them does", async () => {
    await write("one", "1")
    await write("two", "2")
    const { headers } = await names("?name=one&name=two")
    const known = { "if-none-match": headers.etag ?? "" }
    expect((await names("?name=one&name=two", known)).status).toBe(304)
    expect((await names("?name=two&name=one", known)).status).toBe(200)
    await write("two", "3")
    expect((await names("?name=one&name=two", known)).status).toBe(200)
  })

  test.each(["service/", "service/a", "serv"])("can be named by the prefix %s", async (prefix) => {
    const { json } = await names(`?prefix=${prefix}`)
    const paths = (json as { names: { path: string }[] }).names.map(({ path }) => path)
    const expected = { "service/": ["service/a", "service/b"], "service/a": ["service/a"], serv: ["service"] }
    expect(paths).toEqual(expected[prefix as keyof typeof expected].map((path) => `/ls/test/${path}`))
  })
})

describe("a question that can't be answered", () => {
  const tooMany = Array.from({ length: 101 }, () => "name=a").join("&")
  test.each([
    ["an unknown option", "/a?since=1"],
    ["an unknown consistency", "/a?consistency=eventual"],
    ["a span without a unit", "/a?wait=30&after=0"],
    ["an index that is none", "/a?wait=30s&after=-1"],
    ["where to wait from, and no wait", "/a?after=1"],
    ["a wait, and not from where", "/a?wait=30s"],
    ["to wait for what is stale", "/a?wait=1s&after=0&consistency=stale"],
    ["neither names nor a prefix", ""],
    ["both names and a prefix", "?name=a&prefix=b"],
    ["too many names", `?${tooMany}`],
    ["a path that climbs", "?name=a/../b"],
    ["an empty part", "?name=a//b"],
    ["NUL", "?prefix=a%00"],
  ])("%s: 400", async (_what, path) => {
    const { status, headers } = await names(path)
    expect(status).toBe(400)
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/)
  })

  test("in a form that there is not: 406; a stream that also waits: 400; an id that is no index: 400", async () => {
    expect((await names("/a", { accept: "image/png" })).status).toBe(406)
    expect((await names("/a?wait=1s&after=0", { accept: "text/event-stream" })).status).toBe(400)
    expect((await names("/a?consistency=stale", { accept: "text/event-stream" })).status).toBe(400)
    expect((await names("/a", { accept: "text/event-stream", "last-event-id": "x" })).status).toBe(400)
  })
})

describe("a blocking query", () => {
  test("whose time is over is answered with what is so, under the same index", async () => {
    const before = await names("/service")
    const index = String(before.headers["claviger-index"])
    const { status, headers, json } = await names(`/service?wait=50ms&after=${index}`)
    expect([status, headers["claviger-index"], json]).toEqual([200, index, before.json])
  })
})

/** An event stream, read as far as the test wants. */
async function follow(path: string, headers: Record<string, string>, messageCount: number): Promise<readonly string[]> {
  const { hostname, port } = new URL(cell.other.http)
  return await new Promise((resolve, reject) => {
    const asked = request({
      hostname,
      port,
      path: `/v1/names${path}`,
      headers: { accept: "text/event-stream", ...headers },
    })
    asked.on("error", reject)
    asked.on("response", (response) => {
      let text = ""
      let seenCount = 0
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString()
        const messages = text.split("\n\n").slice(0, -1)
        const told = messages.filter((message) => !message.startsWith("retry"))
        if (told.length === messageCount) {
          asked.destroy()
          resolve(told)
        } else if (told.length > seenCount && path === "/stream") void write("stream", `value ${told.length}`)
        seenCount = told.length
      })
    })
    asked.end()
  })
}

describe("an event stream", () => {
  test("tells the present value and then each change, and goes on where it was left", async () => {
    await write("stream", "first")
    const told = await follow("/stream", {}, 3)
    const texts = told.map((message) => /"text":"([^"]*)"/.exec(message)?.[1])
    expect(texts).toEqual(["first", "value 1", "value 2"])
    const last = /^id: (\d+)$/m.exec(told.at(-1) ?? "")?.[1] ?? ""
    await write("stream", "missed")
    const [next] = await follow("/stream", { "last-event-id": last }, 1)
    expect(next).toContain("missed")
  })

  test("tells a reader whose id is ahead of the name, as after a restoration, where the name stands", async () => {
    await write("restored", "old")
    const [resync, value] = await follow("/restored", { "last-event-id": "1000000" }, 2)
    expect(resync).toContain("event: resync")
    expect(value).toContain("old")
  })
})

describe("what it costs", () => {
  test("a thousand lookups of what doesn't change are not seen by the master", async () => {
    await names("/service")
    const before = await callsAtMaster()
    for (let count = 0; count < 1_000; count += 1) expect((await names("/service")).status).toBe(200)
    const after = await callsAtMaster()
    expect(after).toEqual(before)
  })
})

/** How often each operation was called, but for KeepAlives, which go on whether or not anybody looks anything up. */
async function callsAtMaster(): Promise<readonly string[]> {
  const { bytes } = await ask(cell.master.http, { path: "/metrics" })
  const counts = bytes
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("claviger_call_seconds_count"))
  return counts.filter((line) => !/keepAlive/i.test(line))
}

describe("a crowd on one connection", () => {
  test("is refused beyond a hundred that wait", async () => {
    await write("crowded", "on")
    const { headers } = await names("/crowded")
    const one = `GET /v1/names/crowded?wait=300ms&after=${String(headers["claviger-index"])} HTTP/1.1\r\nhost: localhost\r\n\r\n`
    expect(await statusesOf(one.repeat(150), 150)).toEqual([
      ...Array<number>(100).fill(200),
      ...Array<number>(50).fill(429),
    ])
  })
})

/** Of requests that are sent one behind another, without waiting for answers. */
async function statusesOf(requests: string, count: number): Promise<readonly number[]> {
  const { hostname, port } = new URL(cell.other.http)
  const socket = connect(Number(port), hostname)
  socket.write(requests)
  let text = ""
  for await (const chunk of socket) {
    text += String(chunk)
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
    if (statuses.length === count) return statuses
  }
  throw new Error("the connection has ended")
}
