import { describe, expect, test } from "vitest"
import { lengthened } from "../../../src/base/instant.ts"
import { noBallot } from "../../../src/paxos/ballot.ts"
import { Acceptor } from "../../../src/paxos/acceptor.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Log } from "../../../src/paxos/log.ts"
import { MasterLease } from "../../../src/paxos/master-lease.ts"
import { settingsOf } from "../../support/paxos-cell.ts"

const settings = settingsOf(1, 5)

describe("a master lease", () => {
  test("isn't held before a quorum has granted it", () => {
    const masterLease = new MasterLease(settings)
    masterLease.grant(1, 100)
    masterLease.grant(2, 100)
    expect(masterLease.until).toBe(0)
    masterLease.grant(3, 100)
    expect(masterLease.until).toBeGreaterThan(100)
  })

  test("counts from when the message left that the weakest of the quorum answered", () => {
    const masterLease = new MasterLease(settings)
    masterLease.grant(1, 300)
    masterLease.grant(2, 200)
    masterLease.grant(3, 100)
    expect(masterLease.until).toBe(100 + 990)
    masterLease.grant(4, 250)
    expect(masterLease.until).toBe(200 + 990)
  })

  test("isn't made longer by one replica that answers often", () => {
    const masterLease = new MasterLease(settings)
    for (const sentAt of [100, 200, 300]) masterLease.grant(2, sentAt)
    expect(masterLease.until).toBe(0)
  })

  test("isn't made shorter by an answer that comes late", () => {
    const masterLease = new MasterLease(settings)
    for (const id of [1, 2, 3]) masterLease.grant(id, 500)
    const { until } = masterLease
    masterLease.grant(2, 100)
    expect(masterLease.until).toBe(until)
  })

  test("counts those present within the last lease, the one excepted that is to be admitted", () => {
    const masterLease = new MasterLease(settings)
    masterLease.grant(1, 100)
    masterLease.grant(2, 600)
    masterLease.grant(3, 700)
    expect(masterLease.presentGranters(1_099, 0)).toBe(3)
    expect(masterLease.presentGranters(1_100, 0)).toBe(2)
    expect(masterLease.presentGranters(1_100, 3)).toBe(1)
  })
})

describe("the two counts of a master lease", () => {
  // The worst case: the message takes no time, the leader's clock is slow by the bound and the granter's is fast by it.
  test.each([1, 10, 50])("never let the leader's outlast the granter's at %i per mille of drift", (driftPerMille) => {
    for (const masterLeaseMs of [1, 7, 100, 999, 1_000, 12_345]) {
      const drifting = settingsOf(1, 1, { driftPerMille, masterLeaseMs })
      const masterLease = new MasterLease(drifting)
      masterLease.grant(1, 10_000)
      const leaderSpan = masterLease.until - 10_000
      const acceptor = new Acceptor(
        drifting,
        new Log(0, []),
        { promised: noBallot, incarnations: [], incarnation: 0, voting: true },
        1,
      )
      acceptor.heartbeat(
        { kind: "heartbeat", ballot: { round: 1, replicaId: 1 }, chosenThrough: 0, sentAt: 1 },
        500,
        new Outbox(),
      )
      const granterSpan = acceptor.leaseUntil - 500
      expect(granterSpan).toBe(lengthened(masterLeaseMs, driftPerMille))
      // What the leader counts as `leaderSpan` lasts at most this long on the granter's clock.
      expect(leaderSpan * (1000 + driftPerMille)).toBeLessThanOrEqual(granterSpan * 1000)
    }
  })
})
