import { describe, expect, test } from "vitest"
import { noBytes } from "../../../src/base/bytes.ts"
import { never } from "../../../src/base/instant.ts"
import { Prng } from "../../../src/base/prng.ts"
import type { SnapshotPieceMessage } from "../../../src/replica/peer-messages.ts"
import { SnapshotFetch, type SnapshotQuestion } from "../../../src/replica/snapshot-fetch.ts"
import { replicaSettings } from "../../support/replica-cell.ts"

/** Replica 1 of three; replica 2 is known to be ahead. */
function fetchOf(replicas = 3): { fetch: SnapshotFetch; first: SnapshotQuestion } {
  const fetch = new SnapshotFetch(replicaSettings(1, replicas, {}), new Prng(1))
  const first = fetch.begin(2, 40, 100)
  if (first === undefined) throw new Error("nothing was asked")
  return { fetch, first }
}

function piece(transfer: number, changes: Partial<SnapshotPieceMessage>): SnapshotPieceMessage {
  const nothing = { after: "", entries: [], cursor: "", last: false, appliedThrough: 90 }
  return { kind: "snapshotPiece", transfer, ...nothing, ...changes }
}

function entry(key: string): { key: string; payload: Uint8Array } {
  return { key, payload: noBytes }
}

function transferOf({ message }: SnapshotQuestion): number {
  return message.transfer
}

describe("a snapshot fetch", () => {
  test("asks a third replica first, to spare the one that is ahead, who may be master", () => {
    const { first } = fetchOf()
    expect(first.to).toBe(3)
    expect(first.message).toMatchObject({ kind: "snapshotRequest", cursor: "", above: 40 })
  })

  test("asks the one that is ahead when there is no third", () => {
    expect(fetchOf(2).first.to).toBe(2)
  })

  test("goes on piece by piece and is complete with the last one", () => {
    const { fetch, first } = fetchOf()
    const transfer = transferOf(first)
    const next = fetch.onPiece(piece(transfer, { entries: [entry("a"), entry("b")], cursor: "b" }), 110)
    expect(next).toEqual({ to: 3, message: { kind: "snapshotRequest", transfer, cursor: "b", above: 40 } })
    const whole = fetch.onPiece(piece(transfer, { after: "b", entries: [entry("c")], cursor: "c", last: true }), 120)
    expect(whole).toEqual({ appliedThrough: 90, entries: [entry("a"), entry("b"), entry("c")] })
    expect(fetch.wakeAt).toBe(never)
  })

  test("takes no notice of a piece that comes twice, late, or for another transfer", () => {
    const { fetch, first } = fetchOf()
    const transfer = transferOf(first)
    const one = piece(transfer, { entries: [entry("a")], cursor: "a" })
    fetch.onPiece(one, 110)
    expect(fetch.onPiece(one, 111)).toBeUndefined()
    expect(fetch.onPiece(piece(transfer + 1, { after: "a", last: true }), 112)).toBeUndefined()
    const whole = fetch.onPiece(piece(transfer, { after: "a", entries: [entry("b")], last: true }), 113)
    expect(whole).toMatchObject({ entries: [entry("a"), entry("b")] })
  })

  test("runs one transfer at a time", () => {
    const { fetch } = fetchOf()
    expect(fetch.begin(3, 50, 110)).toBeUndefined()
  })

  test("falls back on the one that is ahead when the other refuses", () => {
    const { fetch, first } = fetchOf()
    expect(fetch.onRefused(transferOf(first) + 1, 110)).toBeUndefined()
    const second = fetch.onRefused(transferOf(first), 110)
    expect(second?.to).toBe(2)
    expect(second === undefined || transferOf(second) !== transferOf(first)).toBe(true)
  })

  test("falls back when the other is silent, counted from its last piece", () => {
    const { fetch, first } = fetchOf()
    fetch.onPiece(piece(transferOf(first), { entries: [entry("a")], cursor: "a" }), 300)
    expect(fetch.tick(799)).toBeUndefined()
    expect(fetch.tick(800)?.to).toBe(2)
  })

  test("gives up when the one that is ahead fails too, and may begin again", () => {
    const { fetch } = fetchOf()
    fetch.tick(600)
    expect(fetch.tick(1_100)).toBeUndefined()
    expect(fetch.wakeAt).toBe(never)
    expect(fetch.begin(3, 40, 1_200)).toBeDefined()
  })

  test("does not mix what it got before it fell back with what it gets then", () => {
    const { fetch, first } = fetchOf()
    fetch.onPiece(piece(transferOf(first), { entries: [entry("old")], cursor: "old" }), 110)
    const second = fetch.tick(610)
    if (second === undefined) throw new Error("it did not fall back")
    const whole = fetch.onPiece(piece(transferOf(second), { entries: [entry("new")], last: true }), 620)
    expect(whole).toMatchObject({ entries: [entry("new")] })
  })

  test("gives up a transfer whose pieces are of different states", () => {
    const { fetch, first } = fetchOf()
    const transfer = transferOf(first)
    fetch.onPiece(piece(transfer, { entries: [entry("a")], cursor: "a", appliedThrough: 90 }), 110)
    const mixed = piece(transfer, { after: "a", entries: [entry("b")], last: true, appliedThrough: 95 })
    expect(fetch.onPiece(mixed, 120)).toMatchObject({ to: 2, message: { kind: "snapshotRequest", cursor: "" } })
  })
})
