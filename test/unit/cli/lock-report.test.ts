import { describe, expect, test } from "vitest"
import { busyLock } from "../../../src/client/busy-lock.ts"
import { tellLockNews, waitingFor, type LockNews } from "../../../src/cli/lock-report.ts"
import type { Terminal } from "../../../src/cli/terminal.ts"

const delay = { lockDelayMs: 60_000, remainingMs: 900, sessionId: 1, clientName: "alice", reason: "its lease ran out" }

function toldOf(news: LockNews, isJson: boolean): string[] {
  const told: string[] = []
  const terminal: Pick<Terminal, "tell"> = { tell: (line) => told.push(line) }
  tellLockNews(news, terminal, isJson)
  return told
}

describe("a wait for a lock", () => {
  const news = waitingFor(busyLock("/ls/local/job", { holders: [], waitersBefore: 1, delay }))

  test("is told with its reason", () => {
    expect(toldOf(news, false)).toEqual([
      "waiting for /ls/local/job: lock-delay, 1 s left: alice was lost (its lease ran out), 1 waits before you",
    ])
  })

  test("is told to programs with what they can use", () => {
    expect(JSON.parse(toldOf(news, true).join(""))).toMatchObject({
      kind: "waiting",
      path: "/ls/local/job",
      heldBy: [],
      waitingBefore: 1,
      lockDelayMs: 900,
    })
  })
})

test("a lock that was acquired is told to programs only: people see their command at work", () => {
  const news = { kind: "acquired", path: "/ls/local/job", lockGeneration: 3 } as const
  expect(toldOf(news, false)).toEqual([])
  expect(toldOf(news, true)).toEqual([JSON.stringify(news)])
})
