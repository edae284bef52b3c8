/** What the name service stands on: consistent lookups on behalf of one principal, and word of what changes. */
import type { Refusal } from "../../contract/errors.ts"
import type { Answer } from "./answer.ts"

export type NameNews =
  | "changed"
  /** Changes may have gone unheard. */
  | "resync"
  /** No more news: what they came from is gone. Whoever still wants to know begins anew. */
  | "ended"

export interface NameSource {
  /** Never older than the question. */
  lookUp(path: string): Promise<Answer | Refusal>
  /**
   * Resolves once every later change will be told, with the way to leave: what is looked up from then on misses nothing.
   * Rejects with a `CellError` if the cell refuses.
   */
  watch(path: string, onNews: (news: NameNews) => void): Promise<() => void>
}
