/**
 * The parts of one session and how they hang together: the pulse that keeps it alive, the lifeline that watches its
 * lease, the cache, the subscriptions, the locks, and the desk where the cell's notices come in. What applications see
 * of a session is in `session.ts`.
 */
import type { SessionId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import { Cache } from "./cache.ts"
import { CachedReads } from "./cached-reads.ts"
import type { LeaseGrant, SessionStanding } from "./core/session-lease.ts"
import { SessionExpiredError } from "./errors.ts"
import { Lifeline } from "./lifeline.ts"
import type { Link } from "./link.ts"
import { LockKeeper } from "./lock-keeper.ts"
import { NoticeDesk, type Birth } from "./notice-desk.ts"
import { OwnChanges } from "./own-changes.ts"
import type { Beat, Pulse, PulseSource } from "./pulse.ts"
import { SessionCalls, type CallIssuer, type CallOptions } from "./session-calls.ts"
import { SessionEvents } from "./session-events.ts"
import { Subscriptions } from "./subscriptions.ts"
import type { Surroundings } from "./surroundings.ts"

/** A session that the cell has just opened. */
export interface OpenedSession {
  readonly sessionId: SessionId
  readonly name: string
  readonly grant: LeaseGrant
  readonly birth: Birth
}

/** What a session is made of and with. */
export interface SessionMeans {
  readonly link: Link
  readonly surroundings: Surroundings
  readonly pulseSource: PulseSource
  /** Undefined: no cache. */
  readonly cacheBytesMax: number | undefined
}

/** For how long a session that is closed without a signal waits for the cell to hear of it. */
const courtesyMs: DurationMs = 2_000

export class SessionLife {
  readonly calls: SessionCalls
  readonly cache: Cache | undefined
  readonly cachedReads: CachedReads | undefined
  readonly subscriptions: Subscriptions
  readonly events: SessionEvents = new SessionEvents()
  readonly locks: LockKeeper
  readonly #link: Link
  readonly #surroundings: Surroundings
  readonly #pulse: Pulse
  readonly #lifeline: Lifeline
  readonly #desk: NoticeDesk
  readonly #stopListening: () => void

  constructor(means: SessionMeans, { sessionId, grant, birth }: OpenedSession) {
    const { link, surroundings, pulseSource, cacheBytesMax } = means
    this.#link = link
    this.#surroundings = surroundings
    const calls = new SessionCalls(link, sessionId)
    this.calls = calls
    const terms = { sessionId, sessionLeaseMs: grant.sessionLeaseMs, seen: { epoch: birth.epoch, through: 0 } }
    const pulse = pulseSource.pulse(terms, calls)
    this.#pulse = pulse
    const catchUp = (): void => {
      pulse.catchUp()
    }
    if (cacheBytesMax !== undefined) {
      this.cache = new Cache(cacheBytesMax, birth.epoch, surroundings, catchUp)
      this.cache.extend({ ...grant, cacheLeaseMs: limits.cacheLeaseMs })
      this.cachedReads = new CachedReads(this.cache, calls)
      calls.observe(new OwnChanges(this.cache))
    }
    this.subscriptions = new Subscriptions(calls)
    this.#lifeline = new Lifeline(surroundings, grant, catchUp, (standing, reason) => {
      this.#follow(standing, reason)
    })
    this.locks = new LockKeeper(calls, this.#lifeline, surroundings)
    const { cache, subscriptions, locks, events } = this
    this.#desk = new NoticeDesk({ calls, pulse, surroundings }, { cache, subscriptions, locks, events }, birth)
    this.#stopListening = link.listen({
      failedOver: (epoch) => {
        this.#desk.enter(epoch)
      },
      closed: () => {
        this.#letGo()
        this.#end("the connection to the cell was closed")
      },
    })
    pulse.start((beat) => {
      this.#take(beat)
    })
  }

  get standing(): SessionStanding {
    return this.#lifeline.standing
  }

  /** Through the cache, if there is one. */
  get reads(): CallIssuer {
    return this.cachedReads ?? this.calls
  }

  async close({ signal }: CallOptions = {}): Promise<void> {
    if (this.standing === "expired") return
    this.#letGo()
    const courtesy = new AbortController()
    const cancel = this.#surroundings.schedule(courtesyMs, () => {
      courtesy.abort()
    })
    try {
      await this.calls.call<"closeSession">({ kind: "closeSession" }, { signal: signal ?? courtesy.signal })
    } catch (reason) {
      // A session that is gone already is as good as closed, and one that nobody keeps alive any more soon will be.
      if (!(reason instanceof SessionExpiredError) && !courtesy.signal.aborted) throw reason
    } finally {
      cancel()
      this.#end("the session was closed")
    }
  }

  #take(beat: Beat): void {
    if (beat.kind === "ended") {
      this.#lifeline.expire(beat.reason)
      return
    }
    const { sentAt, epoch, answer } = beat
    // The pulse may have another link than the calls: then this one has to hear of the new master too.
    this.#link.heardOf(epoch)
    // First what has become stale, then the leave to use the rest.
    this.#desk.take(beat)
    this.cache?.extend({ sentAt, ...answer })
    this.#lifeline.extend({ sentAt, ...answer })
  }

  /** Whatever the cell may think: nothing is held or kept alive from here any more. */
  #letGo(): void {
    this.#lifeline.stop()
    this.#pulse.stop()
    this.#desk.end()
    this.locks.follow("expired", "its session was closed")
    this.subscriptions.end(undefined)
  }

  #follow(standing: SessionStanding, reason: string): void {
    this.locks.follow(standing, reason)
    switch (standing) {
      case "jeopardy":
        this.events.emit({ kind: "jeopardy", graceEndsAt: this.#lifeline.graceEndsAt })
        break
      case "safe":
        this.events.emit({ kind: "safe" })
        break
      case "expired":
        this.#pulse.stop()
        this.#desk.end()
        this.events.emit({ kind: "expired", reason })
        this.subscriptions.end(new SessionExpiredError(reason))
        this.#end(reason)
        break
    }
  }

  #end(detail: string): void {
    this.#stopListening()
    this.calls.end(detail)
    this.events.end()
  }
}
