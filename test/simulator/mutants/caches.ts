/** Bugs planted in what keeps caches consistent, at the master and in the client library. */
import { inWholeSystem, type Mutant } from "./mutant.ts"

const invalidation = "src/replica/invalidation.ts"
const interests = "src/replica/interests.ts"
const cache = "src/client/cache.ts"
const cacheGuard = "src/client/core/cache-guard.ts"
const cacheValidity = "src/client/core/cache-validity.ts"
const noticeDesk = "src/client/notice-desk.ts"
const noticeInbox = "src/client/core/notice-inbox.ts"

export const cacheMutants: readonly Mutant[] = inWholeSystem([
  {
    name: "invalidation-not-sent",
    why: "a write does not ask anybody to forget what it makes stale",
    patches: [{ file: invalidation, find: "const taken = table.take(keys)", replace: "const taken = table.take([])" }],
  },
  {
    name: "invalidation-dropped",
    why: "a client acknowledges that it has forgotten, and has not",
    patches: [{ file: noticeDesk, find: "cache?.invalidate(notice.keys)", replace: "" }],
  },
  {
    name: "write-waits-for-nobody",
    why: "a write is proposed before those who were told to forget have said that they did",
    patches: [
      { file: invalidation, find: "if (now < until) rounds.await(", replace: "if (now > until) rounds.await(" },
    ],
  },
  {
    name: "second-write-does-not-wait",
    why: "a write whose keys are uncachable already does not wait for those that the first write waits for",
    patches: [{ file: invalidation, find: "if (pending !== undefined) pending.round = round", replace: "" }],
  },
  {
    name: "cachable-during-a-write",
    why: "what is read while a write is under way is registered and kept, though the write makes it stale",
    patches: [
      {
        file: "src/replica/reading.ts",
        find: "if (this.isUncachable(key) || mutations",
        replace: "if (mutations",
      },
    ],
  },
  {
    name: "unheard-sessions-ignored",
    why: "a new master lets writes go on before it knows what the sessions of the old one have cached",
    patches: [
      {
        file: "src/replica/service.ts",
        find: "if (caching) cachers.push(sessionId)",
        replace: "if (now < 0) cachers.push(sessionId)",
      },
    ],
  },
  {
    name: "stale-keys-resumed",
    why: "a new master registers what has changed while nobody was master",
    patches: [
      {
        file: interests,
        find: "if (!isCanonical || changes.hasChangedAfter(key, seenThrough)) return true",
        replace: "if (!isCanonical) return true",
      },
    ],
  },
  {
    name: "ring-floor-ignored",
    why: "a master that does not know all changes since says that there were none",
    patches: [
      {
        file: interests,
        find: "const isKnown = seenThrough >= this.#surroundings.changes.floor",
        replace: "const isKnown = seenThrough >= 0",
      },
      {
        file: interests,
        find: "if (after < changes.floor) {",
        replace: "if (after < 0) {",
      },
    ],
  },
  {
    name: "cache-lease-cut-short",
    why: "the master counts on a cache being unusable while its client still uses it",
    patches: [
      {
        file: "src/replica/session-leases.ts",
        find: "this.#end(grant.cacheLeaseMs, now)",
        replace: "this.#end(Math.floor(grant.cacheLeaseMs / 2), now)",
      },
    ],
  },
  {
    name: "cache-kept-through-jeopardy",
    why: "a client that nobody answers goes on using its cache",
    patches: [{ file: cacheValidity, find: "return now < this.#validUntil && ", replace: "return now >= 0 && " }],
  },
  {
    name: "cache-lease-counted-from-the-reply",
    why: "the time that an answer was under way is counted twice",
    patches: [
      {
        file: "src/client/session-life.ts",
        find: "this.cache?.extend({ sentAt, ...answer })",
        replace: "this.cache?.extend({ sentAt: this.#surroundings.now(), ...answer })",
      },
    ],
  },
  {
    name: "cache-not-frozen-by-a-new-epoch",
    why: "a client uses its cache under a master that knows nothing of it",
    patches: [
      { file: cache, find: "this.#validity.freeze()", replace: "" },
      // Either side alone is enough: this master grants no cache lease to whom it has not heard.
      {
        file: "src/replica/keep-alives.ts",
        find: "const grant = isWhole && sessionLeases.mayCache(sessionId) ?",
        replace: "const grant = isWhole ?",
      },
    ],
  },
  {
    name: "overtaken-read-kept",
    why: "what was read before one's own write is kept after it",
    patches: [{ file: cacheGuard, find: "read.mayBeKept = false", replace: "read.mayBeKept &&= true" }],
  },
  {
    name: "own-write-not-forgotten",
    why: "the writer, who is not told of its own write, goes on seeing what was there before",
    patches: [{ file: cache, find: "    this.#drop(touched)\n", replace: "" }],
  },
  {
    name: "notices-acknowledged-unread",
    why: "of several notices in one answer only the first is obeyed, and all are acknowledged",
    patches: [{ file: noticeInbox, find: ": fresh\n  }", replace: ": fresh.slice(0, 1)\n  }" }],
  },
  {
    name: "notices-of-another-epoch-counted",
    why: "the first notices of a new master are taken for ones that its predecessor has told",
    patches: [{ file: noticeInbox, find: "    this.#through = 0\n", replace: "" }],
  },
  {
    name: "parent-not-invalidated",
    why: "a directory still counts the children that it had",
    patches: [
      {
        file: "src/contract/cache-key.ts",
        find: "return parent === undefined ? own : [...own, ...keysOfNode(parent)]",
        replace: "return own",
      },
    ],
  },
])
