/** What `lock` says while it works. Standard output belongs to the command, so this goes to standard error. */
import type { BusyLock } from "../client/index.ts"
import type { Terminal } from "./terminal.ts"

export type LockNews =
  | {
      readonly kind: "waiting"
      readonly path: string
      readonly heldBy: readonly string[]
      /** How many wait in front. */
      readonly waitingBefore: number
      /** Of a lost holder, which bars the lock: what is left of it. */
      readonly lockDelayMs?: number
      readonly reason: string
    }
  | { readonly kind: "acquired"; readonly path: string; readonly lockGeneration: number }

export function waitingFor({ path, holders, waitersBefore, delay, reason }: BusyLock): LockNews {
  return {
    kind: "waiting",
    path,
    heldBy: holders.map(({ clientName }) => clientName),
    waitingBefore: waitersBefore,
    ...(delay === undefined ? {} : { lockDelayMs: delay.remainingMs }),
    reason,
  }
}

export function tellLockNews(news: LockNews, terminal: Pick<Terminal, "tell">, isJson: boolean): void {
  if (isJson) {
    terminal.tell(JSON.stringify(news))
    return
  }
  switch (news.kind) {
    case "waiting":
      terminal.tell(`waiting for ${news.path}: ${news.reason}`)
      break
    case "acquired":
      // Whoever reads a terminal sees the command's own output by now.
      break
  }
}
