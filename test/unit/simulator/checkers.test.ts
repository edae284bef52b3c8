/** A checker that can't fail is worthless: each is shown a small history that is wrong, and one beside it that is not. */
import { describe, expect, test } from "vitest"
import { noBytes, utf8 } from "../../../src/base/bytes.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import { AgreementChecker } from "../../simulator/checkers/agreement.ts"
import { AnswersChecker } from "../../simulator/checkers/answers.ts"
import { AppliedLog } from "../../simulator/checkers/applied-log.ts"
import { DigestChecker } from "../../simulator/checkers/digest.ts"
import { LockBeliefChecker } from "../../simulator/checkers/lock-belief.ts"
import { MasterLeaseChecker } from "../../simulator/checkers/master-lease.ts"
import { OrderChecker } from "../../simulator/checkers/order.ts"
import { SecondOpinion } from "../../simulator/checkers/second-opinion.ts"
import { SessionSafetyChecker } from "../../simulator/checkers/session-safety.ts"
import { Findings } from "../../simulator/findings.ts"
import { type Call, unknown } from "../../simulator/history.ts"

const one = utf8("one")
const two = utf8("two")

function claims(findings: Findings): string[] {
  return findings.violations.map(({ claim }) => claim)
}

describe("agreement", () => {
  const ballot = { round: 1, replicaId: 1 }

  test("a slot that a majority has accepted in one ballot may be believed chosen", () => {
    const findings = new Findings()
    const checker = new AgreementChecker(findings, 3)
    checker.voted(1, 1, 1, ballot, one)
    checker.voted(2, 2, 1, ballot, one)
    checker.believed(3, 3, 1, one)
    expect(claims(findings)).toEqual([])
    expect(checker.chosen(1)).toEqual(one)
  })

  test("a slot that a minority has accepted may not", () => {
    const findings = new Findings()
    const checker = new AgreementChecker(findings, 5)
    checker.voted(1, 1, 1, ballot, one)
    checker.voted(2, 2, 1, ballot, one)
    checker.voted(3, 2, 1, ballot, one)
    checker.voted(4, 3, 1, { round: 2, replicaId: 1 }, one)
    checker.believed(5, 3, 1, one)
    expect(claims(findings)).toEqual(["replica 3 believes slot 1 chosen, but no majority has accepted it"])
  })

  test("believing another value than the chosen one is found", () => {
    const findings = new Findings()
    const checker = new AgreementChecker(findings, 3)
    checker.voted(1, 1, 1, ballot, one)
    checker.voted(2, 2, 1, ballot, one)
    checker.believed(3, 3, 1, two)
    expect(claims(findings)).toEqual(["replica 3 believes slot 1 chosen with another value than it was"])
  })

  test("two values chosen for one slot are found, though nobody believes either", () => {
    const findings = new Findings()
    const checker = new AgreementChecker(findings, 3)
    const later = { round: 2, replicaId: 3 }
    checker.voted(1, 1, 1, ballot, one)
    checker.voted(2, 2, 1, ballot, one)
    checker.voted(3, 2, 1, later, two)
    checker.voted(4, 3, 1, later, two)
    expect(claims(findings)).toEqual(["ballot 2.3 chose a second value for slot 1"])
  })

  test("two values proposed in one ballot are found", () => {
    const findings = new Findings()
    const checker = new AgreementChecker(findings, 3)
    checker.voted(1, 1, 1, ballot, one)
    checker.voted(2, 2, 1, ballot, two)
    expect(claims(findings)).toEqual(["ballot 1.1 proposed two values for slot 1"])
  })
})

describe("order", () => {
  test("a skipped slot, a repeated slot and a snapshot of the past are found", () => {
    const findings = new Findings()
    const checker = new OrderChecker(findings)
    checker.applied(1, 1, 1)
    checker.applied(2, 1, 3)
    checker.applied(3, 1, 3)
    checker.installed(4, 1, 2)
    expect(claims(findings)).toEqual([
      "replica 1 applied slot 3 after slot 1",
      "replica 1 applied slot 3 after slot 3",
      "replica 1 went back from slot 3 to a snapshot of 2",
    ])
  })

  test("a restart may lose what was not durable, and nothing else", () => {
    const findings = new Findings()
    const checker = new OrderChecker(findings)
    checker.applied(1, 1, 1)
    checker.applied(1, 1, 2)
    checker.madeDurable(1, 1)
    checker.restarted(2, 1, 1)
    expect(claims(findings)).toEqual([])
    checker.restarted(3, 1, 0)
    expect(claims(findings)).toEqual(["replica 1 restarted at slot 0, though 1 was durable"])
  })
})

describe("master lease", () => {
  test("two leases that follow one another are fine, two that overlap are not", () => {
    const findings = new Findings()
    const checker = new MasterLeaseChecker(findings)
    checker.holds(10, 1, 20)
    checker.holds(20, 2, 30)
    expect(claims(findings)).toEqual([])
    checker.holds(29, 3, 40)
    expect(claims(findings)).toHaveLength(1)
  })

  test("who ceased to be master holds nothing", () => {
    const findings = new Findings()
    const checker = new MasterLeaseChecker(findings)
    checker.holds(10, 1, 20)
    checker.ceased(1)
    checker.holds(15, 2, 30)
    expect(claims(findings)).toEqual([])
  })
})

describe("digests", () => {
  test("two states of one slot are found", () => {
    const findings = new Findings()
    const checker = new DigestChecker(findings)
    checker.has(1, 1, 7, "a")
    checker.has(2, 2, 8, "b")
    checker.has(3, 3, 7, "c")
    expect(claims(findings)).toEqual(["replicas 3 and 1 differ at slot 7: c, a"])
  })
})

describe("session safety", () => {
  test("a session that ends within its promised lease is found, whichever is seen first", () => {
    const findings = new Findings()
    const checker = new SessionSafetyChecker(findings)
    checker.promised(1, 1, 100)
    checker.ended(99, 1)
    checker.ended(50, 2)
    checker.promised(60, 2, 51)
    expect(claims(findings)).toEqual([
      "session 1 ended at 99, promised until 100",
      "session 2 ended at 50, promised until 51",
    ])
  })

  test("a session may end after its lease, or when its client asks for it", () => {
    const findings = new Findings()
    const checker = new SessionSafetyChecker(findings)
    checker.promised(1, 1, 100)
    checker.ended(100, 1)
    checker.promised(1, 2, 100)
    checker.closing(2)
    checker.ended(50, 2)
    expect(claims(findings)).toEqual([])
  })
})

describe("what lock holders believe", () => {
  const belief = (sessionId: number, mode: "exclusive" | "shared", until: number, lockGeneration = 1) => ({
    ...{ path: "/ls/sim/x", sessionId, mode, lockGeneration },
    validUntil: () => until,
  })

  test("two exclusive holders at one instant are found; shared ones are welcome", () => {
    const findings = new Findings()
    const checker = new LockBeliefChecker(findings)
    checker.began(1, belief(1, "shared", 100))
    checker.began(2, belief(2, "shared", 100))
    expect(claims(findings)).toEqual([])
    checker.began(3, belief(3, "exclusive", 100))
    expect(claims(findings)).toHaveLength(2)
  })

  test("a belief ends with its session lease, or when the holder lets go", () => {
    const findings = new Findings()
    const checker = new LockBeliefChecker(findings)
    checker.began(1, belief(1, "exclusive", 10))
    const letGo = checker.began(10, belief(2, "exclusive", 100))
    letGo()
    checker.began(20, belief(3, "exclusive", 100))
    expect(claims(findings)).toEqual([])
  })

  test("a session whose lease comes back after another was granted its lock is found", () => {
    const findings = new Findings()
    const checker = new LockBeliefChecker(findings)
    let until = 10
    checker.began(1, { ...belief(1, "exclusive", 0), validUntil: () => until })
    checker.began(20, belief(2, "exclusive", 100, 2))
    until = 100
    checker.resumed(30, 1)
    expect(claims(findings)).toContain("/ls/sim/x is held at generation 1 after 2")
  })
})

describe("the applied log", () => {
  const secrets = { handleKey: new Uint8Array(16), signingSeeds: [new Uint8Array(32), new Uint8Array(32)] }
  const founded: Command = { kind: "foundCell", ...secrets, administrators: [] }
  const facts = { clientName: "c", host: "h", processId: 1, sessionLeaseMs: 5000, nonce: "c/1", caching: false }
  const created = call(0, 0, { kind: "createSession", ...facts })
  const set: MutatingOperation = { kind: "setContents", node: { kind: "path", path: "/ls/sim/a" }, contents: one }

  function call(sessionId: number, requestNumber: number, operation: MutatingOperation): Command {
    const rest = { answeredThrough: 0, stillOpen: [], principal: "", underSequencer: undefined }
    return { kind: "call", sessionId, requestNumber, ...rest, operation }
  }

  function logOf(commands: readonly Command[]): { log: AppliedLog; findings: Findings } {
    const findings = new Findings()
    const log = new AppliedLog("sim", [new SecondOpinion(findings)])
    commands.forEach((command, place) => log.apply(place, place + 1, encodeBatch([command])))
    return { log, findings }
  }

  test("a call that comes twice is expected to count once", () => {
    const { log, findings } = logOf([founded, created, call(1, 1, set), call(1, 1, set)])
    expect(claims(findings)).toEqual([])
    expect(log.call(1, 1)?.slot).toBe(3)
  })

  function answered(log: AppliedLog, findings: Findings, requestNumber: number, commitIndex: number): AnswersChecker {
    const checker = new AnswersChecker(findings, log)
    const shape = { client: "c", sessionId: 1, requestNumber, operation: set, invokedAt: 0, completion: unknown }
    const outcome = log.call(1, 1)?.outcome
    if (outcome === undefined) throw new Error("the log has answered the first call")
    checker.answered(9, shape, { outcome, epoch: 1, commitIndex, cachable: false })
    return checker
  }

  test("an answer as the log has it passes; one that the log does not know is found", () => {
    const { log, findings } = logOf([founded, created, call(1, 1, set)])
    answered(log, findings, 1, 3)
    expect(claims(findings)).toEqual([])
    answered(log, findings, 2, 3)
    expect(claims(findings)[0]).toMatch(/^the answer has no place in the log/)
  })

  test("an answer from a slot that nobody has applied is found", () => {
    const { log, findings } = logOf([founded, created, call(1, 1, set)])
    answered(log, findings, 1, 4)
    expect(claims(findings)[0]).toMatch(/^reflects a slot that was never applied/)
  })

  test("an answer other than the log's is found", () => {
    const { log, findings } = logOf([founded, created, call(1, 1, set), call(1, 2, set)])
    answered(log, findings, 2, 4)
    expect(claims(findings)[0]).toMatch(/^by the log: /)
  })

  test("a read that reflects less than was seen before it began is found", () => {
    const { log, findings } = logOf([founded, created, call(1, 1, set), call(1, 2, set)])
    const checker = answered(log, findings, 1, 4)
    const operation = { kind: "getStat", node: { kind: "path", path: "/ls/sim/a" } } as const
    const read: Call = { client: "c", sessionId: 1, requestNumber: 5, operation, invokedAt: 10, completion: unknown }
    checker.invoked(read)
    const refused = { kind: "refused", code: "NODE_NOT_FOUND", detail: "" } as const
    checker.answered(11, read, { outcome: refused, epoch: 1, commitIndex: 3, cachable: false })
    expect(claims(findings)[0]).toMatch(/^reflects slot 3, though 4 had been seen/)
  })

  test("an empty batch changes nothing", () => {
    const findings = new Findings()
    const log = new AppliedLog("sim", [new SecondOpinion(findings)])
    log.apply(1, 1, noBytes)
    expect(log.appliedThrough).toBe(1)
    expect(claims(findings)).toEqual([])
  })
})
