/** Replicas together: snapshots, digests, quarantine, and what a turn promises about itself. */
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import type { JournalRecord } from "../../../src/journal/record.ts"
import { keys } from "../../../src/journal/codec.ts"
import { gist, type PeerFlight, ReplicaCell } from "../../support/replica-cell.ts"
import { seedOf } from "../../support/signing-keys.ts"

function write(cell: ReplicaCell, count: number): void {
  for (let at = 0; at < count; at += 1) {
    const node = { kind: "path", path: `/ls/local/file-${String(at % 9)}` } as const
    const contents = utf8(`${String(cell.now)} ${String(at)}`)
    expect(gist(cell.call(cell.master, { kind: "setContents", node, contents }))).toBe("setContents")
  }
}

function digests(cell: ReplicaCell): string[] {
  return cell.replicas.map((id) => cell.replica(id).status().digest)
}

/** Replica 3 was cut off for longer than the others' logs reach back. */
function leftBehind(): ReplicaCell {
  const cell = new ReplicaCell(3, { retainedSlots: 8 }).found()
  cell.isCut = (from, to) => from !== to && (from === 3 || to === 3)
  write(cell, 40)
  cell.isCut = () => false
  return cell
}

function isSnapshot({ message }: PeerFlight): boolean {
  return message.kind === "snapshot"
}

describe("a replica that the logs of the others don't reach", () => {
  test("fetches a snapshot in pieces, and then the log, and has the same state", () => {
    const cell = leftBehind()
    cell.run(1_000)
    expect(cell.trace.filter(({ event }) => event.kind === "snapshotInstalled")).toHaveLength(1)
    write(cell, 3)
    cell.run(200)
    expect(new Set(digests(cell)).size).toBe(1)
  })

  test("does not ask the master if there is another", () => {
    const cell = leftBehind()
    cell.run(1_000)
    expect(cell.trace.find(({ event }) => event.kind === "snapshotFetchBegan")?.event).toMatchObject({ from: 2 })
  })

  test("remembers the snapshot across a restart", () => {
    const cell = leftBehind()
    cell.run(1_000)
    const before = cell.replica(3).status()
    cell.crash(3)
    cell.start(3)
    expect(cell.replica(3).status().digest).toBe(before.digest)
    expect(cell.replica(3).status().firstLogSlot).toBe(before.firstLogSlot)
  })

  test("learns with the snapshot which keys sign sequencers now, and knows them after a restart", () => {
    const cell = leftBehind()
    cell.isCut = (from, to) => from !== to && (from === 3 || to === 3)
    const fresh = { seeds: [seedOf(51), seedOf(52)], isScheduled: true }
    expect(gist(cell.call(1, { kind: "rotateSigningKeys", revoke: false, ...fresh }))).toBe("rotateSigningKeys")
    write(cell, 20)
    cell.isCut = () => false
    cell.run(1_000)
    expect(cell.saw("snapshotInstalled", 3)).toBe(true)
    const known = cell.replica(1).signingKeys()
    expect(known.map(({ state }) => state)).toEqual(["retired", "current", "next"])
    expect(cell.replica(3).signingKeys()).toEqual(known)
    cell.crash(3)
    cell.start(3)
    expect(cell.replica(3).signingKeys()).toEqual(known)
  })

  test("falls back on the master when the other is silent", () => {
    const cell = leftBehind()
    cell.isCut = (from, to) => from === 2 && to === 3
    cell.run(2_000)
    expect(cell.saw("snapshotInstalled", 3)).toBe(true)
  })

  test("installs nothing when the pieces do not make a state, and tries again", () => {
    const cell = leftBehind()
    cell.wake(1)
    cell.settle((flight) => !isSnapshot(flight))
    for (let round = 0; round < 30 && !cell.saw("snapshotFetchFailed"); round += 1) {
      for (const flight of cell.take(isSnapshot)) {
        const { message } = flight.message as Extract<PeerFlight["message"], { kind: "snapshot" }>
        const isPiece = message.kind === "snapshotPiece" && message.entries.length > 1
        const shortened = isPiece ? { ...message, entries: message.entries.slice(1) } : message
        cell.arrive({ ...flight, message: { kind: "snapshot", message: shortened } })
      }
    }
    expect(cell.saw("snapshotFetchFailed", 3)).toBe(true)
    expect(cell.saw("snapshotInstalled")).toBe(false)
    cell.run(2_000)
    expect(cell.saw("snapshotInstalled", 3)).toBe(true)
  })

  test("refuses to serve a state that is no further than the one that asks", () => {
    const cell = leftBehind()
    cell.take()
    const above = cell.replica(2).status().appliedThrough
    const request = { kind: "snapshotRequest", transfer: 5, cursor: "", above } as const
    cell.step(2, { kind: "message", from: 3, message: { kind: "snapshot", message: request } })
    expect(cell.inFlight.map(({ message }) => message)).toEqual([
      { kind: "snapshot", message: { kind: "snapshotRefused", transfer: 5 } },
    ])
  })
})

describe("a replica that has lost its disk", () => {
  test("comes back with the state of the others, and its vote", () => {
    const cell = new ReplicaCell(3, { retainedSlots: 8 }).found()
    write(cell, 30)
    cell.loseDisk(3)
    expect(cell.replica(3).status().role).toBe("learner")
    cell.run(1_500)
    expect(cell.replica(3).status().role).toBe("replica")
    write(cell, 1)
    cell.run(200)
    expect(new Set(digests(cell)).size).toBe(1)
    cell.crash(3)
    cell.start(3)
    expect(cell.replica(3).status().role).toBe("replica")
  })
})

describe("digests", () => {
  test("that a quorum agrees on go through the log", () => {
    const cell = new ReplicaCell(3).found()
    write(cell, 12)
    cell.run(300)
    for (const id of cell.replicas) expect(cell.saw("digestAttested", id)).toBe(true)
    expect(cell.saw("digestDisagreed")).toBe(false)
  })

  /** A cell in which one replica has another state than it should, and a disk that is in order with it. */
  function astray(replicaId: number): ReplicaCell {
    const [cell, other] = ["right", "wrong"].map((word) => {
      const made = new ReplicaCell(3, { retainedSlots: 8 }).found()
      const node = { kind: "path", path: "/ls/local/odd" } as const
      made.call(1, { kind: "setContents", node, contents: utf8(word) })
      made.run(200)
      return made
    }) as [ReplicaCell, ReplicaCell]
    cell.crash(replicaId)
    for (const { key } of cell.disk(replicaId).entries) cell.disk(replicaId).lose(key)
    for (const { key, value } of other.disk(replicaId).entries) cell.disk(replicaId).apply({ kind: "put", key, value })
    cell.start(replicaId)
    return cell
  }

  test("show a replica of the minority that it is wrong: it stops, without vote or state", () => {
    const cell = astray(3)
    write(cell, 12)
    cell.run(300)
    expect(cell.quarantined.get(3)).toContain("differs from that of a majority")
    expect([cell.isUp(1), cell.isUp(2)]).toEqual([true, true])
    const revival = cell.revival(3)
    if (revival.kind !== "sound") throw new Error(`it is ${revival.kind}`)
    expect(revival.revived.memory).toMatchObject({ voting: false, chosenThrough: 0, accepted: [] })
    expect(cell.disk(3).entries.map(({ key }) => key)).toEqual([keys.identity, keys.progress, keys.promised])
  })

  test("judge the leader like any other", () => {
    const cell = astray(2)
    cell.step(1, { kind: "handOver" })
    cell.settle()
    cell.wake(2)
    cell.settle()
    expect(cell.master).toBe(2)
    for (let count = 0; count < 12 && cell.isUp(2); count += 1) {
      cell.call(2, { kind: "setContents", node: { kind: "path", path: "/ls/local/a" }, contents: utf8(String(count)) })
    }
    expect([...cell.quarantined.keys()]).toEqual([2])
    cell.run(3_000)
    expect(cell.master).toBe(3)
  })

  test("let the replica that was wrong be rebuilt", () => {
    const cell = astray(3)
    write(cell, 30)
    cell.run(300)
    expect(cell.isUp(3)).toBe(false)
    cell.start(3)
    cell.run(2_000)
    expect(cell.replica(3).status().role).toBe("replica")
    write(cell, 1)
    cell.run(200)
    expect(new Set(digests(cell)).size).toBe(1)
  })
})

describe("what a replica answers by itself", () => {
  test("is its own state, which may be behind, and says how far that reaches", () => {
    const cell = new ReplicaCell(3).found()
    cell.isCut = (from, to) => from !== to && (from === 3 || to === 3)
    write(cell, 1)
    const read = (id: number): { readonly found: string | undefined; readonly isLevel: boolean } => {
      const node = { kind: "path", path: "/ls/local/file-0" } as const
      const { outcome, commitIndex } = cell.replica(id).readLocally({ kind: "getStat", node }, "anonymous")
      const { appliedThrough } = cell.replica(cell.master).status()
      return { found: gist(outcome), isLevel: commitIndex === appliedThrough }
    }
    expect(read(cell.master)).toEqual({ found: "getStat", isLevel: true })
    expect(read(3)).toEqual({ found: "NODE_NOT_FOUND", isLevel: false })
  })

  test("a master whose lease has run out since its last turn does not call itself master", () => {
    const cell = new ReplicaCell(3).found()
    const master = cell.replica(cell.master)
    expect(master.status().role).toBe("master")
    expect(master.status(cell.now + 60_000).role).toBe("replica")
  })
})

describe("a turn", () => {
  test("stores how far the state reaches together with the state", () => {
    const cell = new ReplicaCell(3).found()
    const stored: (readonly JournalRecord[])[] = []
    cell.submit(1, { kind: "setContents", node: { kind: "path", path: "/ls/local/a" }, contents: utf8("x") })
    for (let round = 0; round < 20; round += 1) {
      const [flight] = cell.inFlight.splice(0, 1)
      if (flight === undefined) cell.wake(1)
      else stored.push(cell.step(flight.to, { kind: "message", from: flight.from, message: flight.message }).journal)
    }
    const withState = stored.filter((records) => records.some(({ kind }) => kind === "state"))
    expect(withState.length).toBeGreaterThan(0)
    for (const records of withState) expect(records.at(-1)?.kind).toBe("progress")
  })

  test("with the same inputs at the same instants has the same effects", () => {
    const story = (): unknown => {
      const cell = new ReplicaCell(3).found()
      const sessionId = cell.session()
      write(cell, 10)
      cell.crash(1)
      cell.run(2_500)
      return [cell.trace, sessionId, cell.replica(2).status(), cell.disk(3).entries]
    }
    expect(story()).toEqual(story())
  })

  test("wants no tick that it has just had", () => {
    const cell = new ReplicaCell(3).found()
    cell.session({ sessionLeaseMs: 1_000 })
    for (let count = 0; count < 300; count += 1) {
      cell.now += 11
      for (const id of cell.replicas) {
        cell.tick(id)
        expect(cell.wakeAt(id)).toBeGreaterThan(cell.now)
      }
      cell.settle(({ to }) => to !== 3 || count % 70 < 50)
      cell.take()
    }
  })
})

describe("how a replica describes itself", () => {
  test("a master says how many more the cell can lose, others don't guess", () => {
    const cell = new ReplicaCell(5).found()
    expect(cell.replica(1).status()).toMatchObject({ role: "master", master: 1, canLose: 2 })
    expect(cell.replica(2).status()).toMatchObject({ role: "replica", master: 1, canLose: -1 })
    cell.crash(5)
    cell.run(1_200)
    expect(cell.replica(1).status().canLose).toBe(1)
    expect(cell.replica(2).signingKeys()).toEqual(cell.replica(1).signingKeys())
  })
})
