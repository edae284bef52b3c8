/**
 * Shows forgeries to a verifier and to a fence, and says what they did wrong: took a text that the cell has not signed,
 * refused one that it has, let an older generation in after a newer one, or threw. The judgement needs no knowledge of
 * signatures: what the cell has signed is a known set of texts.
 */
import { isDeepStrictEqual } from "node:util"
import { Prng } from "../../src/base/prng.ts"
import type { SequencerStatement } from "../../src/contract/sequencer.ts"
import { Fence } from "../../src/fence/fence.ts"
import { fixedKeys } from "../../src/fence/keys.ts"
import { nodeVerify } from "../../src/fence/node/node-verify.ts"
import type { VerifySignature } from "../../src/fence/signatures.ts"
import { SequencerVerifier, type Verdict } from "../../src/fence/verifier.ts"
import { jwkSet } from "../support/sequencers.ts"
import { Forger } from "./forger.ts"

export interface Trial {
  readonly seed: number
  readonly count: number
  readonly verifySignature?: VerifySignature
  /** Every so many texts are shown to tweetnacl too, which is slow. */
  readonly tweetnaclEvery?: number
  readonly onThousands?: (done: number) => void
}

export interface TrialResult {
  readonly findings: readonly string[]
  /** How often each way to forge met each reason, or was found genuine. */
  readonly tally: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly admittedCount: number
  readonly tweetnaclCount: number
}

const path = "/ls/test/job"
/** Before it is begun anew, with no marks: else it soon has the highest there is and refuses everything. */
const textsPerFence = 500

export async function tryForgeries(trial: Trial): Promise<TrialResult> {
  const { seed, count, verifySignature = nodeVerify, tweetnaclEvery = 50 } = trial
  const dice = new Prng(seed)
  const forger = new Forger(dice)
  const pinned = { keys: fixedKeys(jwkSet(...forger.trusted)), cell: "test", cellId: "cell-for-tests" }
  const verifier = new SequencerVerifier({ ...pinned, verifySignature })
  const slow = new SequencerVerifier(pinned)
  const gate = new Gate(() => new Fence({ verifier, paths: path }))
  const findings: string[] = []
  const tally = new Map<string, Map<string, number>>()
  let tweetnaclCount = 0
  for (let number = 1; number <= count; number += 1) {
    const { how, text } = forger.next()
    const complain = (what: string): void => void findings.push(`text ${number}, ${how}: ${what}`)
    const signed = typeof text === "string" ? forger.genuine.get(text) : undefined
    try {
      const verdict = verifier.verify(text)
      const verdictInShort = verdict.kind === "refused" ? verdict.reason : verdict.kind
      const reasons = tally.get(how) ?? new Map<string, number>()
      tally.set(how, reasons.set(verdictInShort, (reasons.get(verdictInShort) ?? 0) + 1))
      complainAbout(verdict, signed, complain)
      if (number % tweetnaclEvery === 0) {
        tweetnaclCount += 1
        if (!isDeepStrictEqual(slow.verify(text), verdict)) complain("tweetnacl is of another opinion")
      }
      await gate.show(text, signed, complain)
    } catch (error) {
      complain(`it threw: ${String(error)}`)
    }
    if (number % textsPerFence === 0) gate.forget()
    if (number % 10_000 === 0) trial.onThousands?.(number)
  }
  return { findings, tally, admittedCount: gate.admittedCount, tweetnaclCount }
}

function complainAbout(
  verdict: Verdict,
  signed: SequencerStatement | undefined,
  complain: (what: string) => void,
): void {
  if (verdict.kind === "genuine") {
    if (signed === undefined) complain("the cell has not signed it, and it was taken for genuine")
    else if (!isDeepStrictEqual(verdict.statement, signed)) complain("it says something else than what was signed")
  } else if (signed !== undefined) complain(`the cell has signed it, and it was refused: ${verdict.reason}`)
  else if (verdict.detail.length > 300) complain("its refusal is endless")
}

/** A fence, and beside it the simplest account of whom it may let in. */
class Gate {
  admittedCount = 0
  readonly #make: () => Fence
  #fence: Fence
  #highest: readonly [instance: number, generation: number] = [0, 0]

  constructor(make: () => Fence) {
    this.#make = make
    this.#fence = make()
  }

  forget(): void {
    this.#fence = this.#make()
    this.#highest = [0, 0]
  }

  async show(text: unknown, signed: SequencerStatement | undefined, complain: (what: string) => void): Promise<void> {
    const admission = await this.#fence.admit(text)
    const isAdmitted = admission.kind === "admitted"
    if (isAdmitted !== this.#mayPass(signed)) {
      complain(isAdmitted ? "the fence let it in" : `the fence kept it out: ${admission.reason}`)
    }
    if (isAdmitted && signed !== undefined) {
      this.admittedCount += 1
      this.#highest = [signed.instance, signed.lockGeneration]
    }
  }

  #mayPass(signed: SequencerStatement | undefined): boolean {
    if (signed?.path !== path || signed.mode !== "exclusive") return false
    const [instance, generation] = this.#highest
    return signed.instance > instance || (signed.instance === instance && signed.lockGeneration >= generation)
  }
}
