/** How a command reaches its cell: which addresses, for how long, under which name. */
import { hostname, userInfo } from "node:os"
import { splitAddress } from "../base/address.ts"
import type { Cell, Session } from "../client/index.ts"
import { durationMsOption, textOption, UsageError, type Invocation } from "./arguments.ts"
import { clientTlsFor } from "./client-tls.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { unlessNobodyListens } from "./nobody-listens.ts"
import type { Terminal } from "./terminal.ts"

const defaultPatienceMs = 10_000
const closeWithinMs = 2_000

/** Where `claviger cell` opens the gRPC doors of a five-replica cell unless told otherwise. */
export const defaultAddresses: readonly string[] = [1, 2, 3, 4, 5].map((id) => `127.0.0.1:${4300 + id}`)

export function addressesFor(invocation: Invocation, terminal: Terminal): readonly string[] {
  const named = textOption(invocation, "cell") ?? terminal.environment["CLAVIGER_CELL"]
  if (named === undefined || named === "") return defaultAddresses
  const addresses = named.split(",").map((address) => address.trim())
  for (const address of addresses) {
    if (splitAddress(address) !== undefined) continue
    throw new UsageError(`"${address}" is not an address: host:port,host:port,... is wanted`, invocation.command)
  }
  return addresses
}

export function patienceMsOf(invocation: Invocation): number {
  return durationMsOption(invocation, "timeout") ?? defaultPatienceMs
}

export function deadlineFor(invocation: Invocation): AbortSignal {
  return AbortSignal.timeout(patienceMsOf(invocation))
}

/**
 * As `answer`; but a deadline that passed without a word from the cell is told in a sentence. For calls that change
 * nothing, or nothing that stays: nobody has to wonder whether they were carried out.
 */
export async function inTime<Answer>(invocation: Invocation, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (reason) {
    if (!(reason instanceof DOMException) || reason.name !== "TimeoutError") throw reason
    const sentence = `the cell did not answer within ${patienceMsOf(invocation) / 1000} s`
    const options = { code: "DEADLINE_EXCEEDED", cause: reason }
    throw new Failure(exitCodes.unavailable, `DEADLINE_EXCEEDED: ${sentence}`, options)
  }
}

/** Who holds a lock, as others will read it. */
function ownName(): string {
  return `${userName()}@${hostname()}:${process.pid}`
}

/** Without a session: for reading. */
export async function withReader<Result>(
  invocation: Invocation,
  terminal: Terminal,
  use: (cell: Cell, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return await withCell(invocation, terminal, async (cell, addresses) => {
    return await inTime(invocation, unlessNobodyListens(addresses, use(cell, deadlineFor(invocation))))
  })
}

async function withCell<Result>(
  invocation: Invocation,
  terminal: Terminal,
  use: (cell: Cell, addresses: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const replicas = addressesFor(invocation, terminal)
  const tls = clientTlsFor(invocation, terminal)
  const { connect } = await import("../client/index.ts")
  const cell = await connect({ replicas, name: ownName(), tls, keepAlives: "main" })
  try {
    return await use(cell, replicas)
  } finally {
    await cell.close()
  }
}

/** Within a session, so that what is written is written once, whatever happens to the master meanwhile. */
export async function withSession<Result>(
  invocation: Invocation,
  terminal: Terminal,
  use: (session: Session, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const signal = deadlineFor(invocation)
  return await withCell(invocation, terminal, async (cell, addresses) => {
    const session = await inTime(
      invocation,
      unlessNobodyListens(addresses, cell.openSession({ caching: false, signal })),
    )
    try {
      return await use(session, signal)
    } finally {
      await closeQuietly(session)
    }
  })
}

/** What the command was asked for is done, or has failed for a reason of its own; a session left open ends by itself. */
async function closeQuietly(session: Session): Promise<void> {
  await session.close({ signal: AbortSignal.timeout(closeWithinMs) }).catch(() => undefined)
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as in many containers.
    return "nobody"
  }
}
