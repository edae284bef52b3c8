/** Locks and sequencers on the wire. */
import {
  delayToContract,
  nodeRefToContract,
  nodeRefToWire,
  partyToContract,
  partyToWire,
  statToContract,
  statToWire,
} from "./facts.ts"
import type { Conversions } from "./messages.ts"
import { uint32, uint64, wholeNumber } from "./terms.ts"
import { lockModes } from "./words.ts"

export const lockConversions: Conversions<
  "acquire" | "tryAcquire" | "cancelAcquire" | "release" | "getLock" | "getSequencer" | "checkSequencer"
> = {
  acquire: {
    writeRequest: ({ node, mode, lockDelayMs, waitMs }) => ({
      ...nodeRefToWire(node),
      mode: lockModes.toWire(mode),
      lockDelayMs: uint32(lockDelayMs),
      waitMs: uint32(waitMs),
    }),
    readRequest: (message) => ({
      kind: "acquire",
      node: nodeRefToContract(message),
      mode: lockModes.toContract(message.mode),
      lockDelayMs: message.lockDelayMs,
      waitMs: message.waitMs,
    }),
    writeResponse: ({ handle, lockGeneration, stat, sequencer }) => ({
      handle,
      lockGeneration,
      stat: statToWire(stat),
      sequencer,
    }),
    readResponse: ({ handle, lockGeneration, stat, sequencer }) => ({
      kind: "acquire",
      handle,
      lockGeneration: wholeNumber(lockGeneration),
      stat: statToContract(stat),
      sequencer,
    }),
  },
  tryAcquire: {
    writeRequest: ({ node, mode, lockDelayMs }) => ({
      ...nodeRefToWire(node),
      mode: lockModes.toWire(mode),
      lockDelayMs: uint32(lockDelayMs),
    }),
    readRequest: (message) => ({
      kind: "tryAcquire",
      node: nodeRefToContract(message),
      mode: lockModes.toContract(message.mode),
      lockDelayMs: message.lockDelayMs,
    }),
    writeResponse: (answer) => {
      if (!answer.acquired) {
        const { holders, waiterCount, delay = null } = answer
        return { acquired: false, holders: holders.map(partyToWire), waiterCount, delay }
      }
      const { handle, lockGeneration, stat, sequencer } = answer
      return { acquired: true, handle, lockGeneration, stat: statToWire(stat), sequencer }
    },
    readResponse: (message) => {
      if (!message.acquired) {
        const holders = message.holders.map(partyToContract)
        const { waiterCount } = message
        return { kind: "tryAcquire", acquired: false, holders, waiterCount, delay: delayToContract(message.delay) }
      }
      return {
        kind: "tryAcquire",
        acquired: true,
        handle: message.handle,
        lockGeneration: wholeNumber(message.lockGeneration),
        stat: statToContract(message.stat),
        sequencer: message.sequencer,
      }
    },
  },
  cancelAcquire: {
    writeRequest: ({ requestNumber }) => ({ requestNumber: uint64(requestNumber) }),
    readRequest: ({ requestNumber }) => ({ kind: "cancelAcquire", requestNumber: wholeNumber(requestNumber) }),
    writeResponse: ({ cancelled }) => ({ cancelled }),
    readResponse: ({ cancelled }) => ({ kind: "cancelAcquire", cancelled }),
  },
  release: {
    writeRequest: ({ node }) => nodeRefToWire(node),
    readRequest: (message) => ({ kind: "release", node: nodeRefToContract(message) }),
    writeResponse: ({ released }) => ({ released }),
    readResponse: ({ released }) => ({ kind: "release", released }),
  },
  getLock: {
    writeRequest: ({ node }) => nodeRefToWire(node),
    readRequest: (message) => ({ kind: "getLock", node: nodeRefToContract(message) }),
    writeResponse: ({ lockGeneration, holders, waiters, delay = null }) => ({
      lockGeneration,
      holders: holders.map(partyToWire),
      waiters: waiters.map(partyToWire),
      delay,
    }),
    readResponse: (message) => ({
      kind: "getLock",
      lockGeneration: wholeNumber(message.lockGeneration),
      holders: message.holders.map(partyToContract),
      waiters: message.waiters.map(partyToContract),
      delay: delayToContract(message.delay),
    }),
  },
  getSequencer: {
    writeRequest: ({ node }) => nodeRefToWire(node),
    readRequest: (message) => ({ kind: "getSequencer", node: nodeRefToContract(message) }),
    writeResponse: ({ sequencer }) => ({ sequencer }),
    readResponse: ({ sequencer }) => ({ kind: "getSequencer", sequencer }),
  },
  checkSequencer: {
    writeRequest: ({ sequencer }) => ({ sequencer }),
    readRequest: ({ sequencer }) => ({ kind: "checkSequencer", sequencer }),
    writeResponse: ({ valid, reason }) => ({ valid, reason }),
    readResponse: ({ valid, reason }) => ({ kind: "checkSequencer", valid, reason }),
  },
}
