/** Notices, the changes they tell of, and the subscriptions that ask for them, between the wire and the contract. */
import { unreachable } from "../base/assert.ts"
import type { NodeChange, Subscription } from "../contract/changes.ts"
import type { Notice } from "../contract/notices.ts"
import type { NodeChange as WireChange, NodeChange__Output } from "./generated/claviger/v1/NodeChange.ts"
import type { Notice as WireNotice, Notice__Output } from "./generated/claviger/v1/Notice.ts"
import type { Subscription as WireSubscription, Subscription__Output } from "./generated/claviger/v1/Subscription.ts"
import { empty } from "./messages.ts"
import { MalformedMessageError, given, name, uint64, wholeNumber } from "./terms.ts"
import { changeKinds, lockModes, scopes } from "./words.ts"

export function subscriptionToWire({ subscriptionId, path, scope, kinds }: Subscription): WireSubscription {
  return {
    subscriptionId: uint64(subscriptionId),
    path,
    scope: scopes.toWire(scope),
    kinds: kinds.map((kind) => changeKinds.toWire(kind)),
  }
}

export function subscriptionToContract(message: Subscription__Output): Subscription {
  return {
    subscriptionId: wholeNumber(message.subscriptionId),
    path: name(message.path),
    scope: scopes.toContract(message.scope),
    kinds: message.kinds.map((kind) => changeKinds.toContract(kind)),
  }
}

export function noticeToWire(notice: Notice): WireNotice {
  switch (notice.kind) {
    case "invalidate":
      return { invalidate: { keys: [...notice.keys] } }
    case "event": {
      const { subscriptionId, index, change } = notice
      return { event: { subscriptionId, commitIndex: index, change: changeToWire(change) } }
    }
    case "lockWanted":
      return { lockWanted: { commitIndex: notice.index, change: changeToWire(notice.change) } }
    case "resync":
      return { resync: { through: notice.through } }
    default:
      return unreachable(notice)
  }
}

export function noticeToContract(message: Notice__Output): Notice {
  switch (message.notice) {
    case "invalidate":
      return { kind: "invalidate", keys: given(message.invalidate, "the invalidation").keys }
    case "event": {
      const { subscriptionId, commitIndex, change } = given(message.event, "the event")
      return {
        kind: "event",
        subscriptionId: wholeNumber(subscriptionId),
        index: wholeNumber(commitIndex),
        change: changeToContract(given(change, "the change of an event")),
      }
    }
    case "lockWanted": {
      const { commitIndex, change } = given(message.lockWanted, "the notice")
      const found = changeToContract(given(change, "the request for a lock"))
      if (found.kind !== "lockRequested") throw new MalformedMessageError(`${found.kind} is no request for a lock`)
      return { kind: "lockWanted", index: wholeNumber(commitIndex), change: found }
    }
    case "resync":
      return { kind: "resync", through: wholeNumber(given(message.resync, "the notice").through) }
    case undefined:
      throw new MalformedMessageError("a notice of a kind that is unknown here")
    default:
      return unreachable(message.notice)
  }
}

function changeToWire(change: NodeChange): WireChange {
  const { path, instance } = change
  switch (change.kind) {
    case "nodeCreated":
      return { path, instance, nodeCreated: empty }
    case "nodeDeleted":
      return { path, instance, nodeDeleted: empty }
    case "contentsChanged":
      return { path, instance, contentsChanged: { contentGeneration: change.contentGeneration } }
    case "aclChanged":
      return { path, instance, aclChanged: empty }
    case "lockAcquired": {
      const { lockGeneration, sessionId, clientName } = change
      return {
        path,
        instance,
        lockAcquired: { mode: lockModes.toWire(change.mode), lockGeneration, sessionId, clientName },
      }
    }
    case "lockFreed":
      return { path, instance, lockFreed: { lost: change.lost } }
    case "lockRequested": {
      const { sessionId, clientName, holders } = change
      const mode = lockModes.toWire(change.mode)
      return { path, instance, lockRequested: { mode, sessionId, clientName, holders: [...holders] } }
    }
    default:
      return unreachable(change)
  }
}

function changeToContract(message: NodeChange__Output): NodeChange {
  const place = { path: message.path, instance: wholeNumber(message.instance) }
  switch (message.change) {
    case "nodeCreated":
    case "nodeDeleted":
    case "aclChanged":
      return { kind: message.change, ...place }
    case "contentsChanged": {
      const { contentGeneration } = given(message.contentsChanged, "the change")
      return { kind: "contentsChanged", ...place, contentGeneration: wholeNumber(contentGeneration) }
    }
    case "lockAcquired": {
      const { mode, lockGeneration, sessionId, clientName } = given(message.lockAcquired, "the change")
      return {
        kind: "lockAcquired",
        ...place,
        mode: lockModes.toContract(mode),
        lockGeneration: wholeNumber(lockGeneration),
        sessionId: wholeNumber(sessionId),
        clientName,
      }
    }
    case "lockFreed":
      return { kind: "lockFreed", ...place, lost: given(message.lockFreed, "the change").lost }
    case "lockRequested": {
      const { mode, sessionId, clientName, holders } = given(message.lockRequested, "the change")
      return {
        kind: "lockRequested",
        ...place,
        mode: lockModes.toContract(mode),
        sessionId: wholeNumber(sessionId),
        clientName,
        holders: holders.map(wholeNumber),
      }
    }
    case undefined:
      throw new MalformedMessageError("a change of a kind that is unknown here")
    default:
      return unreachable(message.change)
  }
}
