/** A source of names that does as the test tells it: what is looked up, what is told, and when it is lost. */
import type { Refusal } from "../../../../src/contract/errors.ts"
import { Answer } from "../../../../src/server/names/answer.ts"
import type { NameNews, NameSource } from "../../../../src/server/names/name-source.ts"
import type { NameListener } from "../../../../src/server/names/name-watch.ts"
import type { Resolution } from "../../../../src/server/names/resolution.ts"

export const path = "/ls/test/name"

/** A file that was last written at `index`, as is its content generation. */
export function fileAt(index: number, text = `value ${index}`): Resolution {
  const contents = new TextEncoder().encode(text)
  const instance = { name: "name", contents, ephemeral: false, instance: 1, contentGeneration: index }
  return { kind: "found", path, nodeKind: "file", index, instances: [instance] }
}

export function missingAt(index: number): Resolution {
  return { kind: "missing", path, index }
}

export class ScriptedSource implements NameSource {
  /** What every lookup finds. */
  present: Resolution | Refusal = fileAt(1)
  refusal: Error | undefined
  lookUpCount = 0
  watchCount = 0
  leftCount = 0
  /** While set, lookups wait for it. */
  held: Promise<void> | undefined
  #onNews: (news: NameNews) => void = () => undefined

  async lookUp(): Promise<Answer | Refusal> {
    this.lookUpCount += 1
    await this.held
    return this.present.kind === "refused" ? this.present : new Answer(this.present)
  }

  async watch(_path: string, onNews: (news: NameNews) => void): Promise<() => void> {
    this.watchCount += 1
    if (this.refusal !== undefined) throw this.refusal
    this.#onNews = onNews
    return () => {
      this.leftCount += 1
    }
  }

  tell(news: NameNews): void {
    this.#onNews(news)
  }
}

/** Notes what it is told: an index, "resync" before it where something may have been missed, or why it ended. */
export class Listener implements NameListener {
  readonly told: (number | string)[] = []

  readonly tell = (answer: Answer, isResync: boolean): void => {
    if (isResync) this.told.push("resync")
    this.told.push(answer.resolution.kind === "missing" ? "gone" : answer.resolution.index)
  }

  readonly end = ({ code }: Refusal): void => {
    this.told.push(code)
  }
}
