/** Marks that outlive the process, in a directory of their own. */
import { DurableMarks } from "./durable-marks.ts"
import { MarkFile } from "./mark-file.ts"

export interface FileMarksOptions {
  /** 100,000 unless said otherwise; the mark of one lock more is refused. All are held in memory too. */
  readonly locksMax?: number
}

/**
 * The directory is made if it is not there, and is one process's at a time. Throws a `MarksUnusableError` if another has
 * it, or if the file in it is damaged elsewhere than at its very end, which a crash may have cut short.
 */
export async function fileMarks(
  directory: string,
  { locksMax = 100_000 }: FileMarksOptions = {},
): Promise<DurableMarks> {
  const { store, marks } = await MarkFile.open(directory)
  return new DurableMarks(store, marks, locksMax)
}
