/**
 * Marks that are gone with the process: enough where what they guard is gone with it too, or where the cell is asked
 * each time. When there is no room for another lock's mark that lock is refused; forgetting one would let its stale
 * holders in.
 */
import { compareMarks, type HighWaterMarks, type Mark, type Raising } from "./marks.ts"

export interface MemoryMarksOptions {
  /** 100,000 unless said otherwise; a mark takes some 200 bytes. */
  readonly locksMax?: number
}

export function memoryMarks({ locksMax = 100_000 }: MemoryMarksOptions = {}): HighWaterMarks {
  const marks = new Map<string, Mark>()
  return {
    raise(lock: string, mark: Mark): Raising {
      const standing = marks.get(lock)
      if (standing !== undefined && compareMarks(standing, mark) >= 0) return { kind: "stands", mark: standing }
      if (standing === undefined && marks.size >= locksMax) return { kind: "full" }
      marks.set(lock, mark)
      return { kind: "stands", mark }
    },
  }
}
