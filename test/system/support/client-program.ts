/**
 * A client of its own process, which does what it is told (client-orders.ts). It runs the library as it was built, with
 * KeepAlives in a thread of their own, and is there to be stopped, blocked and killed.
 */
import { performance } from "node:perf_hooks"
import type * as library from "../../../src/client/index.ts"
import type { FileContents, Lock, Session } from "../../../src/client/index.ts"
import type { Answer, ClientSettings, FromClient, Holding, Order, ToClient, WokenUp } from "./client-orders.ts"

const built = new URL("../../../dist/client/index.js", import.meta.url).href
const { connect, CellError } = (await import(built)) as typeof library

/** Longer than any freeze: the session of the bystander outlives it. */
const bystanderLeaseMs = 60_000
/** A thread that is scheduled at all looks at the clock more often, and no stop is shorter: the leases are longer. */
const pauseMsMin = 1_500

const settings = JSON.parse(process.argv[2] ?? "{}") as ClientSettings
const { replicas, leashMs, sessionLeaseMs, sessionCount } = settings
const cell = await connect({ replicas, leashMs, name: "client process" })
const sessions = await Promise.all(Array.from({ length: sessionCount }, () => cell.openSession({ sessionLeaseMs })))
const first = sessions[0] ?? fail("a client without a session")
const locks = new Map<Session, Lock>()

process.on("disconnect", () => {
  void Promise.all(sessions.map((session) => session.close())).finally(() => process.exit())
})
process.on("message", ({ orderId, order }: ToClient) => {
  obey(order).then(
    (answer) => tell({ kind: "answered", orderId, answer }),
    (reason: unknown) => tell({ kind: "failed", orderId, reason: String(reason) }),
  )
})
await tell({ kind: "ready", sessionIds: sessions.map(({ sessionId }) => sessionId) })

async function obey(order: Order): Promise<Answer> {
  switch (order.kind) {
    case "acquire":
      await Promise.all(sessions.map((session, place) => acquire(session, place, order)))
      return holdings()
    case "look":
      return holdings()
    case "read": {
      const cached = cachedText(order.path)
      return { cached, contents: textOf(await first.get(order.path)) }
    }
    case "createEphemeral": {
      const { stat } = await first.open(order.path, { mode: "write", create: "mustCreate", ephemeral: true })
      return { instance: stat.instance }
    }
    case "freeze":
      return await freeze(order)
  }
}

async function acquire(session: Session, place: number, order: Order & { readonly kind: "acquire" }): Promise<void> {
  const path = place === 0 ? order.path : `${order.path}-${place + 1}`
  locks.set(session, await session.acquire(path, { lockDelayMs: order.lockDelayMs }))
}

function holdings(): readonly Holding[] {
  return [...locks].map(([{ sessionId, standing }, { path, lockGeneration, isHeld, validUntil }]) => {
    return { sessionId, standing, path, lockGeneration, isHeld, validForMs: validUntil - performance.now() }
  })
}

async function freeze({ forMs, path }: Order & { readonly kind: "freeze" }): Promise<WokenUp> {
  const lock = locks.get(first) ?? fail("it holds no lock")
  const bystander = await cell.openSession({ sessionLeaseMs: bystanderLeaseMs, caching: false })
  // From before it is told: who hears it may stop this process before it gets any further.
  const toldAt = performance.now()
  await tell({ kind: "freezing" })
  if (forMs === undefined) blockUntilStopped(toldAt)
  else block(forMs)
  const { isHeld } = lock
  const seen = { isHeld, standing: first.standing, cached: cachedText(path) }
  const [writeInSession, writeUnderSequencer] = await Promise.all([
    verdictOn(first.set(lock.path, "written in the session")),
    verdictOn(bystander.set(lock.path, "written under the sequencer", { underSequencer: lock.sequencer })),
  ])
  return { ...seen, writeInSession, writeUnderSequencer }
}

/** To the event loop this is like computing; but nobody else's processor time is taken. */
function block(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs)
}

function blockUntilStopped(from: number): void {
  let before = from
  for (;;) {
    const now = performance.now()
    if (now - before > pauseMsMin) return
    before = now
    block(10)
  }
}

async function verdictOn(write: Promise<unknown>): Promise<string> {
  try {
    await write
    return "done"
  } catch (reason) {
    return CellError.from(reason).code
  }
}

function cachedText(path: string): string | undefined {
  const known = first.cached(path)
  return known === undefined || known === "absent" ? known : textOf(known)
}

function textOf({ contents }: FileContents): string {
  return new TextDecoder().decode(contents)
}

/** Resolves when it has left this process. */
function tell(message: FromClient): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

function fail(reason: string): never {
  throw new Error(reason)
}
