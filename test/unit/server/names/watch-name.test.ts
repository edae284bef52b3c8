/** What comes of a watch that ends by itself. A rejection that nobody handles would end the replica, as it ends this run. */
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { NameNews } from "../../../../src/server/names/name-source.ts"
import { watchName } from "../../../../src/server/names/watch-name.ts"
import { createTestCell } from "../../../../src/testing/index.ts"

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

beforeEach(() => {
  unhandled.length = 0
  process.on("unhandledRejection", note)
})

afterEach(() => {
  process.off("unhandledRejection", note)
})

describe("news of a name", () => {
  test("end once, and quietly, when the session ends under them", async () => {
    await using cell = await createTestCell()
    const session = await (await cell.connect()).openSession()
    const news: NameNews[] = []
    await watchName(session, "/ls/test/name", (one) => news.push(one))
    await cell.expireSession(session)
    await cell.advance(60_000)
    expect(news).toEqual(["ended"])
    expect(unhandled).toEqual([])
  })

  test("that the cell refuses are refused to whoever asked, and to nobody else", async () => {
    await using cell = await createTestCell()
    const session = await (await cell.connect()).openSession()
    const news: NameNews[] = []
    const watching = watchName(session, "/ls/other/name", (one) => news.push(one))
    await expect(watching).rejects.toMatchObject({ code: "INVALID_PATH" })
    await cell.advance(1_000)
    expect(news).toEqual([])
    expect(unhandled).toEqual([])
  })
})
