/** Bugs planted in mastership, sessions, snapshots, the journal and the host's loop. */
import type { Mutant } from "./mutant.ts"

const mastership = "src/replica/mastership.ts"
const sessionLeases = "src/replica/session-leases.ts"
const replica = "src/replica/replica.ts"
const codec = "src/journal/codec.ts"

export const replicaMutants: readonly Mutant[] = [
  {
    name: "reads-without-lease",
    why: "a deposed master answers from a state that others have moved on from",
    patches: [
      {
        file: mastership,
        find: "isMaster: this.isMaster(now),\n      load",
        replace: "isMaster: true,\n      load",
      },
      {
        file: "src/host/host.ts",
        find: "isLeaseOver ? replies.map(",
        replace: "isLeaseOver && replies.length < 0 ? replies.map(",
      },
    ],
  },
  {
    name: "keep-alive-extends-nothing",
    why: "the client is told of a longer lease than the master keeps",
    patches: [
      {
        file: sessionLeases,
        find: "if (sessionLease !== undefined && !sessionLease.ending) this.#extend(",
        replace: "if (sessionLease?.ending === true) this.#extend(",
      },
    ],
  },
  {
    name: "new-master-shortens-leases",
    why: "a new master does not give sessions the full lease that its predecessor may have promised",
    patches: [
      {
        file: "src/replica/service.ts",
        find: "const longestMs = Math.max(sessionLeaseMs, machine().leaseFloorMs)",
        replace: "const longestMs = Math.floor(sessionLeaseMs / 4)",
      },
    ],
  },
  {
    name: "retried-session-keeps-its-old-lease",
    why: "who repeats CreateSession is told of a full lease, of which part is over already",
    patches: [{ file: sessionLeases, find: "      this.#extend(sessionId, known, grant, now)\n", replace: "" }],
  },
  {
    name: "session-drift-not-allowed-for",
    why: "a master with a fast clock ends a session whose client still counts on it",
    patches: [
      {
        file: sessionLeases,
        find: "return after(now, lengthened(span, this.#driftPerMille))",
        replace: "return after(now, Math.floor((span * 980) / 1000))",
      },
    ],
  },
  {
    name: "answers-of-another-reign",
    why: "a caller is told that its call was done when another value was chosen in its slot",
    patches: [
      {
        file: "src/replica/calls.ts",
        find: "if (proposed === undefined || !equalBytes(proposed.value, value)) return undefined",
        replace:
          "if (proposed === undefined || (value.length < 0 && !equalBytes(proposed.value, value))) return undefined",
      },
      { file: "src/replica/calls.ts", find: "this.#proposed.clear()", replace: "" },
      {
        file: "src/replica/calls.ts",
        find: "const proposed = [...this.#proposed.values()].flatMap(({ calls }) => calls.map(({ ticket }) => ticket))",
        replace: "const proposed: number[] = []",
      },
    ],
  },
  {
    name: "snapshot-claims-a-slot-more",
    why: "the slot after a snapshot is taken for applied and is never applied",
    patches: [
      {
        file: replica,
        find: `{ kind: "snapshotInstalled", slot: appliedThrough }`,
        replace: `{ kind: "snapshotInstalled", slot: appliedThrough + 1 }`,
      },
    ],
  },
  {
    name: "snapshot-without-its-last-entry",
    why: "a replica rebuilt from a snapshot lacks an entry",
    patches: [
      {
        file: "src/replica/snapshot-fetch.ts",
        find: "return { appliedThrough: piece.appliedThrough, entries: fetching.entries }",
        replace: "return { appliedThrough: piece.appliedThrough, entries: fetching.entries.slice(0, -1) }",
      },
    ],
  },
  {
    name: "snapshot-over-old-state",
    why: "entries that were deleted before the snapshot come back at the next start",
    patches: [{ file: replica, find: `turn.journal.push({ kind: "stateCleared" })\n    for`, replace: "for" }],
  },
  {
    name: "progress-without-state",
    why: "the disk says that a slot is applied, but does not hold what it did",
    patches: [
      {
        file: replica,
        find: `for (const { key, payload } of this.#machine.takeWrites()) turn.journal.push({ kind: "state", key, payload })`,
        replace: "",
      },
    ],
  },
  {
    name: "removed-entries-stay",
    why: "what was deleted is there again after a restart",
    patches: [
      {
        file: codec,
        find: `if (record.payload === undefined) writes.push({ kind: "remove", key })`,
        replace: "if (record.payload === undefined) return",
      },
    ],
  },
  {
    name: "checksums-not-compared",
    why: "damaged records are believed",
    patches: [
      {
        file: codec,
        find: "if (stored !== checksum(seal, key, value.subarray(4)))",
        replace: "if (stored !== checksum(seal, key, value.subarray(4)) && seal < 0)",
      },
    ],
  },
  {
    name: "records-under-any-key",
    why: "a record that was written to the wrong place is believed",
    patches: [{ file: codec, find: "crc32c(versioned, crc32cOfAscii(key, seal))", replace: "crc32c(versioned, seal)" }],
  },
  {
    name: "host-sends-before-sync",
    why: "what depends on the disk leaves before the disk has it",
    patches: [
      {
        file: "src/host/commit-queue.ts",
        find: "this.#gathering.whenDurable.push(whenDurable)",
        replace: "whenDurable()",
      },
    ],
  },
  {
    name: "host-writes-nothing-while-syncing",
    why: "records of turns taken while the disk was busy are told of, but never written",
    patches: [
      {
        file: "src/host/commit-queue.ts",
        find: "if (this.#gathering.records.length > 0) return this.#commit()",
        replace: "this.#gathering = { records: [], whenDurable: [] }",
      },
    ],
  },
]
