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
  const tell = (news: NameNews): void => {
    if (!isOver) onNews(news)
    if (news === "ended") isOver = true
  }
  const watches = scopes.map((scope) => session.watch(path, { scope, kinds }))
  const leave = (): void => {
    isOver = true
    for (const watch of watches) void watch.return()
  }
  for (const watch of watches) void follow(watch, tell)
  try {
    await Promise.all(watches.map(({ ready }) => ready))
  } catch (reason) {
    leave()
    throw reason
  }
  return leave
}

async function follow(watch: Watch, tell: (news: NameNews) => void): Promise<void> {
  try {
    for await (const event of watch) tell(event.kind === "resync" ? "resync" : "changed")
  } finally {
    tell("ended")
  }
}
