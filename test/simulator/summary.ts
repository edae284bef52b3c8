/** What many runs came to: counts that can be added up across runs and worker processes, and the words for them. */
import { second } from "../../src/testing/time.ts"
import { faultKinds } from "./options.ts"
import type { RunReport } from "./world.ts"

export interface Failure {
  readonly seed: number
  readonly checker: string
  readonly text: string
}

/** Plain, so that a worker can hand it over as JSON. */
export interface Summary {
  readonly runs: number
  readonly failures: readonly Failure[]
  readonly events: number
  readonly simulatedMs: number
  readonly messages: number
  readonly slots: number
  readonly calls: number
  readonly unknownCalls: number
  readonly undecided: number
  readonly recoveryMsMax: number
  readonly livenessMsMax: number
  readonly marks: Readonly<Record<string, number>>
}

export const nothing: Summary = {
  ...{ runs: 0, failures: [], events: 0, simulatedMs: 0, messages: 0, slots: 0, calls: 0, unknownCalls: 0 },
  ...{ undecided: 0, recoveryMsMax: 0, livenessMsMax: 0, marks: {} },
}

/** `replay`: what to tell the command, beside the seed, to see the run again. */
export function summaryOf(report: RunReport, replay: string): Summary {
  const { stats, violations, seed } = report
  const first = violations[0]
  return {
    runs: 1,
    failures: first === undefined ? [] : [{ seed, checker: first.checker, text: explain(report, replay) }],
    events: stats.events,
    simulatedMs: stats.simulatedMs,
    messages: stats.messages,
    slots: stats.slots,
    calls: stats.calls,
    unknownCalls: stats.unknownCalls,
    undecided: stats.historiesUndecided,
    recoveryMsMax: stats.recoveryMs,
    livenessMsMax: stats.livenessMs,
    marks: Object.fromEntries(report.marks),
  }
}

export function sum(left: Summary, right: Summary): Summary {
  const marks: Record<string, number> = { ...left.marks }
  for (const [kind, count] of Object.entries(right.marks)) marks[kind] = (marks[kind] ?? 0) + count
  return {
    runs: left.runs + right.runs,
    failures: [...left.failures, ...right.failures],
    events: left.events + right.events,
    simulatedMs: left.simulatedMs + right.simulatedMs,
    messages: left.messages + right.messages,
    slots: left.slots + right.slots,
    calls: left.calls + right.calls,
    unknownCalls: left.unknownCalls + right.unknownCalls,
    undecided: left.undecided + right.undecided,
    recoveryMsMax: Math.max(left.recoveryMsMax, right.recoveryMsMax),
    livenessMsMax: Math.max(left.livenessMsMax, right.livenessMsMax),
    marks,
  }
}

/** The whole story of a failed run, with the command that tells it again. */
function explain({ seed, violations, story }: RunReport, replay: string): string {
  return [
    ...story,
    `seed ${String(seed)} failed`,
    ...violations.map(({ checker, at, claim }) => `${checker} at ${(at / second).toFixed(6)}: ${claim}`),
    `replay   npx tsx test/simulator/simulate.ts --seed ${String(seed)} ${replay}`,
  ].join("\n")
}

/**
 * Everything that replicas can tell of themselves, and that clients can be told, must have happened somewhere in a large
 * number of runs; what never happens is not tested.
 */
const replicaMarks: readonly string[] = [
  ...["preVoteBegan", "preVoteRefused", "prepareBegan", "prepareIgnored", "promised"],
  ...["olderValueAdopted", "holeFilled", "ledFrom", "steppedDown", "acceptResent", "acceptIgnored", "fetchBegan"],
  ...["fetchAnswered", "logTrimmed", "mastershipHandedOver", "admissionBegan", "votingAgain", "becameMaster"],
  ...["ceasedToBeMaster", "sessionExpiryProposed", "sessionEnded", "snapshotFetchBegan", "snapshotInstalled"],
  ...["lockDelayEndProposed", "waitEndProposed", "digestAttested", "crash", "crash in commit", "clean stop", "forgot"],
]

const coreMarks: readonly string[] = [
  ...replicaMarks,
  ...["session resumed", "session lost", "answered acquire", "answered tryAcquire", "answered cancelAcquire"],
  ...["answered release", "answered close", "refused GENERATION_MISMATCH", "refused NODE_EXISTS"],
  ...["refused NODE_NOT_FOUND", "refused CANCELLED", "refused DEADLINE_EXCEEDED"],
  ...faultKinds.filter((kind) => !kind.startsWith("crash") && kind !== "freezeMaster").map((kind) => `fault ${kind}`),
]

const wholeMarks: readonly string[] = [
  ...replicaMarks,
  ...["invalidationSent", "writeWaitedFor", "sessionResumed", "cache hit", "cache miss", "cached absence"],
  ...[
    "cached listing",
    "peek",
    "handle used",
    "row written",
    "transaction done",
    "transaction guarded",
    "ephemeral",
    "sequential",
  ],
  ...[
    "lock held",
    "lock lost",
    "lock wanted",
    "session jeopardy",
    "session safe",
    "session expired",
    "session failOver",
  ],
  ...["session resync", "session lockWanted", "session lost", "event nodeCreated", "event nodeDeleted"],
  ...[
    "event contentsChanged",
    "event lockAcquired",
    "event lockFreed",
    "event lockRequested",
    "event resync",
    "watch taken up again",
  ],
  ...["forgery refused", "echo keepAlive", "echo setContents", "echo acquire", "fault kill", "fault failInWait"],
  ...["fault freezeClient", "fault cutClient", "fault storm", "fault partition", "told SESSION_EXPIRED"],
]

/** Marks whose absence says nothing below so many runs. */
const runsForAllMarks = 200

export function describeSummary(summary: Summary, wallMs: number, whole: boolean): string {
  const { runs, failures, simulatedMs, marks } = summary
  const hours = (simulatedMs / 3_600_000).toFixed(1)
  const perMinute = (simulatedMs / 3_600_000 / (wallMs / 60_000)).toFixed(1)
  const perSecond = Math.round(summary.events / (wallMs / 1000))
  const count = (kind: string): string => String(marks[kind] ?? 0)
  const missing =
    runs < runsForAllMarks ? [] : (whole ? wholeMarks : coreMarks).filter((kind) => marks[kind] === undefined)
  return [
    `${String(runs)} seeds, ${String(failures.length)} failed${failures.length > 0 ? `: ${seedsOf(failures)}` : ""}`,
    `${hours} simulated hours in ${(wallMs / 1000).toFixed(1)} s: ${perMinute} hours per minute, ${String(Math.round(simulatedMs / wallMs))}x real time, ${String(perSecond)} events/s`,
    `${String(summary.messages)} messages, ${String(summary.slots)} slots, ${String(summary.calls)} calls (${String(summary.unknownCalls)} of unknown outcome), ${String(summary.undecided)} histories undecided`,
    `${count("crash")} crashes, ${count("becameMaster")} reigns, ${count("fault partition")} partitions, ${count("fault damage")} damaged and ${count("fault loseDisk")} lost disks, ${count("snapshotInstalled")} snapshots, ${count("votingAgain")} votes won back`,
    ...(whole ? describeClients(summary) : []),
    `slowest recovery ${String(summary.recoveryMsMax)} ms to a master, ${String(summary.livenessMsMax)} ms to the end`,
    ...missing.map((kind) => `WARNING: "${kind}" never happened`),
  ].join("\n")
}

/** Of all reads of the whole-system runs, in a hundred: those that a cache has answered. */
function hitPercent({ marks }: Summary): number {
  const hits = marks["cache hit"] ?? 0
  return Math.floor((100 * hits) / Math.max(1, hits + (marks["cache miss"] ?? 0)))
}

/** Runs in which caches hardly matter say nothing about caches. */
export function isVoid(summary: Summary): boolean {
  return hitPercent(summary) < 50
}

function describeClients(summary: Summary): string[] {
  const count = (kind: string): string => String(summary.marks[kind] ?? 0)
  const told = Object.entries(summary.marks).filter(([kind]) => kind.startsWith("event "))
  const events = String(told.reduce((total, [, times]) => total + times, 0))
  return [
    `${count("session opened")} sessions, ${count("session jeopardy")} times in jeopardy, ${count("session lost")} lost; ${count("lock held")} locks held, ${count("lock lost")} lost, ${count("lockDelayEndProposed")} lock-delays; ${events} events`,
    `${count("cache hit")} reads from caches (${String(hitPercent(summary))} %), ${count("invalidationSent")} invalidations, ${count("writeWaitedFor")} waits for caches, ${count("fault failInWait")} masters lost in one`,
    ...(isVoid(summary) ? ["VOID: less than half of the reads came from caches"] : []),
  ]
}

function seedsOf(failures: readonly Failure[]): string {
  return failures.map(({ seed, checker }) => `${String(seed)} (${checker})`).join(", ")
}
