/**
 * Looks for the master elsewhere while the replica that was it says nothing: the other replicas are asked in turn whom
 * they know as master, until one of them serves or names another. Nothing is given up meanwhile, and nothing is asked
 * that could matter if two replicas answered it.
 */
import type { DurationMs } from "../base/instant.ts"
import type { SignedOutcome, SignedRequest } from "../wire/signed-forms.ts"
import type { Surroundings } from "./surroundings.ts"
import type { CallStream, Transport } from "./transport.ts"

/** Easy to answer for a master; a replica that isn't says so without looking. */
export const easyQuestion: SignedRequest = {
  sessionId: 0,
  requestNumber: 0,
  answeredThrough: 0,
  stillOpen: [],
  epoch: 0,
  forCache: false,
  underSequencer: "",
  operation: { kind: "getStat", node: { kind: "path", path: "/ls/local" } },
}

/** Until the next one is asked: doubled each time, for where everything is slow, more connections make it slower. */
const firstPatienceMs: DurationMs = 250
const longestPatienceMs: DurationMs = 1_000

export class SecondOpinion {
  readonly #transport: Transport
  readonly #surroundings: Surroundings
  readonly #suspect: string
  readonly #onMaster: (address: string) => void
  #stream: CallStream | undefined
  #callOff: () => void = () => undefined
  #isOver = false

  /** Asks `others` one after the other, over and over, until it is stopped or `onMaster` has been called. */
  constructor(
    { transport, surroundings }: { readonly transport: Transport; readonly surroundings: Surroundings },
    { suspect, others }: { readonly suspect: string; readonly others: readonly string[] },
    onMaster: (address: string) => void,
  ) {
    this.#transport = transport
    this.#surroundings = surroundings
    this.#suspect = suspect
    this.#onMaster = onMaster
    this.#ask(others, firstPatienceMs)
  }

  stop(): void {
    this.#isOver = true
    this.#callOff()
    this.#stream?.close()
  }

  #ask([address, ...rest]: readonly string[], patienceMs: DurationMs): void {
    if (address === undefined || this.#isOver) return
    const stream = this.#transport.open(address, {
      onResults: (results) => {
        const [result] = results
        if (this.#isOver || result === undefined) return
        const master = masterAccordingTo(address, result.reply.outcome)
        if (master === undefined || master === this.#suspect) return
        this.stop()
        this.#onMaster(master)
      },
      // The next one has its turn when this one's time is up, whichever way it went.
      onEnd: () => undefined,
    })
    this.#stream = stream
    stream.send({ callId: 0, request: easyQuestion })
    this.#callOff = this.#surroundings.schedule(patienceMs, () => {
      stream.close()
      this.#ask([...rest, address], Math.min(2 * patienceMs, longestPatienceMs))
    })
  }
}

/** Undefined: it doesn't know. One that puts us off for a moment is about to serve, or serves too many. */
function masterAccordingTo(address: string, outcome: SignedOutcome): string | undefined {
  if (outcome.kind !== "refused") return address
  switch (outcome.code) {
    case "NOT_MASTER":
      return outcome.masterHint === "" ? undefined : outcome.masterHint
    case "NO_QUORUM":
    case "EPOCH_STALE":
      return undefined
    default:
      return address
  }
}
