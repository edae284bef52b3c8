/** Sessions on the wire: their life, what they subscribe to, and who has one. */
import { limits } from "../contract/limits.ts"
import { type Conversions, empty } from "./messages.ts"
import { noticeToContract, noticeToWire, subscriptionToContract, subscriptionToWire } from "./notices.ts"
import { given, name, uint32, uint64, wholeNumber } from "./terms.ts"

export const sessionConversions: Conversions<
  "createSession" | "keepAlive" | "closeSession" | "subscribe" | "unsubscribe" | "resume" | "listSessions"
> = {
  createSession: {
    writeRequest: ({ clientName, host, processId, sessionLeaseMs, nonce, caching }) => ({
      clientName,
      host,
      processId: uint32(processId),
      sessionLeaseMs: uint32(sessionLeaseMs),
      nonce,
      caching,
    }),
    readRequest: (message) => ({
      kind: "createSession",
      clientName: name(message.clientName),
      host: name(message.host),
      processId: message.processId,
      sessionLeaseMs: message.sessionLeaseMs === 0 ? limits.sessionLeaseMsDefault : message.sessionLeaseMs,
      nonce: name(message.nonce),
      caching: message.caching,
    }),
    writeResponse: ({ sessionId, sessionLeaseMs }) => ({ sessionId, sessionLeaseMs }),
    readResponse: (message) => ({
      kind: "createSession",
      sessionId: wholeNumber(message.sessionId),
      sessionLeaseMs: message.sessionLeaseMs,
    }),
  },
  keepAlive: {
    writeRequest: ({ seen }) => ({ seenEpoch: uint64(seen.epoch), seenThrough: uint64(seen.through) }),
    readRequest: ({ seenEpoch, seenThrough }) => ({
      kind: "keepAlive",
      seen: { epoch: wholeNumber(seenEpoch), through: wholeNumber(seenThrough) },
    }),
    writeResponse: ({ sessionLeaseMs, parkedMs, cacheLeaseMs, firstNotice, notices }) => ({
      sessionLeaseMs,
      parkedMs,
      cacheLeaseMs,
      firstNotice,
      notices: notices.map(noticeToWire),
    }),
    readResponse: (message) => ({
      kind: "keepAlive",
      sessionLeaseMs: message.sessionLeaseMs,
      parkedMs: message.parkedMs,
      cacheLeaseMs: message.cacheLeaseMs,
      firstNotice: wholeNumber(message.firstNotice),
      notices: message.notices.map(noticeToContract),
    }),
  },
  closeSession: {
    writeRequest: () => empty,
    readRequest: () => ({ kind: "closeSession" }),
    writeResponse: () => empty,
    readResponse: () => ({ kind: "closeSession" }),
  },
  subscribe: {
    writeRequest: ({ subscription, after }) => ({
      subscription: subscriptionToWire(subscription),
      after: uint64(after),
    }),
    readRequest: ({ subscription, after }) => ({
      kind: "subscribe",
      subscription: subscriptionToContract(given(subscription, "the subscription")),
      after: wholeNumber(after),
    }),
    writeResponse: () => empty,
    readResponse: () => ({ kind: "subscribe" }),
  },
  unsubscribe: {
    writeRequest: ({ subscriptionId }) => ({ subscriptionId: uint64(subscriptionId) }),
    readRequest: ({ subscriptionId }) => ({ kind: "unsubscribe", subscriptionId: wholeNumber(subscriptionId) }),
    writeResponse: () => empty,
    readResponse: () => ({ kind: "unsubscribe" }),
  },
  resume: {
    writeRequest: ({ seenThrough, cached, subscriptions }) => ({
      seenThrough: uint64(seenThrough),
      cached: [...cached],
      subscriptions: subscriptions.map(subscriptionToWire),
    }),
    readRequest: ({ seenThrough, cached, subscriptions }) => ({
      kind: "resume",
      seenThrough: wholeNumber(seenThrough),
      cached: cached.map(name),
      subscriptions: subscriptions.map(subscriptionToContract),
    }),
    writeResponse: ({ lastNotice }) => ({ lastNotice: uint64(lastNotice) }),
    readResponse: ({ lastNotice }) => ({ kind: "resume", lastNotice: wholeNumber(lastNotice) }),
  },
  listSessions: {
    writeRequest: ({ afterSessionId, pageSize }) => ({
      afterSessionId: uint64(afterSessionId),
      pageSize: uint32(pageSize),
    }),
    readRequest: ({ afterSessionId, pageSize }) => ({
      kind: "listSessions",
      afterSessionId: wholeNumber(afterSessionId),
      pageSize: pageSize === 0 ? limits.listSessionsPageMax : Math.min(pageSize, limits.listSessionsPageMax),
    }),
    writeResponse: ({ sessions, more, ended }) => ({
      sessions: [...sessions],
      more,
      ended: ended.map(({ index, ...session }) => ({ ...session, commitIndex: index })),
    }),
    readResponse: ({ sessions, more, ended }) => ({
      kind: "listSessions",
      sessions: sessions.map((session) => ({ ...session, sessionId: wholeNumber(session.sessionId) })),
      more,
      ended: ended.map(({ sessionId, clientName, reason, commitIndex }) => ({
        sessionId: wholeNumber(sessionId),
        clientName,
        reason,
        index: wholeNumber(commitIndex),
      })),
    }),
  },
}
