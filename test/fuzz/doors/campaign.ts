/**
 * Many requests at one door of a cell, so many at a time, and everything that went wrong. Every so often all others are
 * held back: then single requests are made where nobody else changes anything, to see that what was refused has changed
 * nothing; and a plain request must be served. What is sent depends on the seed and a request's number alone, but for what
 * only the cell can make.
 */
import { setTimeout as delay } from "node:timers/promises"
import { Prng } from "../../../src/base/prng.ts"
import type { CellUnderFuzz, Look } from "./cell-under-fuzz.ts"
import { type Genuine, type Place, askForGenuine, lookAtQuiet } from "./genuine.ts"
import type { Verdict } from "./verdicts.ts"

export interface CampaignOptions {
  readonly seed: number
  readonly count: number
  readonly cell: CellUnderFuzz
  /** Whether to try what takes a door's whole patience, and to weigh the cell before and after. */
  readonly isThorough?: boolean
  readonly onProgress?: (done: number) => void
}

export interface CampaignResult {
  readonly findings: readonly string[]
  /** How often each way of spoiling met each answer. */
  readonly tally: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly before: Look | undefined
  readonly after: Look | undefined
  /** How many refusals were seen to have changed nothing. */
  readonly quietCount: number
}

/** One request, made up and ready to be sent. */
export interface Shot {
  readonly how: string
  /** For whoever looks into a finding. */
  readonly written: string
  /** It takes long, for nothing: others go on meanwhile. */
  readonly isSlow: boolean
  /** Its answer is all that there is to come. */
  readonly isSingle: boolean
  fire(): Promise<Verdict>
}

/** A door, as a campaign sees it. */
export interface Target {
  draw(dice: Prng, place: Place, genuine: Genuine): Shot
  /** Undefined: a plain request was served. */
  serves(): Promise<string | undefined>
  close(): void
}

const width = 24
const roundLength = 250
const quietPerRound = 20
const slowMax = 200
/** The log that a replica keeps to help others catch up is the largest part of it. */
const growthBytesMax = 192 * 1024 * 1024

export async function wage(target: Target, options: CampaignOptions): Promise<CampaignResult> {
  const result = await new Campaign(target, options).run()
  target.close()
  return result
}

class Campaign {
  readonly #target: Target
  readonly #options: CampaignOptions
  readonly #seed: number
  readonly #findings: string[] = []
  readonly #tally = new Map<string, Map<string, number>>()
  readonly #slow = new Set<Promise<void>>()
  #next = 0
  #quietCount = 0
  #genuine: Genuine = { folder: "", sessionIds: [], sequencers: [], handles: [], etags: [] }

  constructor(target: Target, options: CampaignOptions) {
    this.#target = target
    this.#options = options
    this.#seed = new Prng(options.seed).next32()
  }

  async run(): Promise<CampaignResult> {
    const { count, cell, onProgress, isThorough = false } = this.#options
    let before = await cell.look()
    let isWarm = false
    while (this.#next < count) {
      this.#genuine = await askForGenuine(cell.http, `from-${this.#next}`)
      const end = Math.min(count, this.#next + roundLength)
      await this.#quietly(Math.min(end, this.#next + quietPerRound))
      await Promise.all(Array.from({ length: width }, () => this.#work(end)))
      await this.#check()
      if (!isWarm && this.#next >= count / 4) {
        isWarm = true
        before = await cell.look()
      }
      onProgress?.(this.#next)
      if ((await cell.look()) === undefined) break
    }
    await Promise.all(this.#slow)
    const after = await this.#settled()
    this.#weigh(before, after, isThorough)
    return { findings: this.#findings, tally: this.#tally, before, after, quietCount: this.#quietCount }
  }

  async #work(end: number): Promise<void> {
    while (this.#next < end) {
      const shot = this.#draw("fuzz")
      const fired = this.#fire(shot, this.#next)
      if (!shot.isSlow || this.#slow.size >= slowMax) await fired
      else {
        const noted = fired.then(() => void this.#slow.delete(noted))
        this.#slow.add(noted)
      }
    }
  }

  /** One at a time, until there was one that nobody has waited for: what it asked for may yet be done at any moment. */
  async #quietly(end: number): Promise<void> {
    const { http } = this.#options.cell
    let known: string | undefined = await lookAtQuiet(http, this.#genuine)
    while (this.#next < end) {
      const shot = this.#draw("quiet")
      const verdict = await this.#fire(shot, this.#next)
      if (known === undefined) continue
      const found = await lookAtQuiet(http, this.#genuine)
      if (verdict.isRefused) {
        this.#quietCount += 1
        if (found !== known) this.#find(this.#next, shot, `${verdict.label}, and yet: ${difference(known, found)}`)
      }
      known = verdict.isAnswered && shot.isSingle ? found : undefined
    }
  }

  #draw(place: Place): Shot {
    this.#next += 1
    return this.#target.draw(new Prng(this.#seed * 2 ** 20 + this.#next), place, this.#genuine)
  }

  async #fire(shot: Shot, number: number): Promise<Verdict> {
    const verdict = await shot.fire()
    if (verdict.wrong !== undefined) this.#find(number, shot, verdict.wrong)
    const labels = this.#tally.get(shot.how) ?? new Map<string, number>()
    this.#tally.set(shot.how, labels.set(verdict.label, (labels.get(verdict.label) ?? 0) + 1))
    return verdict
  }

  #find(number: number, { how, written }: Shot, what: string): void {
    this.#findings.push(`request ${number}, ${how}: ${what}\n    ${written}`)
  }

  async #check(): Promise<void> {
    const missing = await this.#target.serves()
    if (missing !== undefined) this.#findings.push(`after request ${this.#next} a plain one is not served: ${missing}`)
  }

  /** Once nobody waits for anything any more. */
  async #settled(): Promise<Look | undefined> {
    const { cell } = this.#options
    let look = await cell.look()
    for (let tries = 0; tries < 50 && look !== undefined && look.waitingCalls > idleCallsMax; tries += 1) {
      await delay(100)
      look = await cell.look()
    }
    return look
  }

  #weigh(before: Look | undefined, after: Look | undefined, isThorough: boolean): void {
    if (after === undefined) {
      this.#findings.push("the cell's process has ended")
      return
    }
    for (const error of new Set(after.errors)) this.#findings.push(`an error in the log: ${error}`)
    if (after.waitingCalls > idleCallsMax) this.#findings.push(`${after.waitingCalls} calls wait for ever`)
    const grown = after.heapBytes - (before?.heapBytes ?? 0)
    if (isThorough && grown > growthBytesMax) this.#findings.push(`${grown} bytes more in use than before`)
  }
}

/** The KeepAlives of the replica's own client, which looks names up, and a subscription on its way. */
const idleCallsMax = 4

function difference(before: string, after: string): string {
  const [old, now] = [before, after].map((text) => new Set(text.split("\n"))) as [Set<string>, Set<string>]
  const gone = [...old].filter((line) => !now.has(line))
  const come = [...now].filter((line) => !old.has(line))
  return `gone ${JSON.stringify(gone)}, come ${JSON.stringify(come)}`
}
