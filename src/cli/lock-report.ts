/** What `lock` says while it works. Standard output belongs to the command, so this goes to standard error. */
import type { Terminal } from "./terminal.ts"

export type LockNews =
  | {
      readonly kind: "waiting"
      readonly path: string
      readonly heldBy: readonly string[]
      /** How many wait in front. */
      readonly waitingBefore: number
    }
  | { readonly kind: "acquired"; readonly path: string; readonly lockGeneration: number }

export function tellLockNews(news: LockNews, terminal: Terminal, isJson: boolean): void {
  if (isJson) {
    terminal.tell(JSON.stringify(news))
    return
  }
  switch (news.kind) {
    case "waiting":
      terminal.tell(`waiting for ${news.path}, ${holdersInWords(news.heldBy)}, ${queueInWords(news.waitingBefore)}`)
      break
    case "acquired":
      // Whoever reads a terminal sees the command's own output by now.
      break
  }
}

export function holdersInWords(names: readonly string[]): string {
  if (names.length === 0) return "held by nobody just now"
  const [first = "", ...others] = names
  return others.length === 0 ? `held by ${first}` : `held by ${first} and ${others.length} more`
}

function queueInWords(waitingBefore: number): string {
  return waitingBefore === 0 ? "nobody before you" : `${waitingBefore} before you`
}
