/** Reading and writing: most reads are of what was read before, so that caches have something to do. */
import { type FileContents, guard, type Session, step } from "../../../src/client/index.ts"
import type { DirectoryEntry } from "../../../src/contract/requests.ts"
import type { Aspect, Sight } from "../checkers/freshness.ts"
import {
  anyNameOf,
  attempt,
  type Errand,
  filePaths,
  filesPath,
  livePath,
  locksPath,
  pause,
  rowsPath,
  type Tools,
} from "./tools.ts"

/** Several times, as programs do that think it costs nothing. */
export const readFile: Errand = async (session, tools) => {
  const path = tools.dice.pick(filePaths)
  for (let left = tools.dice.between(1, 4); left > 0; left -= 1) {
    await look("contents", path, tools, async (name) => {
      const { contents, stat } = await session.get(name)
      return { aspect: "contents", contents, stat }
    })
    await pause(tools.dice.between(1, 100), tools)
  }
}

export const readStat: Errand = async (session, tools) => {
  const path = tools.dice.pick([...filePaths, filesPath])
  await look("stat", path, tools, async (name) => ({ aspect: "stat", stat: await session.getStat(name) }))
}

export const list: Errand = async (session, tools) => {
  const path = tools.dice.pick([filesPath, livePath])
  await look("listing", path, tools, async (name) => {
    const entries: DirectoryEntry[] = []
    for await (const entry of session.readDir(name)) entries.push(entry)
    return { aspect: "listing", entries }
  })
}

/** What a program does that asks its cache alone: it costs nothing, so it looks at every file. */
export function peek(session: Session, { timeline, checkers, process, dice, mark }: Tools): void {
  for (const path of filePaths) {
    const found = session.cached(anyNameOf(path, dice))
    if (found === undefined) continue
    const read = checkers.freshness.began(timeline.now, process.name, path, "contents")
    checkers.freshness.ended(timeline.now, read, found === "absent" ? undefined : { aspect: "contents", ...found })
    mark("peek")
  }
}

async function look(
  aspect: Aspect,
  path: string,
  tools: Tools,
  reading: (name: string) => Promise<Sight>,
): Promise<void> {
  const { timeline, checkers, process, dice, mark } = tools
  const read = checkers.freshness.began(timeline.now, process.name, path, aspect)
  const outcome = await attempt(reading(anyNameOf(path, dice)), tools)
  const isAbsent = outcome.kind === "failed" && outcome.error.code === "NODE_NOT_FOUND"
  if (outcome.kind === "failed" && !isAbsent) return
  const sight = outcome.kind === "done" ? outcome.value : undefined
  const isHit = checkers.freshness.ended(timeline.now, read, sight)
  mark(isHit ? "cache hit" : "cache miss")
  if (isHit && isAbsent) mark("cached absence")
  if (isHit && aspect === "listing") mark("cached listing")
}

export const write: Errand = async (session, tools) => {
  const path = tools.dice.pick(filePaths)
  await put(tools, [tools.uniqueValue()], ([value = ""]) => session.set(anyNameOf(path, tools.dice), value))
}

/** Reads, and writes only if nobody else has written meanwhile. */
export const swap: Errand = async (session, tools) => {
  const path = tools.dice.pick(filePaths)
  const before = await attempt(session.get(path), tools)
  const ifContentGeneration = before.kind === "done" ? before.value.stat.contentGeneration : 0
  await put(tools, [tools.uniqueValue()], ([value = ""]) => session.set(path, value, { ifContentGeneration }))
}

export const remove: Errand = async (session, tools) => {
  await attempt(session.delete(tools.dice.pick(filePaths)), tools)
}

/** Two files at once, if the first is still as it was. */
export const transfer: Errand = async (session, tools) => {
  const [from = "", to = ""] = tools.dice.shuffle([...filePaths])
  const before = await attempt(session.getStat(from), tools)
  if (before.kind === "failed") return
  const values = [tools.uniqueValue(), tools.uniqueValue()] as const
  const outcome = await attempt(
    session.transact({
      guards: [guard.contentGeneration(from, before.value.contentGeneration)],
      then: [step.set(from, values[0]), step.set(to, values[1])],
      otherwise: [step.get(from)],
    }),
    tools,
  )
  const { effects } = tools.checkers
  const at = tools.timeline.now
  if (outcome.kind === "done") {
    tools.mark(outcome.value.guardsHeld ? "transaction done" : "transaction guarded")
    for (const value of values) {
      if (outcome.value.guardsHeld) effects.acknowledged(at, value)
      else effects.refused(at, value)
    }
  } else if (!outcome.error.details.outcomeUnknown) for (const value of values) effects.refused(at, value)
}

/** Many writes, none of which waits for those before it: however the cell changes hands, they must not change places. */
export const writeRow: Errand = async (session, tools) => {
  const path = `${rowsPath}/${tools.process.name}`
  const writes: Promise<boolean>[] = []
  for (let left = tools.dice.between(2, 24); left > 0; left -= 1) {
    writes.push(put(tools, [tools.uniqueValue()], ([value = ""]) => session.set(path, value)))
    await pause(tools.dice.between(1, 60), tools)
  }
  await Promise.all(writes)
  tools.mark("row written")
}

/** Through a handle, which means the node's instance and outlives fail-overs. */
export const useHandle: Errand = async (session, tools) => {
  const path = tools.dice.pick(filePaths)
  const opened = await attempt(session.open(path, { mode: "write", create: "mustExist" }), tools)
  if (opened.kind === "failed") return
  const handle = opened.value
  await pause(tools.dice.between(1, tools.holdMsMax), tools)
  const read = await attempt(handle.get(), tools)
  if (read.kind === "done") checkInstance(handle.stat.instance, read.value, tools)
  await put(tools, [tools.uniqueValue()], ([value = ""]) => handle.set(value))
  await handle.close()
  tools.mark("handle used")
}

function checkInstance(instance: number, { stat }: FileContents, { findings, timeline, process }: Tools): void {
  if (stat.instance === instance) return
  findings.report("handle", timeline.now, `${process.name} reads another instance through its handle of ${stat.path}`)
}

/** Writes values, and tells the checkers what came of it. */
export async function put(
  tools: Tools,
  values: readonly string[],
  writing: (values: readonly string[]) => Promise<unknown>,
): Promise<boolean> {
  const outcome = await attempt(writing(values), tools)
  const { effects } = tools.checkers
  for (const value of values) {
    if (outcome.kind === "done") effects.acknowledged(tools.timeline.now, value)
    else if (!outcome.error.details.outcomeUnknown) effects.refused(tools.timeline.now, value)
  }
  return outcome.kind === "done"
}

export async function prepare(session: Session, tools: Tools): Promise<void> {
  for (const path of [filesPath, livePath, locksPath, rowsPath])
    await attempt(session.makeDirectory(path, { parents: true }), tools)
}
