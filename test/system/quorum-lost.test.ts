/** Two replicas lost, then a third: what still works, what is refused and how, and that one replica back is enough. */
import { expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { until } from "./support/until.ts"

const context = cellForTests()

const unavailable = 69

test("with two of five killed the cell goes on; with three it refuses in time; with one back it serves again", async () => {
  const { cell } = context
  expect(await cell.run(["set", "/ls/local/kept", "before"])).toMatchObject({ code: 0 })
  const session = await cell.openSession()
  const first = await cell.master()
  const others = cell.ids.filter((id) => id !== first.replicaId)
  const [second = 0, third = 0] = others

  await cell.kill(first.replicaId, second)
  await session.set("/ls/local/kept", "with three")
  const degraded = await until("the loss is noticed", { withinMs: 10_000 }, async () => {
    const picture = await statusOf()
    return picture.canLose === 0 && picture.master !== 0 ? picture : undefined
  })
  expect(rolesIn(degraded)).toEqual(["down", "down", "master", "replica", "replica"])

  await cell.kill(third)
  await until("the cell knows that it has no quorum", { withinMs: 10_000 }, async () =>
    (await statusOf()).master === 0 ? true : undefined,
  )
  const words = await cell.run(["status"])
  expect(words.code).toBe(unavailable)
  expect(words.stdout).toContain("no quorum: 2 of 5 voting replicas answer, 3 needed")
  for (const id of [first.replicaId, second, third]) expect(words.stdout).toContain(`replica ${id} is down`)

  // Neither a stale value nor a guess, and within the caller's own deadline, not ours.
  const askedAt = performance.now()
  await expect(session.get("/ls/local/kept", { signal: AbortSignal.timeout(3_000) })).rejects.toMatchObject({
    code: "NO_QUORUM",
  })
  await expect(
    session.set("/ls/local/never", "without a quorum", { signal: AbortSignal.timeout(3_000) }),
  ).rejects.toMatchObject({ code: "NO_QUORUM" })
  expect(performance.now() - askedAt).toBeLessThan(8_000)
  const read = await cell.run(["get", "/ls/local/kept", "--timeout", "3"])
  expect(read).toMatchObject({ code: unavailable, stdout: "" })
  expect(read.stderr).toContain("NO_QUORUM")

  await cell.restart(third)
  await until("the cell serves again", { withinMs: 15_000 }, async () => (await statusOf()).canLose === 0 || undefined)
  expect(await cell.run(["get", "/ls/local/kept"])).toEqual({ code: 0, stdout: "with three", stderr: "" })
  await session.set("/ls/local/kept", "after")
  expect(session.standing).toBe("safe")
})

interface Picture {
  readonly master: number
  readonly canLose: number
  readonly replicas: readonly { readonly role: string }[]
}

async function statusOf(): Promise<Picture> {
  return JSON.parse((await context.cell.run(["status", "--json"])).stdout) as Picture
}

function rolesIn({ replicas }: Picture): string[] {
  return replicas.map(({ role }) => role).sort()
}
