/** Bugs planted in the agreement protocol and in the master lease. */
import type { Mutant } from "./mutant.ts"

const acceptor = "src/paxos/acceptor.ts"
const proposer = "src/paxos/proposer.ts"

const unitTests = "test/unit/paxos"

export const paxosMutants: readonly Mutant[] = [
  {
    name: "promise-not-persisted",
    why: "after a crash an acceptor accepts what it had promised not to",
    patches: [{ file: acceptor, find: `out.records.push({ kind: "promised", ballot, incarnations })`, replace: "" }],
  },
  {
    name: "accept-not-persisted",
    why: "a crash takes back votes that were counted",
    patches: [
      {
        file: "src/paxos/log.ts",
        find: `out.records.push({ kind: "accepted", slot: entry.slot, ballot: entry.ballot, value: entry.value })`,
        replace: "",
      },
    ],
  },
  {
    name: "promise-before-sync",
    why: "a promise is told before it would survive a crash",
    patches: [
      {
        file: acceptor,
        find: "out.sendAfterSync.push({ to: candidate, message: promise })",
        replace: "out.send.push({ to: candidate, message: promise })",
      },
    ],
  },
  {
    name: "accepted-before-sync",
    why: "a vote is told before it would survive a crash",
    patches: [
      {
        file: acceptor,
        find: `const answer = { kind: "accepted", ballot, slot, sentAt } as const\n      out.sendAfterSync.push`,
        replace: `const answer = { kind: "accepted", ballot, slot, sentAt } as const\n      out.send.push`,
      },
    ],
  },
  {
    name: "lowest-accepted-value-adopted",
    why: "a new leader proposes a value that was overruled, not the one that may be chosen",
    patches: [
      {
        file: proposer,
        find: "compareBallots(entry.ballot, known.ballot) > 0",
        replace: "compareBallots(entry.ballot, known.ballot) < 0",
      },
    ],
  },
  {
    name: "accepted-values-not-adopted",
    why: "a new leader overwrites what its predecessors may have had chosen",
    patches: [{ file: proposer, find: "earlier?.value ?? noBytes", replace: "noBytes" }],
  },
  {
    name: "holes-left-open",
    why: "slots for which nobody reports a value are never filled, and nothing after them is ever applied",
    patches: [
      {
        file: proposer,
        find: `if (earlier === undefined) out.trace.push({ kind: "holeFilled", slot: phase.nextSlot })`,
        replace: `if (earlier === undefined) {\n phase.nextSlot += 1\n continue\n }`,
      },
    ],
  },
  {
    name: "others-chosen-through-ignored",
    why: "a candidate that lags proposes for slots that are chosen already",
    patches: [
      {
        file: proposer,
        find: "Math.max(this.#log.chosenThrough, ...promises.map(({ chosenThrough }) => chosenThrough))",
        replace: "this.#log.chosenThrough",
      },
    ],
  },
  {
    name: "ballots-without-replica-id",
    why: "two candidates of one round hold the same ballot",
    patches: [
      {
        file: "src/paxos/ballot.ts",
        find: "left.round === right.round ? left.replicaId - right.replicaId : left.round - right.round",
        replace: "left.round - right.round",
      },
    ],
  },
  {
    name: "quorum-of-two",
    why: "two quorums of five need not share a member",
    patches: [{ file: "src/paxos/settings.ts", find: "Math.floor(settings.replicas.length / 2) + 1", replace: "2" }],
  },
  {
    name: "lower-ballots-followed",
    why: "an acceptor breaks its promise to a higher ballot",
    patches: [{ file: acceptor, find: "if (order < 0) {", replace: "if (order < -1_000_000) {" }],
  },
  {
    name: "prepare-lower-than-promised",
    why: "an acceptor goes back to a lower ballot in phase 1",
    patches: [{ file: acceptor, find: "if (compareBallots(ballot, this.#promised) < 0) {", replace: "if (false) {" }],
  },
  {
    name: "votes-of-other-ballots-counted",
    why: "a vote cast in an earlier reign counts for the value of this one",
    patches: [
      {
        file: proposer,
        find: `if (phase.kind !== "leading" || compareBallots(ballot, phase.ballot) !== 0) return\n    phase.masterLease.grant(from, sentAt)\n    phase.reach.set(from, Math.max(slot`,
        replace: `if (phase.kind !== "leading") return\n    phase.masterLease.grant(from, sentAt)\n    phase.reach.set(from, Math.max(slot`,
      },
    ],
  },
  {
    name: "promises-of-other-ballots-counted",
    why: "a promise made to an earlier candidacy counts for this one, with an old list of accepted values",
    patches: [
      {
        file: proposer,
        find: `if (phase.kind !== "preparing" || compareBallots(promise.ballot, phase.ballot) !== 0) return false`,
        replace: `if (phase.kind !== "preparing") return false`,
      },
    ],
  },
  {
    name: "accepted-in-any-ballot-is-chosen",
    why: "a follower takes an overruled value for the chosen one",
    patches: [
      {
        file: "src/paxos/log.ts",
        find: "return entry !== undefined && compareBallots(entry.ballot, ballot) === 0",
        replace: "return entry !== undefined && ballot.round > 0",
      },
    ],
  },
  {
    name: "chosen-through-ahead",
    why: "followers are told that a slot is chosen before it is",
    patches: [
      {
        file: proposer,
        find: `this.#broadcast({ kind: "heartbeat", ballot, chosenThrough: this.#log.chosenThrough, sentAt: now }, out.send)`,
        replace: `this.#broadcast({ kind: "heartbeat", ballot, chosenThrough: this.#log.chosenThrough + 1, sentAt: now }, out.send)`,
      },
    ],
  },
  {
    name: "full-acceptor-refuses-everything",
    why: "when all acceptors hold as much as they may, a new leader can finish none of it, and the cell stands still",
    patches: [
      {
        file: acceptor,
        find: "return ahead > 1 && !this.#log.has(slot) && this.#log.openBytes > 4 * windowBytes",
        replace: "return this.#log.openBytes > 4 * windowBytes",
      },
    ],
  },
  {
    name: "no-lease-after-restart",
    why: "an acceptor that has just started elects another while the lease it granted before still runs",
    patches: [{ file: acceptor, find: "newborn ? now : this.#leaseEnd(now)", replace: "now" }],
  },
  {
    name: "lease-not-granted",
    why: "acceptors elect another while the leader relies on its lease",
    patches: [
      {
        file: acceptor,
        find: "return now < this.#masterLease.until && this.#masterLease.ballot.replicaId !== candidate",
        replace: "return candidate < 0 && now < this.#masterLease.until",
      },
    ],
  },
  {
    name: "lease-counted-from-receipt",
    why: "the holder counts its lease from when the answer came, not from when it asked",
    patches: [
      {
        file: proposer,
        find: "phase.masterLease.grant(from, sentAt)\n    phase.reach.set(from, Math.max(slot",
        replace: "phase.masterLease.grant(from, now)\n    phase.reach.set(from, Math.max(slot",
      },
      {
        file: "src/paxos/paxos.ts",
        find: "this.#proposer.onHeartbeatAnswer(from, message)",
        replace: "this.#proposer.onHeartbeatAnswer(from, { ...message, sentAt: now })",
      },
    ],
  },
  {
    name: "lease-from-a-minority",
    why: "the master lease rests on one grant less than a quorum",
    patches: [
      {
        file: "src/paxos/master-lease.ts",
        find: "latestFirst[quorum(this.#settings) - 1]",
        replace: "latestFirst[quorum(this.#settings) - 2]",
      },
    ],
  },
  {
    name: "clock-drift-not-allowed-for",
    why: "a slow clock at the holder and a fast one at a granter make two masters",
    patches: [
      {
        file: "src/paxos/master-lease.ts",
        find: "shortened(this.#settings.masterLeaseMs, this.#settings.driftPerMille)",
        replace: "shortened(this.#settings.masterLeaseMs, 0)",
      },
      {
        file: acceptor,
        find: "lengthened(this.#settings.masterLeaseMs, this.#settings.driftPerMille)",
        replace: "lengthened(this.#settings.masterLeaseMs, 0)",
      },
    ],
  },
  {
    name: "leads-on-after-hand-over",
    why: "a master that has given the others leave to elect goes on serving",
    patches: [
      { file: "src/paxos/paxos.ts", find: `    this.#proposer.stepDown("handOver", out)\n    for`, replace: "    for" },
    ],
  },
  {
    name: "learner-promises",
    why: "a replica that has forgotten its votes promises as if it had cast none",
    patches: [{ file: acceptor, find: "if (!this.#voting) {", replace: "if (this.#settings.self < 0) {" }],
  },
  {
    name: "amnesiac-votes-at-once",
    why: "a replica that has lost its records votes as if it were new",
    patches: [
      {
        file: "src/replica/revive.ts",
        find: "const { voting, incarnation } = identity",
        replace: "const { incarnation } = identity\n  const voting = true",
      },
    ],
  },
  {
    name: "admitted-before-caught-up",
    why: "a rebuilt replica votes before it knows what it may have helped to choose",
    patches: [
      {
        file: "src/paxos/admission.ts",
        find: "if (this.#granted === undefined || log.chosenThrough < this.#granted.through) return",
        replace: "if (this.#granted === undefined) return",
      },
    ],
  },
  {
    name: "admission-of-an-older-reign",
    why: "a rebuilt replica votes under an admission that a later one makes void, and its votes count nowhere",
    elusive: unitTests,
    patches: [
      {
        file: "src/paxos/admission.ts",
        find: "if (message.nonce !== this.#nonce || compareBallots(message.ballot, promised) < 0) return",
        replace: "if (message.nonce !== this.#nonce || compareBallots(message.ballot, promised) > 9) return",
      },
    ],
  },
  {
    name: "void-votes-not-passed-on",
    why: "a rebuilt replica has forgotten whose votes are void, and nobody tells it",
    elusive: unitTests,
    patches: [
      {
        file: acceptor,
        find: "for (const incarnation of incarnations) this.#remember(incarnation)",
        replace: "for (const known of incarnations) if (known.replicaId === this.#settings.self) this.#remember(known)",
      },
    ],
  },
  {
    name: "ballot-used-twice",
    why: "a candidate that crashed stands again in the same ballot, on promises made to the first candidacy",
    elusive: unitTests,
    patches: [{ file: proposer, find: "promises.has(self) ? replicas : [self]", replace: "self < 0 ? [] : replicas" }],
  },
  {
    name: "superseded-leader-speaks",
    why: "a leader that learned that it was superseded passes the new value's slot off as its own",
    elusive: unitTests,
    patches: [
      {
        file: proposer,
        find: `if (this.#isSuperseded(phase)) return this.stepDown("higherBallot", out)`,
        replace: `if (now < 0 && this.#isSuperseded(phase)) return this.stepDown("higherBallot", out)`,
      },
    ],
  },
  {
    name: "votes-of-the-dead-counted",
    why: "a promise that its maker has since forgotten counts towards a quorum",
    elusive: unitTests,
    patches: [
      {
        file: proposer,
        find: "if (promise.incarnation >= (latest.get(voter) ?? 0)) valid.push(promise)",
        replace: "if (promise.incarnation >= 0) valid.push(promise)",
      },
    ],
  },
]
