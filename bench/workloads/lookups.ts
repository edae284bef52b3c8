/**
 * One name, looked up over HTTP as fast as one member can tell it, in each way in which it may be consistent. The load
 * comes from `wrk` (a Debian package), which costs the machine less than a client in JavaScript would.
 */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { cpuSecondsOf } from "../measure/processes.ts"
import type { Member, RunningSystem } from "../system-under-test.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

const key = "looked-up"
/** As of an address and a port. */
const contents = new TextEncoder().encode("10.20.30.40:8080")
const connectionCount = 32
const warmUpSeconds = 3

export const lookups: Workload = {
  name: "lookups",
  meaning: `GET of one name at one member over ${connectionCount} connections (wrk); processor time of that member, and of the leader if that is another`,
  async run(context: BenchContext): Promise<void> {
    if (!(await isInstalled())) {
      context.progress("skipped: there is no wrk here (Debian: apt-get install wrk)")
      return
    }
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      await client.write(key, contents)
      const leader = await running.leader()
      const other = (await running.members()).find(({ id }) => id !== leader.id) ?? leader
      for (const consistency of ["cached", "linearizable", "stale"]) {
        for (const member of [leader, other]) await measure(context, running, { member, leader, consistency })
      }
      await client.close()
    })
  },
}

interface Subject {
  readonly member: Member
  readonly leader: Member
  readonly consistency: string
}

async function measure(context: BenchContext, running: RunningSystem, subject: Subject): Promise<void> {
  const { member, leader, consistency } = subject
  const url = `${await running.lookUpUrl(member.id, key)}?consistency=${consistency}`
  await load(url, warmUpSeconds)
  const { seconds } = context.settings
  const cpuThen = [member, leader].map(({ pid }) => cpuSecondsOf([pid]))
  const { perSecond, medianMs, p99Ms } = await load(url, seconds)
  const [own = NaN, leading = NaN] = [member, leader].map(({ pid }, at) => cpuSecondsOf([pid]) - (cpuThen[at] ?? NaN))
  const count = perSecond * seconds
  context.report(`${consistency}, at ${member === leader ? "the leader" : "another member"}`, {
    "per second": perSecond,
    "p50 ms": medianMs,
    "p99 ms": p99Ms,
    "CPU us per lookup": (own * 1e6) / count,
    ...(member === leader ? {} : { "leader's CPU us per lookup": (leading * 1e6) / count }),
  })
  context.progress(`${consistency}: ${perSecond.toFixed(0)} per second`)
}

interface Figures {
  readonly perSecond: number
  readonly medianMs: number
  readonly p99Ms: number
}

const run = promisify(execFile)

async function load(url: string, seconds: number): Promise<Figures> {
  const args = ["-t", "1", "-c", String(connectionCount), "-d", `${seconds}s`, "--latency", url]
  const { stdout } = await run("wrk", args)
  if (/Non-2xx/.test(stdout)) throw new Error(`some lookups were refused:\n${stdout}`)
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    medianMs: millisecondsIn(/^ +50%\s+(\S+)/m.exec(stdout)?.[1]),
    p99Ms: millisecondsIn(/^ +99%\s+(\S+)/m.exec(stdout)?.[1]),
  }
}

function millisecondsIn(span = ""): number {
  const factors: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 }
  const [, figure, unit = ""] = /^([\d.]+)(us|ms|s)$/.exec(span) ?? []
  return Number(figure) * (factors[unit] ?? NaN)
}

async function isInstalled(): Promise<boolean> {
  try {
    await run("which", ["wrk"])
    return true
  } catch {
    return false
  }
}
