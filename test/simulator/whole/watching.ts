/** A program that wants to be told: it watches something for a while, and compares what it hears with the log. */
import type { Session, Watch } from "../../../src/client/index.ts"
import type { Interest } from "../checkers/event-order.ts"
import { anyNameOf, attempt, filePaths, filesPath, livePath, lockPaths, locksPath, root, type Tools } from "./tools.ts"

type What = Pick<Interest, "path" | "scope" | "kinds">

const interests: readonly What[] = [
  { path: filesPath, scope: "children", kinds: [] },
  { path: root, scope: "subtree", kinds: [] },
  { path: livePath, scope: "children", kinds: ["nodeCreated", "nodeDeleted"] },
  { path: filePaths[0] ?? "", scope: "node", kinds: ["contentsChanged"] },
  { path: lockPaths[0] ?? "", scope: "node", kinds: [] },
  { path: locksPath, scope: "subtree", kinds: ["lockAcquired", "lockFreed", "lockRequested"] },
]

/** Until the watch ends; never rejects. */
export async function follow(session: Session, tools: Tools): Promise<void> {
  const { dice, process, checkers, timeline, mark } = tools
  const what = dice.pick(interests)
  const { path, scope, kinds } = what
  const watch = session.watch(anyNameOf(path, dice), { scope, kinds })
  const begun = await attempt(watch.ready, tools)
  if (begun.kind === "failed") return
  const isOver = (): boolean => !process.isAlive || session.standing === "expired"
  const { sessionId } = session
  const followed = checkers.events.began({ ...what, watcher: process.name, sessionId, isOver }, begun.value)
  mark("watch")
  if (dice.chance(1, 4)) leaveLater(watch, tools)
  const hear = async (): Promise<void> => {
    for await (const event of watch) {
      mark(`event ${event.kind === "change" ? event.change.kind : event.kind}`)
      if (event.kind === "change") followed.told(timeline.now, event.index, event.change)
      else followed.resynced(event.through)
    }
  }
  await attempt(hear(), tools)
  checkers.events.ended(followed)
}

function leaveLater(watch: Watch, { process, dice }: Tools): void {
  process.surroundings.schedule(dice.between(1, 20_000), () => void watch.return())
}
