/**
 * Telling a cell that is in trouble from one that is not there. While a cell fails over, or has lost its quorum, some
 * replica still takes connections, and waiting is worth it. Where every address refuses them, nobody has started a cell.
 */
import { connect } from "node:net"
import { setTimeout } from "node:timers/promises"
import { splitAddress } from "../base/address.ts"
import { present } from "../base/assert.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"

/** So long after the start of a command a cell that is being started may come up. */
const givenUpAfterMs = 2_000
const tryEveryMs = 250

/** As `answer`, the first one that a command waits for; fails early if nobody listens at any of the addresses. */
export async function unlessNobodyListens<Answer>(
  addresses: readonly string[],
  answer: Promise<Answer>,
  withinMs: number = givenUpAfterMs,
): Promise<Answer> {
  const over = new AbortController()
  try {
    return await Promise.race([answer, failIfNobodyListens(addresses, withinMs, over.signal)])
  } finally {
    over.abort()
  }
}

export function nobodyThere(addresses: readonly string[]): Failure {
  const advice = "start a cell with `npx claviger cell`, or name one with --cell"
  return new Failure(exitCodes.unavailable, `no replica answers at ${addresses.join(", ")}: ${advice}`, {
    code: "NO_QUORUM",
  })
}

/** Some address takes connections, and says nothing. */
export function nobodyAnswers(addresses: readonly string[]): Failure {
  const sentence = `no replica has answered in time at ${addresses.join(", ")}`
  return new Failure(exitCodes.unavailable, `${sentence}; they may be frozen or overloaded: try a longer --timeout`, {
    code: "NO_QUORUM",
  })
}

/** Most commands are done before the first look around. Once anybody was heard of, the cell is there for good. */
async function failIfNobodyListens(
  addresses: readonly string[],
  withinMs: number,
  signal: AbortSignal,
): Promise<never> {
  for (let passedMs = 0; passedMs < withinMs; passedMs += tryEveryMs) {
    await setTimeout(tryEveryMs, undefined, { signal })
    const refused = await Promise.all(addresses.map(refusesConnections))
    if (refused.includes(false)) return await new Promise<never>(() => undefined)
  }
  throw nobodyThere(addresses)
}

/** False too for an address that is silent: that is no refusal. */
async function refusesConnections(address: string): Promise<boolean> {
  const socket = connect(present(splitAddress(address), "addresses are looked at when they are typed"))
  // A command that is done does not wait for this.
  socket.unref()
  try {
    return await new Promise<boolean>((resolve) => {
      socket.setTimeout(tryEveryMs, () => resolve(false))
      socket.once("connect", () => resolve(false))
      socket.once("error", () => resolve(true))
    })
  } finally {
    socket.destroy()
  }
}
