/**
 * News of one name from a session. A name may be a file today and a directory tomorrow, so the node is watched and its
 * children are; what happens to locks is no news here.
 */
import type { Session } from "../../client/session.ts"
import type { Watch } from "../../client/watch.ts"
import type { ChangeKind, Scope } from "../../contract/changes.ts"
import type { NameNews } from "./name-source.ts"

const scopes: readonly Scope[] = ["node", "children"]
const kinds: readonly ChangeKind[] = ["nodeCreated", "nodeDeleted", "contentsChanged", "aclChanged"]

/** As `NameSource.watch`. */
export async function watchName(session: Session, path: string, onNews: (news: NameNews) => void): Promise<() => void> {
  let isOver = false
  const watches = scopes.map((scope) => session.watch(path, { scope, kinds }))
  const leave = (): void => {
    isOver = true
    for (const watch of watches) void watch.return()
  }
  const tell = (news: NameNews): void => {
    if (isOver) return
    // Half of the news is none: the other watch is of no use without this one.
    if (news === "ended") leave()
    onNews(news)
  }
  try {
    await Promise.all(watches.map(({ ready }) => ready))
  } catch (reason) {
    leave()
    throw reason
  }
  // Not before: what the cell refuses is told by rejecting, and is no news besides.
  for (const watch of watches) void follow(watch, tell)
  return leave
}

async function follow(watch: Watch, tell: (news: NameNews) => void): Promise<void> {
  try {
    for await (const event of watch) tell(event.kind === "resync" ? "resync" : "changed")
  } catch {
    // Its session has ended, or the cell has refused it. Whoever begins anew is told why, if that still stands then.
  }
  tell("ended")
}
