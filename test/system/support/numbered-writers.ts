/**
 * A write load that can be checked to the last write. Each writer has a file of its own and writes 1, 2, 3, ... into it,
 * each after the one before was acknowledged. As a file's content generation counts its writes, the two are equal as
 * long as every write took effect exactly once; and the number is at least the last one that was acknowledged.
 */
import type { Cell, Session } from "../../../src/client/index.ts"

export interface FinalRead {
  readonly number: number
  readonly contentGeneration: number
}

interface Writer {
  readonly path: string
  asked: number
  acknowledged: number
}

export class NumberedWriters {
  readonly #session: Session
  readonly #writers: readonly Writer[]
  readonly #loops: Promise<void>[] = []
  /** When the latest write was acknowledged, and the longest time without any. */
  #latestAt = 0
  #longestGapMs = 0
  #failure: Error | undefined
  #isStopping = false

  constructor(session: Session, folder: string, writerCount: number) {
    this.#session = session
    this.#writers = Array.from({ length: writerCount }, (_, place) => ({
      path: `${folder}-${place + 1}`,
      asked: 0,
      acknowledged: 0,
    }))
  }

  start(): void {
    this.#latestAt = performance.now()
    for (const writer of this.#writers) {
      this.#loops.push(
        this.#run(writer).catch((error: unknown) => {
          this.#failure ??= new Error(`the writer of ${writer.path} was refused: ${String(error)}`, { cause: error })
        }),
      )
    }
  }

  get acknowledgedCount(): number {
    this.#throwFailure()
    return this.#writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  }

  /** The number that each file holds at least, as of now. */
  acknowledged(): readonly { readonly path: string; readonly number: number }[] {
    return this.#writers.map(({ path, acknowledged }) => ({ path, number: acknowledged }))
  }

  get longestGapMs(): number {
    return Math.max(this.#longestGapMs, this.#isStopping ? 0 : performance.now() - this.#latestAt)
  }

  /** Lets every writer end the write it is at. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#loops)
    this.#throwFailure()
  }

  /** What is wrong with the files, as sentences; none if every acknowledged write is there and none happened twice. */
  async complaints(read: (path: string) => Promise<FinalRead>): Promise<string[]> {
    const complaints: string[] = []
    for (const { path, asked, acknowledged } of this.#writers) {
      const { number, contentGeneration } = await read(path)
      const story = `${path}: asked for ${asked}, acknowledged ${acknowledged}, read ${number} at ${contentGeneration}`
      if (number < acknowledged) complaints.push(`an acknowledged write is missing. ${story}`)
      if (number > asked) complaints.push(`a write was read that nobody asked for. ${story}`)
      if (number !== contentGeneration) complaints.push(`a write took effect twice, or never. ${story}`)
    }
    return complaints
  }

  async #run(writer: Writer): Promise<void> {
    while (!this.#isStopping) {
      writer.asked += 1
      await this.#session.set(writer.path, String(writer.asked))
      writer.acknowledged = writer.asked
      const now = performance.now()
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#latestAt)
      this.#latestAt = now
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

export async function readNumbered(reader: Cell | Session, path: string): Promise<FinalRead> {
  const { contents, stat } = await reader.get(path)
  return { number: Number(new TextDecoder().decode(contents)), contentGeneration: stat.contentGeneration }
}
