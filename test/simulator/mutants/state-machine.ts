/** Bugs planted in the replicated state: locks, sessions, files, and calls that count once. */
import type { Mutant } from "./mutant.ts"

const exactlyOnce = "src/state-machine/exactly-once.ts"
const lock = "src/state-machine/lock.ts"
const nodes = "src/state-machine/node-operations.ts"

export const stateMachineMutants: readonly Mutant[] = [
  {
    name: "duplicates-applied-twice",
    why: "a retried call takes effect again",
    patches: [
      {
        file: exactlyOnce,
        find: "if (earlier !== undefined) {",
        replace: "if (earlier !== undefined && requestNumber < 0) {",
      },
    ],
  },
  {
    name: "results-forgotten-early",
    why: "a call that its client may still retry is forgotten, and done again",
    patches: [
      {
        file: exactlyOnce,
        find: "const closing = resultsWithin(session, through)",
        replace: "const closing = resultsWithin(session, through + 1)",
      },
    ],
  },
  {
    name: "results-not-stored",
    why: "after a restart a replica no longer knows which calls it has done",
    patches: [
      {
        file: exactlyOnce,
        find: "state.changes.results.add(result)\n  return result.outcome",
        replace: "return result.outcome",
      },
    ],
  },
  {
    name: "generation-not-raised",
    why: "a resource can't tell the new holder's requests from the old one's",
    patches: [{ file: lock, find: "if (lock.holders.length === 0) lock.generation += 1", replace: "" }],
  },
  {
    name: "generation-raised-by-joining",
    why: "a shared holder's sequencer is void as soon as another joins",
    patches: [
      { file: lock, find: "if (lock.holders.length === 0) lock.generation += 1", replace: "lock.generation += 1" },
    ],
  },
  {
    name: "waiters-last-in-first-out",
    why: "who waits longest is served last",
    patches: [
      {
        file: lock,
        find: "lock.waiters = [...lock.waiters, waiter]",
        replace: "lock.waiters = [waiter, ...lock.waiters]",
      },
    ],
  },
  {
    name: "waiters-overtaken",
    why: "a newcomer takes the lock from under those who wait",
    patches: [
      {
        file: lock,
        find: "return lock.waiters.length === 0 && lock.delay === undefined",
        replace: "return lock.delay === undefined",
      },
    ],
  },
  {
    name: "writer-joins-readers",
    why: "an exclusive holder shares the lock",
    patches: [
      {
        file: "src/contract/lock-mode.ts",
        find: `return held === "shared" && wanted === "shared"`,
        replace: `return held === "shared"`,
      },
    ],
  },
  {
    name: "free-lock-not-granted-on",
    why: "a lock stays free while someone waits for it",
    patches: [
      {
        file: "src/state-machine/lock-passing.ts",
        find: "  grantOn(state, node)\n  if (goneHolders",
        replace: "  if (goneHolders",
      },
    ],
  },
  {
    name: "dead-session-keeps-waiting",
    why: "a lock is granted to a session that has ended, and stays with it for ever",
    patches: [
      {
        file: "src/state-machine/session-operations.ts",
        find: "leaveLock(state, node, (party) => party.sessionId === sessionId",
        replace: "leaveLock(state, node, (party) => party.requestNumber === undefined && party.sessionId === sessionId",
      },
    ],
  },
  {
    name: "dead-session-keeps-its-locks",
    why: "a lock whose holder is gone is never free again",
    patches: [
      {
        file: "src/state-machine/session-operations.ts",
        find: "leaveLock(state, node, (party) => party.sessionId === sessionId",
        replace: "leaveLock(state, node, (party) => party.sessionId < 0",
      },
    ],
  },
  {
    name: "cancelled-waiter-stays",
    why: "an Acquire that was taken back is granted later, with nobody to release it",
    patches: [
      {
        file: "src/state-machine/lock-operations.ts",
        find: "endWaits(state, session, result.awaited, (waiting) => waiting === requestNumber, cancelled)",
        replace: "",
      },
    ],
  },
  {
    name: "ephemeral-file-outlives-session",
    why: "a file that stands for a living client stays when the client is dead",
    patches: [
      {
        file: "src/state-machine/session-operations.ts",
        find: "removeForsaken(state, node)\n",
        replace: "\n",
      },
    ],
  },
  {
    name: "content-generation-not-raised",
    why: "a conditional write can't tell that the contents have changed",
    patches: [{ file: "src/state-machine/node-life.ts", find: "file.contentGeneration += 1", replace: "" }],
  },
  {
    name: "condition-ignored",
    why: "a conditional write overwrites what its caller has not seen",
    patches: [
      {
        file: nodes,
        find: "if (expected === undefined || expected === actual) return undefined",
        replace: "if (expected === undefined || actual >= 0) return undefined",
      },
    ],
  },
  {
    name: "deletion-not-stored",
    why: "a deleted file is there again after a restart",
    patches: [
      {
        file: "src/state-machine/node-life.ts",
        find: "  touch(state, node)\n  leaveParties",
        replace: "  leaveParties",
      },
    ],
  },
]
