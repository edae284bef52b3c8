/** The checkers of the whole-system runs: each is shown something that is wrong, and beside it what is not. */
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import type { Lock } from "../../../src/client/index.ts"
import type { NodeChange } from "../../../src/contract/changes.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import { Prng } from "../../../src/base/prng.ts"
import { RunningClient } from "../../../src/testing/running-client.ts"
import { millisecond, type ProcessClock, second, Timeline } from "../../../src/testing/time.ts"
import { AppliedLog, type AppliedSlot, type LogFollower } from "../../simulator/checkers/applied-log.ts"
import { EffectsChecker } from "../../simulator/checkers/effects.ts"
import { EphemeralsChecker } from "../../simulator/checkers/ephemerals.ts"
import { EventOrderChecker } from "../../simulator/checkers/event-order.ts"
import { FreshnessChecker, type Sight } from "../../simulator/checkers/freshness.ts"
import { LockLedger } from "../../simulator/checkers/lock-ledger.ts"
import { LostInTimeChecker } from "../../simulator/checkers/lost-in-time.ts"
import { Findings } from "../../simulator/findings.ts"
import { SurvivalChecker } from "../../simulator/whole/survival.ts"

const path = "/ls/sim/a"
const node = { kind: "path", path } as const
const set = (value: string): MutatingOperation => ({ kind: "setContents", node, contents: utf8(value) })
const acquire = (lockDelayMs: number): MutatingOperation => {
  return { kind: "acquire", node, mode: "exclusive", lockDelayMs, waitMs: 0 }
}

function call(sessionId: number, requestNumber: number, operation: MutatingOperation): Command {
  const rest = { answeredThrough: 0, stillOpen: [], principal: "", underSequencer: undefined }
  return { kind: "call", sessionId, requestNumber, ...rest, operation }
}

/** Changes nothing. */
const reads: Command = { kind: "attestDigest", slot: 0, digest: 0 }
const secrets = { handleKey: new Uint8Array(16), signingSeeds: [new Uint8Array(32), new Uint8Array(32)] }
const founded: Command = { kind: "foundCell", ...secrets, administrators: [] }

function created(name: string): Command {
  const facts = { clientName: name, host: "h", processId: 1, sessionLeaseMs: 5000, nonce: name, caching: true }
  return call(0, 0, { kind: "createSession", ...facts })
}

/** A log whose first slots found the cell, begin a reign and open sessions 1 and 2. Slots are applied a second apart. */
class ShortLog {
  readonly log: AppliedLog
  #slot = 0

  constructor(...followers: readonly LogFollower[]) {
    this.log = new AppliedLog("sim", followers)
    this.apply(founded, { kind: "beginReign", replicaId: 1, round: 1 }, created("one"), created("two"))
  }

  apply(...commands: readonly Command[]): void {
    this.#slot += 1
    this.log.apply(this.#slot * second, this.#slot, encodeBatch(commands))
  }

  outcomeOf(sessionId: number, requestNumber: number): Outcome | undefined {
    return this.log.call(sessionId, requestNumber)?.outcome
  }
}

function checkersOf(findings: Findings): string[] {
  return findings.violations.map(({ checker }) => checker)
}

describe("freshness", () => {
  function sightOf(log: ShortLog, requestNumber: number, value: string): Sight {
    const outcome = log.outcomeOf(1, requestNumber)
    if (outcome?.kind !== "setContents") throw new Error("the log has written it")
    return { aspect: "contents", stat: outcome.stat, contents: utf8(value) }
  }

  test("a cache may show what is current, and nothing else", () => {
    const findings = new Findings()
    const checker = new FreshnessChecker(findings)
    const log = new ShortLog(checker)
    log.apply(call(1, 1, set("old")))
    const old = sightOf(log, 1, "old")
    expect(checker.ended(5, checker.began(5, "client", path, "contents"), old)).toBe(true)
    expect(checkersOf(findings)).toEqual([])
    log.apply(call(1, 2, set("new")))
    checker.ended(6, checker.began(6, "client", path, "contents"), old)
    expect(checkersOf(findings)).toEqual(["freshness"])
  })

  test("a read may show what was current when it began, unless somebody had been told of more by then", () => {
    const findings = new Findings()
    const checker = new FreshnessChecker(findings)
    const log = new ShortLog(checker)
    log.apply(call(1, 1, set("old")))
    const old = sightOf(log, 1, "old")
    const early = checker.began(5, "client", path, "contents")
    log.apply(call(1, 2, set("new")))
    checker.ended(7, early, old)
    expect(checkersOf(findings)).toEqual([])
    checker.told(3)
    checker.ended(9, checker.began(8, "client", path, "contents"), old)
    expect(checkersOf(findings)).toEqual(["freshness"])
  })

  test("an absence is a thing to be seen like any other", () => {
    const findings = new Findings()
    const checker = new FreshnessChecker(findings)
    const log = new ShortLog(checker)
    checker.ended(1, checker.began(1, "client", path, "stat"), undefined)
    log.apply(call(1, 1, set("here")))
    expect(checkersOf(findings)).toEqual([])
    checker.ended(2, checker.began(2, "client", path, "stat"), undefined)
    expect(checkersOf(findings)).toEqual(["freshness"])
  })
})

describe("events", () => {
  const interest = { watcher: "w", sessionId: 1, path, scope: "node", kinds: [], isOver: () => false } as const

  /** Listens to the log, to be able to tell of it. */
  class Spy implements LogFollower {
    readonly heard: { readonly index: number; readonly change: NodeChange }[] = []

    applied({ slot, applied }: AppliedSlot): void {
      for (const { change } of applied.changes) this.heard.push({ index: slot, change })
    }
  }

  test("each once and in order is right; one left out, told twice or told too early is found", () => {
    for (const [story, expected] of [
      [[0, 1, 2], 0],
      [[1, 2], 1],
      [[0, 0, 1, 2], 1],
      [[1, 0, 2], 2],
    ] as const) {
      const findings = new Findings()
      const checker = new EventOrderChecker(findings)
      const spy = new Spy()
      const log = new ShortLog(checker, spy)
      const followed = checker.began(interest, 1)
      log.apply(call(1, 1, set("one")))
      log.apply(call(1, 2, set("two")))
      log.apply(call(1, 3, set("three")))
      for (const place of story) {
        const event = spy.heard.filter(({ change }) => change.path === path)[place]
        if (event !== undefined) followed.told(9, event.index, event.change)
      }
      expect(checkersOf(findings)).toHaveLength(expected)
    }
  })

  test("what was never told is found in the end, unless a resync has stood for it", () => {
    const findings = new Findings()
    const checker = new EventOrderChecker(findings)
    const log = new ShortLog(checker)
    const followed = checker.began(interest, 1)
    log.apply(call(1, 1, set("one")))
    expect(checker.isQuiet).toBe(false)
    checker.judge(9)
    expect(checkersOf(findings)).toEqual(["events"])
    followed.resynced(2)
    expect(checker.isQuiet).toBe(true)
  })
})

describe("the lock ledger", () => {
  const expired: Command = { kind: "expireSession", sessionId: 1, epoch: 1 }

  test("a lock whose holder was lost is granted when its delay is over, and not before", () => {
    for (const [waitedSeconds, expected] of [
      [5, []],
      [1, ["lock-delay"]],
    ] as const) {
      const findings = new Findings()
      const granted: number[] = []
      const ledger = new LockLedger(findings, (_at, { sessionId }) => granted.push(sessionId))
      const log = new ShortLog(ledger)
      log.apply(call(1, 1, acquire(4000)))
      log.apply(call(2, 1, acquire(0)))
      log.apply(expired)
      for (let count = 1; count < waitedSeconds; count += 1) log.apply(reads)
      log.apply({ kind: "endLockDelay", instance: instanceOf(log), since: 4, epoch: 1 })
      expect(granted).toEqual([1, 2])
      expect(checkersOf(findings)).toEqual(expected)
    }
  })

  function instanceOf(log: ShortLog): number {
    const outcome = log.outcomeOf(1, 1)
    if (outcome?.kind !== "acquire") throw new Error("it was granted")
    return outcome.stat.instance
  }
})

describe("lost in time", () => {
  const clock: ProcessClock = { read: (at) => Math.floor(at / millisecond), whenShows: (at) => at * millisecond }

  function holderUntil(validUntil: number, isTold: boolean): { findings: Findings; run: (at: number) => void } {
    const timeline = new Timeline()
    const findings = new Findings()
    const checker = new LostInTimeChecker(timeline, findings, millisecond)
    const process = new RunningClient("holder", timeline, { clock, dice: new Prng(1), oversleep: () => 0 })
    const lost = isTold ? AbortSignal.abort() : new AbortController().signal
    const lock = { path, mode: "exclusive", lockGeneration: 1, validUntil, lost } as unknown as Lock
    checker.began(0, { path, lock, sessionId: 1, process, clock })
    const grant = { path, instance: 2, sessionId: 2, mode: "exclusive", lockGeneration: 2 } as const
    const run = (at: number): void => {
      timeline.plan(at, () => {
        checker.granted(at, grant)
      })
      timeline.runUntil(at + second)
    }
    return { findings, run }
  }

  test("a holder whose lease is over, and who knows, is in nobody's way", () => {
    const { findings, run } = holderUntil(1000, true)
    run(second)
    expect(checkersOf(findings)).toEqual([])
  })

  test("one who still believes in it when another is granted the lock is found, and so is one who was not told", () => {
    const believer = holderUntil(1001, true)
    believer.run(second)
    expect(checkersOf(believer.findings)).toEqual(["lost-in-time"])
    const untold = holderUntil(1000, false)
    untold.run(second)
    expect(checkersOf(untold.findings)).toEqual(["lost-in-time"])
  })
})

describe("effects", () => {
  test("what is acknowledged was written, and what is refused was not", () => {
    const findings = new Findings()
    const checker = new EffectsChecker(findings)
    const log = new ShortLog(checker)
    log.apply(call(1, 1, set("one")))
    checker.acknowledged(9, "one")
    checker.refused(9, "two")
    expect(checkersOf(findings)).toEqual([])
    checker.acknowledged(9, "three")
    checker.refused(9, "one")
    expect(checkersOf(findings)).toEqual(["exactly-once", "exactly-once"])
  })

  test("a call that takes effect before one that was made earlier is found, unless that one was never sent", () => {
    const findings = new Findings()
    const checker = new EffectsChecker(findings)
    const log = new ShortLog(checker)
    checker.received({ sessionId: 1, requestNumber: 2 })
    log.apply(call(1, 3, set("three")))
    expect(findings.violations.map(({ claim }) => claim)).toEqual([
      "call 3 of session 1 has taken effect before call 2",
    ])
  })
})

describe("ephemerals", () => {
  test("one that its session has open must be there, and one that nobody has open must not", () => {
    const findings = new Findings()
    const log = new ShortLog(new EphemeralsChecker(findings))
    const shape = { mode: "write", create: "mustCreate", nodeKind: "file", ephemeral: true, sequential: false } as const
    log.apply(call(1, 1, { kind: "open", path, ...shape, contents: utf8(""), acl: {} }))
    log.apply({ kind: "expireSession", sessionId: 1, epoch: 1 })
    expect(checkersOf(findings)).toEqual([])
  })
})

describe("survival", () => {
  test("in a calm run a session may be lost only in an outage that is as long as the grace period", () => {
    const findings = new Findings()
    const checker = new SurvivalChecker(findings, true)
    checker.served(10 * second)
    checker.lost(60 * second, 1, "silence")
    expect(checkersOf(findings)).toEqual([])
    checker.served(61 * second)
    checker.served(120 * second)
    checker.served(170 * second)
    checker.served(175 * second)
    checker.lost(216 * second, 2, "silence")
    expect(checkersOf(findings)).toEqual([])
    checker.served(300 * second)
    checker.served(339 * second)
    checker.served(345 * second)
    checker.lost(346 * second, 3, "silence")
    expect(checkersOf(findings)).toEqual(["survival"])
  })
})
