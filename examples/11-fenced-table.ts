/**
 * A table in PostgreSQL that only the holder of a lock can write to: the database itself compares generations, in the
 * transaction that writes. Start a cell with `npm start`, have a PostgreSQL (PGHOST, PGUSER, ... say where), then:
 *
 *     npx tsx examples/11-fenced-table.ts
 */
import { Pool } from "pg"
import { connect } from "../src/client/index.ts" // "claviger" in a program of your own
import { Fence, remoteKeys, SequencerVerifier } from "../src/fence/index.ts" // "claviger/fence"
import { fenceSchema, postgresMarks } from "../src/fence/postgres.ts" // "claviger/fence/postgres"

const replicas = (process.env["CLAVIGER_CELL"] ?? "127.0.0.1:4301,127.0.0.1:4302,127.0.0.1:4303").split(",")
const doors = (process.env["CLAVIGER_HTTP"] ?? "http://127.0.0.1:4311 http://127.0.0.1:4312").split(" ")
const path = "/ls/local/examples-balance"

const verifier = new SequencerVerifier({ keys: remoteKeys(doors.map((door) => `${door}/.well-known/jwks.json`)) })
const pool = new Pool()
await pool.query(fenceSchema)
await pool.query("CREATE TABLE IF NOT EXISTS examples_balance (one boolean PRIMARY KEY, amount bigint)")
await pool.query("INSERT INTO examples_balance VALUES (true, 0) ON CONFLICT (one) DO UPDATE SET amount = 0")

await using cell = await connect({ replicas, name: `balance ${process.pid}` })
await using alice = await cell.openSession({ name: "alice", signal: AbortSignal.timeout(10_000) })
await using bob = await cell.openSession({ name: "bob" })

const first = await alice.acquire(path)
await add(100, first.sequencer)
await first.release()
const second = await bob.acquire(path)
await add(20, second.sequencer)
await add(3, first.sequencer)
const { rows } = await pool.query<{ readonly amount: string }>("SELECT amount FROM examples_balance")
console.log(`the balance is ${rows[0]?.amount}`)
await pool.end()

async function add(amount: number, sequencer: string): Promise<void> {
  const client = await pool.connect()
  // The mark is raised by the transaction that writes. Until it ends, the next holder's has to wait.
  const marks = postgresMarks((text, values) => client.query(text, values))
  const fence = new Fence({ verifier, paths: path, marks })
  await client.query("BEGIN")
  const admission = await fence.admit(sequencer)
  if (admission.kind === "admitted") {
    await client.query("UPDATE examples_balance SET amount = amount + $1", [amount])
    await client.query("COMMIT")
    console.log(`generation ${admission.statement.lockGeneration} has added ${amount}`)
  } else {
    await client.query("ROLLBACK")
    console.log(`refused: ${admission.detail}`)
  }
  client.release()
}
