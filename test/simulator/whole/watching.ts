/**
 * A program that wants to be told: it watches something for a while, and compares what it hears with the log. Some leave,
 * and take it up again later where they had left it: then they are told of what has happened in between, too.
 */
import type { Slot } from "../../../src/base/brand.ts"
import type { Session, Watch } from "../../../src/client/index.ts"
import type { FollowedInterest, Interest } from "../checkers/event-order.ts"
import {
  anyNameOf,
  attempt,
  filePaths,
  filesPath,
  livePath,
  lockPaths,
  locksPath,
  pause,
  root,
  type Tools,
} from "./tools.ts"

type What = Pick<Interest, "path" | "scope" | "kinds">

const interests: readonly What[] = [
  { path: filesPath, scope: "children", kinds: [] },
  { path: root, scope: "subtree", kinds: [] },
  { path: livePath, scope: "children", kinds: ["nodeCreated", "nodeDeleted"] },
  { path: filePaths[0] ?? "", scope: "node", kinds: ["contentsChanged"] },
  { path: lockPaths[0] ?? "", scope: "node", kinds: [] },
  { path: locksPath, scope: "subtree", kinds: ["lockAcquired", "lockFreed", "lockRequested"] },
]

/** Until the watch is left for good, or the session ends; never rejects. */
export async function follow(session: Session, tools: Tools): Promise<void> {
  const { dice, isDraining, mark } = tools
  const what = dice.pick(interests)
  let after: Slot | undefined
  for (;;) {
    after = await followOn(session, what, after, tools)
    if (after === undefined) return
    await pause(dice.between(1, 5000), tools)
    if (isDraining() || session.standing === "expired") return
    mark("watch taken up again")
  }
}

/** Returns how far it has heard, if it is to be taken up again there. */
async function followOn(
  session: Session,
  { path, scope, kinds }: What,
  after: Slot | undefined,
  tools: Tools,
): Promise<Slot | undefined> {
  const { dice, process, checkers, mark } = tools
  const watch = session.watch(anyNameOf(path, dice), { scope, kinds, after })
  const begun = await attempt(watch.ready, tools)
  if (begun.kind === "failed") return undefined
  const { sessionId } = session
  const isOver = (): boolean => !process.isAlive || session.standing === "expired"
  const from = after ?? begun.value
  const followed = checkers.events.began({ path, scope, kinds, watcher: process.name, sessionId, isOver }, from)
  mark("watch")
  const leaves = dice.chance(1, 2)
  if (leaves) leaveLater(watch, tools)
  const heard = await attempt(hear(watch, followed, from, tools), tools)
  checkers.events.ended(followed)
  return leaves && heard.kind === "done" ? heard.value : undefined
}

/** Returns the commit index through which it has been told everything. */
async function hear(watch: Watch, followed: FollowedInterest, from: Slot, { timeline, mark }: Tools): Promise<Slot> {
  let through = from
  for await (const event of watch) {
    mark(`event ${event.kind === "change" ? event.change.kind : event.kind}`)
    if (event.kind === "change") {
      followed.told(timeline.now, event.index, event.change)
      through = event.index
    } else {
      followed.resynced(event.through)
      through = event.through
    }
  }
  return through
}

function leaveLater(watch: Watch, { process, dice }: Tools): void {
  process.surroundings.schedule(dice.between(1, 20_000), () => void watch.return())
}
