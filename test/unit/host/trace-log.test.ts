import { expect, test } from "vitest"
import type { Logger, LogFields } from "../../../src/host/logger.ts"
import { logTrace } from "../../../src/host/trace-log.ts"
import type { TraceEvent } from "../../../src/replica/effects.ts"

/** Each as its level, its fields and its sentence. */
function linesOf(...events: readonly TraceEvent[]): readonly (readonly [string, LogFields, string])[] {
  const lines: (readonly [string, LogFields, string])[] = []
  const at = (level: string) => (fields: LogFields, message: string) => void lines.push([level, fields, message])
  const log: Logger = { info: at("info"), warn: at("warn"), error: at("error") }
  for (const event of events) logTrace(log, event)
  return lines
}

test("a change of state is one line, with its facts as fields", () => {
  const ballot = { round: 7, replicaId: 2 }
  expect(
    linesOf(
      { kind: "prepareBegan", ballot, admits: undefined },
      { kind: "becameMaster", epoch: 3 },
      { kind: "sessionEnded", sessionId: 12, reason: "its lease ran out" },
      { kind: "digestDisagreed", slot: 900 },
    ),
  ).toEqual([
    ["info", { ballot, admits: undefined }, "stands for election"],
    ["info", { epoch: 3 }, "this replica is master"],
    ["info", { sessionId: 12, reason: "its lease ran out" }, "a session ended"],
    ["error", { slot: 900 }, "this replica's state differs from that of the others"],
  ])
})

test("what comes with calls is no line, unless a client is stuck", () => {
  expect(
    linesOf(
      { kind: "invalidationSent", keys: [], sessions: [4] },
      { kind: "writeWaitedFor", sessionId: 4, waitedMs: 3 },
      { kind: "acceptResent", slot: 8 },
    ),
  ).toEqual([])
  expect(linesOf({ kind: "writeWaitedFor", sessionId: 4, waitedMs: 4_000 })).toEqual([
    ["warn", { sessionId: 4, waitedMs: 4_000 }, "a write waited for a client that did not answer"],
  ])
})
