/** The name service on a whole cell, on virtual time. */
import { describe, expect, test } from "vitest"
import { anonymous } from "../../../../src/contract/acl.ts"
import type { Cell, Session } from "../../../../src/client/index.ts"
import { type Found, NameService } from "../../../../src/server/names/name-service.ts"
import { PrincipalLine } from "../../../../src/server/names/principal-line.ts"
import { PrincipalLines } from "../../../../src/server/names/principal-lines.ts"
import { createTestCell, type TestCell } from "../../../../src/testing/index.ts"

const service = "/ls/test/service"

interface Scene {
  readonly names: NameService
  readonly client: Cell
  readonly writer: Session
  readonly surroundings: { now(): number; schedule(delayMs: number, then: () => void): () => void }
}

async function scene(cell: TestCell): Promise<Scene> {
  const surroundings = {
    now: () => cell.now(),
    schedule: (delayMs: number, then: () => void) => {
      const signal = cell.signalAfter(delayMs)
      signal.addEventListener("abort", then)
      return () => {
        signal.removeEventListener("abort", then)
      }
    },
  }
  const client = await cell.connect({ name: "names" })
  const lines = new PrincipalLines(
    () => new PrincipalLine(client, { sessionName: "names", surroundings }),
    surroundings,
  )
  const replica = {
    readLocally: () => {
      throw new Error("nobody asks for what is stale here")
    },
  }
  const names = new NameService({ cellName: "test", lines, replica, age: { ms: () => undefined }, surroundings })
  const writer = await (await cell.connect({ name: "writer" })).openSession()
  await writer.makeDirectory(service)
  return { names, client, writer, surroundings }
}

async function texts(names: NameService, consistency: "cached" | "linearizable" = "cached"): Promise<string> {
  return textsOf(await names.lookUp([service], { principal: anonymous, consistency }))
}

function textsOf(found: Found | { kind: "refused"; code: string }): string {
  if (found.kind === "refused") return found.code
  return found.answers.flatMap(({ lines }) => ("kind" in lines ? [] : lines)).join()
}

const forever = new AbortController().signal

describe("names in a cell", () => {
  test("a name never lags behind a write that was acknowledged, from the cache or from the master", async () => {
    await using cell = await createTestCell()
    const { names, writer } = await scene(cell)
    for (let round = 0; round < 20; round += 1) {
      await writer.set(`${service}/a`, `round ${round}`)
      expect(await texts(names, round % 4 === 0 ? "linearizable" : "cached")).toBe(`round ${round}`)
    }
  })

  test("an instance is listed as long as its session lives", async () => {
    await using cell = await createTestCell()
    const { names } = await scene(cell)
    const instance = await (await cell.connect({ name: "instance" })).openSession()
    await instance.open(`${service}/i`, { create: "mustCreate", ephemeral: true, contents: "10.0.0.7:80" })
    expect(await texts(names)).toBe("10.0.0.7:80")
    await cell.expireSession(instance)
    expect(await texts(names)).toBe("")
  })

  test("a blocking query is answered when the name changes, and at the end of its time when it doesn't", async () => {
    await using cell = await createTestCell()
    const { names, writer } = await scene(cell)
    const { commitIndex: after } = await writer.set(`${service}/a`, "one")
    const waiting = names.wait(service, anonymous, { after, waitMs: 30_000, signal: forever })
    await cell.advance(5_000)
    await writer.set(`${service}/b`, "two")
    expect(textsOf(await waiting)).toBe("one,two")
    const again = names.wait(service, anonymous, { after: after + 1_000, waitMs: 30_000, signal: forever })
    const before = cell.now()
    expect(textsOf(await again)).toBe("one,two")
    expect(cell.now() - before).toBeGreaterThanOrEqual(30_000)
  })

  test("a blocking query that comes too late is answered at once", async () => {
    await using cell = await createTestCell()
    const { names, writer } = await scene(cell)
    const { commitIndex: after } = await writer.set(`${service}/a`, "one")
    await writer.delete(`${service}/a`)
    const before = cell.now()
    expect(textsOf(await names.wait(service, anonymous, { after, waitMs: 30_000, signal: forever }))).toBe("")
    expect(cell.now() - before).toBeLessThan(1_000)
  })

  test("a waiter hears of what happens over a fail-over", async () => {
    await using cell = await createTestCell()
    const { names, writer } = await scene(cell)
    const { commitIndex: after } = await writer.set(`${service}/a`, "one")
    const waiting = names.wait(service, anonymous, { after, waitMs: 60_000, signal: forever })
    await cell.advance(3_000)
    const writing = writer.set(`${service}/a`, "two")
    cell.restart(await cell.killMaster())
    await writing
    expect(textsOf(await waiting)).toBe("two")
  })

  test("cut off from the cell, nothing is told that may be old; and when the cut is over, all is well again", async () => {
    await using cell = await createTestCell()
    const { names, client, writer } = await scene(cell)
    await writer.set(`${service}/a`, "one")
    expect(await texts(names)).toBe("one")
    cell.partition([client], [1, 2, 3])
    await cell.advance(6_000)
    expect(await texts(names)).toMatch(/FAIL_OVER_IN_PROGRESS|NO_QUORUM/)
    await cell.advance(120_000)
    await writer.set(`${service}/a`, "two")
    cell.heal()
    expect(await texts(names)).toBe("two")
  })
})
