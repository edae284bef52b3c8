/**
 * A fenced table in a real PostgreSQL: everything that any guard must do, and what only marks can do that stand beside
 * what they guard. Where PostgreSQL is not installed, each test says so and ends.
 */
import { Pool, type PoolClient } from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Fence, fixedKeys, type FenceOptions, type Passage, SequencerVerifier } from "../../src/fence/index.ts"
import { admitByHeader, type Guarded } from "../../src/fence/guarding.ts"
import { admitQuery, fenceSchema, postgresMarks, supersededBy } from "../../src/fence/postgres.ts"
import { describeGuardContract, type GuardedResource, type Place, sharing } from "../contracts/guard.ts"
import { jwkSet, statement, TestKey } from "../support/sequencers.ts"
import { RunningPostgres } from "./support/running-postgres.ts"
import { until } from "./support/until.ts"

const absent = "PostgreSQL is not installed, and fenced tables are not tested: apt-get install postgresql"

let postgres: RunningPostgres | undefined
let pool: Pool

function openPool(): Pool {
  const opened = new Pool({ ...postgres?.reach, max: 8 })
  // Of connections that are idle when the server goes.
  opened.on("error", () => undefined)
  return opened
}

beforeAll(async () => {
  postgres = await RunningPostgres.start()
  pool = openPool()
  if (postgres === undefined) return console.info(absent)
  await pool.query(fenceSchema)
  await pool.query("CREATE TABLE counters (name text PRIMARY KEY, value bigint NOT NULL)")
})
beforeEach(async ({ skip }) => {
  skip(postgres === undefined, absent)
  await pool.query("TRUNCATE claviger_fence, counters")
  await pool.query("INSERT INTO counters VALUES ('orders', 0)")
})
afterAll(async () => {
  await pool.end()
  await postgres?.end()
})

const key = new TestKey(1)

async function transaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    const result = await work(client)
    await client.query("COMMIT")
    return result
  } catch (reason) {
    await client.query("ROLLBACK")
    throw reason
  } finally {
    client.release()
  }
}

async function countUp(client: PoolClient): Promise<void> {
  await client.query("UPDATE counters SET value = value + 1 WHERE name = 'orders'")
}

async function counted(): Promise<number> {
  const { rows } = await pool.query<{ value: string }>("SELECT value FROM counters WHERE name = 'orders'")
  return Number(rows[0]?.value)
}

describe("a fenced table", () => {
  const passages: Readonly<Record<Place, () => Passage>> = {
    write: () => ({}),
    share: () => sharing,
    look: () => "open",
    stumble: () => {
      throw new Error("it has stumbled")
    },
  }

  /** The fence is asked in the transaction that writes, so its mark is that transaction's. */
  const openResource = async (options: FenceOptions): Promise<GuardedResource> => {
    const verifier =
      options.verifier instanceof SequencerVerifier ? options.verifier : new SequencerVerifier(options.verifier)
    const write = (place: Place, sequencers: readonly string[]): Promise<Guarded> =>
      transaction(async (client) => {
        const marks = postgresMarks((text, values) => client.query(text, values))
        const guarded = await admitByHeader(new Fence({ marks, ...options, verifier }), sequencers, passages[place])
        if (guarded.kind === "admitted") await countUp(client)
        return guarded
      })
    let writes = 0
    return {
      ask: async (place, ...sequencers) => {
        const guarded = await write(place, sequencers)
        if (guarded.kind === "admitted") writes += 1
        expect(await counted()).toBe(writes)
        if (guarded.kind !== "refused")
          return { kind: "done", principal: guarded.kind === "admitted" ? guarded.statement.principal : undefined }
        const { code, reason, detail } = guarded
        return { kind: "refused", status: undefined, code, reason, supersededBy: guarded.supersededBy, told: detail }
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
  }

  describeGuardContract("none", openResource)
})

describe("the transaction that writes", () => {
  const alice = { ...statement, lockGeneration: 12, principal: "alice" }
  const bob = { ...statement, lockGeneration: 13, principal: "bob" }

  test("is refused by the database itself if it comes too late, and told by whom it was superseded", async () => {
    const write = (holder: typeof alice): Promise<void> =>
      transaction(async (client) => {
        await client.query(admitQuery(holder))
        await countUp(client)
      })
    await write(alice)
    await write(bob)
    const refusal: unknown = await write(alice).catch((reason: unknown) => reason)
    expect(refusal).toMatchObject({
      code: "SF409",
      message: expect.stringContaining("bob has held the lock since") as unknown,
    })
    expect(supersededBy(refusal)).toEqual({ instance: 7, lockGeneration: 13, epoch: 3, principal: "bob" })
    expect(await counted()).toBe(2)
    const other: unknown = await pool.query("SELECT nonsense").catch((reason: unknown) => reason)
    expect(supersededBy(other)).toBeUndefined()
  })

  test("of a former holder can't land after one of the next: that one waits until it is over", async () => {
    const [former, next] = [await pool.connect(), await pool.connect()]
    try {
      await former.query("BEGIN")
      await former.query(admitQuery(alice))
      await countUp(former)
      await next.query("BEGIN")
      let isAdmitted = false
      const admitted = next.query(admitQuery(bob)).then(() => {
        isAdmitted = true
      })
      await until("the next holder waits", { withinMs: 10_000, everyMs: 10 }, async () => {
        const { rows } = await pool.query(
          "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%claviger_admit%'",
        )
        return rows.length > 0 || undefined
      })
      expect(isAdmitted).toBe(false)
      await countUp(former)
      await former.query("COMMIT")
      await admitted
      await countUp(next)
      await next.query("COMMIT")
      expect(await counted()).toBe(3)
      await expect(former.query(admitQuery(alice))).rejects.toMatchObject({ code: "SF409" })
    } finally {
      former.release(true)
      next.release(true)
    }
  })

  test("does not wait for others of the same holder", async () => {
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    try {
      await pool.query(admitQuery(alice))
      // All of them are admitted before the first one ends.
      for (const client of clients) {
        await client.query("BEGIN")
        await client.query(admitQuery(alice))
      }
      for (const client of clients) await client.query("COMMIT")
    } finally {
      for (const client of clients) client.release()
    }
  })

  test("raises no mark if it is rolled back", async () => {
    await pool.query(admitQuery(alice))
    await expect(
      transaction(async (client) => {
        await client.query(admitQuery(bob))
        throw new Error("it changed its mind")
      }),
    ).rejects.toThrow("it changed its mind")
    await pool.query(admitQuery(alice))
  })

  test.each(["/ls/test/orders", "orders", "", null])("that names a lock as %j is refused", async (lock) => {
    const admit = { text: "SELECT claviger_admit($1, 1, 1, 'alice')", values: [lock] }
    await expect(transaction((client) => client.query(admit))).rejects.toMatchObject({ code: "SF400" })
    expect((await pool.query("SELECT FROM claviger_fence")).rowCount).toBe(0)
  })

  test("that comes first for a lock, many at a time, leaves the highest mark", async () => {
    const generations = Array.from({ length: 40 }, (_, place) => 1 + ((place * 7) % 40))
    const raised = generations.map((lockGeneration) =>
      transaction((client) => client.query(admitQuery({ ...statement, lockGeneration }))).catch(
        (reason: unknown) => reason,
      ),
    )
    for (const outcome of await Promise.all(raised)) {
      if (outcome instanceof Error) expect(supersededBy(outcome)).toBeDefined()
    }
    const { rows } = await pool.query("SELECT generation FROM claviger_fence")
    expect(rows).toEqual([{ generation: "40" }])
  })
})

test("marks outlive a crash of the database, and the schema may be run again", async () => {
  const verifier = { keys: fixedKeys(jwkSet(key)) }
  const fenceOf = (queries: Pool): Fence =>
    new Fence({ verifier, paths: statement.path, marks: postgresMarks((text, values) => queries.query(text, values)) })
  const bob = key.sign({ lockGeneration: 13, principal: "bob" })
  expect(await fenceOf(pool).admit(bob)).toMatchObject({ kind: "admitted" })
  await postgres?.crash()
  expect(await fenceOf(pool).admit(bob)).toMatchObject({ kind: "refused", reason: "marksFailed" })
  await pool.end()
  await postgres?.launch()
  pool = openPool()
  await pool.query(fenceSchema)
  expect(await fenceOf(pool).admit(key.sign())).toMatchObject({
    reason: "staleGeneration",
    supersededBy: { principal: "bob", lockGeneration: 13 },
  })
  expect(await fenceOf(pool).admit(bob)).toMatchObject({ kind: "admitted" })
})
