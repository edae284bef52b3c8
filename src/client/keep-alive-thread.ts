/**
 * The main thread's side of the KeepAlive worker (see keep-alive-worker.ts): starts it for the first session, hands its
 * beats on in order, and goes on in this thread should it die or never come to life (where code is bundled into one file,
 * for example, there is no worker to be found).
 */
import { MessageChannel, type MessagePort, Worker, receiveMessageOnPort } from "node:worker_threads"
import type { DurationMs } from "../base/instant.ts"
import type { NoticesSeen } from "../contract/notices.ts"
import { KeepAliveLoop } from "./keep-alive-loop.ts"
import type { FromWorker, ToWorker, WorkerTask } from "./keep-alive-worker.ts"
import { Leash, offsetToProcessClock } from "./leash.ts"
import type { Beat, Pulse, PulseSource, PulseTerms } from "./pulse.ts"
import type { SessionCalls } from "./session-calls.ts"
import type { Surroundings } from "./surroundings.ts"
import type { ClientTls } from "./tls.ts"
import type { WireKind } from "./transport-over.ts"

export interface KeepAliveThreadOptions {
  readonly replicas: readonly string[]
  readonly tls: ClientTls | undefined
  readonly wire: WireKind
  readonly leashMs: DurationMs
}

/** Beats of the main thread within one leash. */
const beatsPerLeash = 10

export class KeepAliveThread implements PulseSource {
  readonly #options: KeepAliveThreadOptions
  readonly #surroundings: Surroundings
  readonly #toProcessClock: DurationMs
  readonly #leash = new Leash()
  readonly #pulses = new Map<number, ThreadPulse>()
  #lastPulseId = 0
  #worker: Worker | undefined
  #port: MessagePort | undefined
  #beating: NodeJS.Timeout | undefined
  #takenCount = 0n
  #isBroken = false

  constructor(options: KeepAliveThreadOptions, surroundings: Surroundings) {
    this.#options = options
    this.#surroundings = surroundings
    this.#toProcessClock = offsetToProcessClock(() => surroundings.now(), "atLeast")
  }

  pulse(terms: PulseTerms, calls: SessionCalls): Pulse {
    this.#lastPulseId += 1
    const pulseId = this.#lastPulseId
    const loop = (seen: NoticesSeen): KeepAliveLoop => new KeepAliveLoop({ ...terms, seen }, calls, this.#surroundings)
    const pulse = new ThreadPulse({
      seen: terms.seen,
      loop,
      begin: () => {
        this.#pulses.set(pulseId, pulse)
        this.#begin(pulse, pulseId, terms)
      },
      end: () => {
        this.#pulses.delete(pulseId)
        this.#tell({ kind: "stop", pulseId })
      },
      catchUp: () => {
        this.#catchUp()
      },
    })
    return pulse
  }

  close(): void {
    clearInterval(this.#beating)
    this.#port?.close()
    void this.#worker?.terminate()
    this.#isBroken = true
  }

  #begin(pulse: ThreadPulse, pulseId: number, terms: PulseTerms): void {
    if (this.#worker === undefined && !this.#isBroken) this.#start()
    if (this.#isBroken) pulse.goOnHere()
    else this.#tell({ kind: "start", pulseId, terms })
  }

  #start(): void {
    const { port1, port2 } = new MessageChannel()
    const { replicas, tls, wire, leashMs } = this.#options
    const task: WorkerTask = { replicas, tls, wire, leashMs, leash: this.#leash.shared, port: port2 }
    this.#leash.beat()
    const worker = newWorker(task)
    if (worker === undefined) {
      this.#isBroken = true
      return
    }
    this.#beating = setInterval(
      () => {
        this.#leash.beat()
      },
      Math.max(1, Math.floor(leashMs / beatsPerLeash)),
    ).unref()
    worker.unref()
    worker.on("error", () => {
      this.#goOnHere()
    })
    worker.on("exit", () => {
      this.#goOnHere()
    })
    port1.on("message", (message: FromWorker) => {
      this.#takenCount += 1n
      this.#hear(message)
    })
    port1.unref()
    this.#worker = worker
    this.#port = port1
  }

  #tell(message: ToWorker): void {
    if (!this.#isBroken) this.#port?.postMessage(message)
  }

  /** What the worker has sent is taken in now, rather than when the event loop comes round to it. */
  #catchUp(): void {
    while (this.#port !== undefined && this.#takenCount < this.#leash.sentCount) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: FromWorker } | undefined
      if (received === undefined) return
      this.#takenCount += 1n
      this.#hear(received.message)
    }
  }

  #hear({ pulseId, beat }: FromWorker): void {
    const told: Beat = beat.kind === "answered" ? { ...beat, sentAt: beat.sentAt - this.#toProcessClock } : beat
    this.#pulses.get(pulseId)?.hear(told)
  }

  #goOnHere(): void {
    if (this.#isBroken) return
    this.#catchUp()
    this.#isBroken = true
    clearInterval(this.#beating)
    this.#port?.close()
    for (const pulse of this.#pulses.values()) pulse.goOnHere()
  }
}

/** Undefined where there are no threads, or none are allowed, or a bundler has left no trace of where this file was. */
function newWorker(task: WorkerTask): Worker | undefined {
  try {
    return new Worker(new URL("./keep-alive-worker.js", import.meta.url), {
      workerData: task,
      transferList: [task.port],
      name: "claviger KeepAlives",
    })
  } catch {
    return undefined
  }
}

interface ThreadPulseParts {
  readonly seen: NoticesSeen
  /** A pulse of this thread, to take over with. */
  readonly loop: (seen: NoticesSeen) => KeepAliveLoop
  readonly begin: () => void
  readonly end: () => void
  readonly catchUp: () => void
}

class ThreadPulse implements Pulse {
  readonly #parts: ThreadPulseParts
  #seen: NoticesSeen
  #onBeat: (beat: Beat) => void = () => undefined
  #substitute: KeepAliveLoop | undefined
  #isStopped = false

  constructor(parts: ThreadPulseParts) {
    this.#parts = parts
    this.#seen = parts.seen
  }

  start(onBeat: (beat: Beat) => void): void {
    this.#onBeat = onBeat
    this.#parts.begin()
  }

  /** The worker has done so already; remembered for the case that this thread takes over. */
  acknowledge(seen: NoticesSeen): void {
    this.#seen = seen
    this.#substitute?.acknowledge(seen)
  }

  catchUp(): void {
    this.#parts.catchUp()
  }

  stop(): void {
    this.#isStopped = true
    this.#substitute?.stop()
    this.#parts.end()
  }

  hear(beat: Beat): void {
    if (!this.#isStopped) this.#onBeat(beat)
  }

  goOnHere(): void {
    if (this.#isStopped || this.#substitute !== undefined) return
    this.#substitute = this.#parts.loop(this.#seen)
    this.#substitute.start(this.#onBeat)
  }
}
