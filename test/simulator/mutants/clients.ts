/** Bugs planted in what else is between clients and cell: locks and their delays, events, handles, leases, retries. */
import type { Mutant } from "./mutant.ts"

const service = "src/replica/service.ts"

export const clientMutants: readonly Mutant[] = [
  {
    name: "lock-delay-skipped",
    why: "what a lost holder still had under way meets the work of the next one",
    patches: [
      {
        file: "src/state-machine/lock-delay.ts",
        find: "if (lock === undefined || askedMs === 0) return",
        replace: "if (lock === undefined || askedMs >= 0) return",
      },
    ],
  },
  {
    name: "lock-delay-forgotten-at-fail-over",
    why: "nobody ends a lock-delay whose master is gone: the lock is barred for ever",
    patches: [
      {
        file: service,
        find: "for (const delay of machine().lockDelays()) lockDelays.begin(delay, now)",
        replace: "",
      },
    ],
  },
  {
    name: "lock-delay-cut-short-by-fail-over",
    why: "a new master ends the lock-delays that it finds",
    patches: [
      {
        file: service,
        find: "for (const delay of machine().lockDelays()) lockDelays.begin(delay, now)",
        replace: "for (const delay of machine().lockDelays()) lockDelays.begin({ ...delay, lockDelayMs: 0 }, now)",
      },
    ],
  },
  {
    name: "lock-delay-after-release",
    why: "a lock that was given back is barred all the same",
    patches: [
      {
        file: "src/state-machine/lock-passing.ts",
        find: "if (loss !== undefined) beginDelay(state, node, goneHolders, loss)",
        replace: `beginDelay(state, node, goneHolders, loss ?? { sessionId: 0, clientName: "", reason: "" })`,
      },
    ],
  },
  {
    name: "lost-after-grace-only",
    why: "a holder is told of its loss when the cell has passed the lock on long since",
    whole: true,
    patches: [
      {
        file: "src/client/lock-keeper.ts",
        find: "for (const grant of this.#loseAll(reason)) this.#forfeited.add(grant)",
        replace: "",
      },
    ],
  },
  {
    name: "session-lease-counted-from-the-reply",
    why: "a client believes in its lease for longer than the cell grants it",
    whole: true,
    patches: [
      {
        file: "src/client/session-life.ts",
        find: "this.#lifeline.extend({ sentAt, ...answer })",
        replace: "this.#lifeline.extend({ sentAt: this.#surroundings.now(), ...answer })",
      },
    ],
  },
  {
    name: "no-grace",
    why: "a client gives its session up as soon as its lease is over, and so in every longer fail-over",
    whole: true,
    patches: [
      {
        file: "src/client/core/session-lease.ts",
        find: "return after(this.#validUntil, this.#terms.gracePeriodMs)",
        replace: "return this.#validUntil",
      },
    ],
  },
  {
    name: "wish-for-a-kept-lock-ignored",
    why: "a lock that a session keeps for later is never given to those who want it now",
    whole: true,
    patches: [{ file: "src/client/notice-desk.ts", find: "locks.lockWanted(notice.change)", replace: "" }],
  },
  {
    name: "still-open-ignored",
    why: "an Acquire that waits is forgotten as soon as later calls are acknowledged",
    patches: [
      {
        file: "src/state-machine/session.ts",
        find: "return requestNumber > answeredThrough || stillOpen.includes(requestNumber)",
        replace: "return requestNumber > answeredThrough || (stillOpen.includes(requestNumber) && requestNumber < 0)",
      },
    ],
  },
  {
    name: "handle-digits-not-checked",
    why: "whoever has seen a handle can make others",
    whole: true,
    patches: [
      {
        file: "src/contract/handle.ts",
        find: "return mintHandle(handle, handleKey) === text ? handle : undefined",
        replace: "return mintHandle(handle, handleKey) === text ? handle : { ...handle }",
      },
    ],
  },
  {
    name: "event-of-another-slot",
    why: "an event names a commit index at which it had not happened yet",
    whole: true,
    patches: [
      {
        file: service,
        find: "subscriptions.noticesOf(applied.changes, slot)",
        replace: "subscriptions.noticesOf(applied.changes, slot - 1)",
      },
    ],
  },
  {
    name: "events-of-a-fail-over-missed",
    why: "what happened between two masters is told to nobody",
    whole: true,
    patches: [
      {
        file: "src/replica/interests.ts",
        find: "subscriptions.missed(interests, holder, changes.after(after))",
        replace: "subscriptions.missed(interests, holder, changes.after(machine().appliedThrough))",
      },
    ],
  },
  {
    name: "second-resume-as-the-first",
    why: "a session takes for told what is still to be told, and the next master does not tell it either",
    elusive: "test/unit/replica/fail-over-and-caches.test.ts",
    patches: [
      {
        file: "src/replica/interests.ts",
        find: `return { kind: "resume", lastNotice: notices.lastOf(sessionId) }`,
        replace: `return { kind: "resume", lastNotice: 0 }`,
      },
    ],
  },
  {
    name: "subscribed-at-a-deposed-master",
    why: "who is master now knows nothing of the subscription, and nobody asks it again",
    elusive: "test/unit/client/watch.test.ts",
    patches: [
      {
        file: "src/client/subscriptions.ts",
        find: `if (outcome.kind !== "subscribe" || epoch < this.#epoch) return`,
        replace: `if (outcome.kind !== "subscribe") return`,
      },
    ],
  },
  {
    name: "events-told-twice",
    why: "a new master tells again what its predecessor had told, and the client passes it on",
    whole: true,
    patches: [
      {
        file: "src/client/core/event-sequence.ts",
        find: "if (this.#heardCount <= this.#toldCount) return false",
        replace: "",
      },
    ],
  },
  {
    name: "calls-of-an-old-epoch-not-recalled",
    why: "a call goes out under the new epoch while an earlier one is about to be refused for the old",
    elusive: "test/unit/client/link.test.ts",
    patches: [
      {
        file: "src/client/link.ts",
        find: `if (verdict.refusal.code === "EPOCH_STALE") this.#recall()`,
        replace: "",
      },
    ],
  },
  {
    name: "overtaking-a-put-off-call",
    why: "a call that was sent behind one that was refused for now takes effect before it",
    whole: true,
    patches: [
      {
        file: "src/replica/put-off.ts",
        find: "else if (number < requestNumber) return true",
        replace: "else if (number < requestNumber) continue",
      },
    ],
  },
]
