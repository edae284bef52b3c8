/**
 * The thread that sends the KeepAlives of all sessions of one client, over a connection of its own, so that a main thread
 * that computes for a while loses no session. When the main thread has been silent for longer than its leash, nothing is
 * renewed any more: the sessions of a wedged process run out as if it had died.
 *
 * Notices are acknowledged from here, before the main thread has obeyed them; so a wedged process holds up nobody's
 * writes. That is safe because the main thread takes in all that lies in its port before it uses its cache.
 */
import { type MessagePort, workerData } from "node:worker_threads"
import type { DurationMs } from "../base/instant.ts"
import { KeepAliveLoop } from "./keep-alive-loop.ts"
import { Leash, offsetToProcessClock } from "./leash.ts"
import { Link } from "./link.ts"
import type { Beat, PulseTerms } from "./pulse.ts"
import { SessionCalls } from "./session-calls.ts"
import { machineSurroundings } from "./surroundings.ts"
import type { ClientTls } from "./tls.ts"
import { transportOver, type WireKind } from "./transport-over.ts"

export interface WorkerTask {
  readonly replicas: readonly string[]
  readonly tls: ClientTls | undefined
  readonly wire: WireKind
  readonly leashMs: DurationMs
  readonly leash: SharedArrayBuffer
  readonly port: MessagePort
}

/** `pulseId` tells the sessions of the client apart. */
export type ToWorker =
  | { readonly kind: "start"; readonly pulseId: number; readonly terms: PulseTerms }
  | { readonly kind: "stop"; readonly pulseId: number }

/** `sentAt` of the beat is on the process's clock. */
export interface FromWorker {
  readonly pulseId: number
  readonly beat: Beat
}

const { replicas, tls, wire, leashMs, leash: shared, port } = workerData as WorkerTask
const surroundings = machineSurroundings()
const toProcessClock = offsetToProcessClock(() => surroundings.now(), "atMost")
const leash = new Leash(shared)
const link = new Link(replicas, await transportOver(wire, tls), surroundings)
const loops = new Map<number, KeepAliveLoop>()

port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "start":
      start(message.pulseId, message.terms)
      break
    case "stop":
      loops.get(message.pulseId)?.stop()
      loops.delete(message.pulseId)
      break
  }
})

function start(pulseId: number, terms: PulseTerms): void {
  const calls = new SessionCalls(link, terms.sessionId)
  const loop = new KeepAliveLoop(terms, calls, surroundings, () => leash.silentMs() <= leashMs)
  loops.set(pulseId, loop)
  loop.start((beat) => {
    const told: Beat = beat.kind === "answered" ? { ...beat, sentAt: beat.sentAt + toProcessClock } : beat
    port.postMessage({ pulseId, beat: told } satisfies FromWorker)
    leash.noteSent()
    if (beat.kind === "ended") {
      loops.delete(pulseId)
      return
    }
    const { firstNotice, notices } = beat.answer
    if (notices.length > 0) loop.acknowledge({ epoch: beat.epoch, through: firstNotice + notices.length - 1 })
  })
}
