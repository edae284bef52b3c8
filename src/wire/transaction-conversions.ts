/** Transactions on the wire. Their steps are the calls of the same names, converted where those calls are. */
import { unreachable } from "../base/assert.ts"
import type { StepAnswer, TransactionStep } from "../contract/requests.ts"
import type { Guard as WireGuard, Guard__Output } from "./generated/claviger/v1/Guard.ts"
import type { StepAnswer as WireStepAnswer, StepAnswer__Output } from "./generated/claviger/v1/StepAnswer.ts"
import type { TransactionStep as WireStep, TransactionStep__Output } from "./generated/claviger/v1/TransactionStep.ts"
import type { Conversions } from "./messages.ts"
import { nodeConversions } from "./node-conversions.ts"
import type { SignedGuard } from "./signed-forms.ts"
import { MalformedMessageError, given, name, uint64, wholeNumber } from "./terms.ts"
import { nodeCounters } from "./words.ts"

export const transactionConversions: Conversions<"transact"> = {
  transact: {
    writeRequest: ({ guards, then, otherwise }) => ({
      guards: guards.map(guardToWire),
      then: then.map(stepToWire),
      otherwise: otherwise.map(stepToWire),
    }),
    readRequest: ({ guards, then, otherwise }) => ({
      kind: "transact",
      guards: guards.map(guardToContract),
      then: then.map(stepToContract),
      otherwise: otherwise.map(stepToContract),
    }),
    writeResponse: ({ guardsHeld, answers }) => ({ guardsHeld, answers: answers.map(stepAnswerToWire) }),
    readResponse: ({ guardsHeld, answers }) => ({
      kind: "transact",
      guardsHeld,
      answers: answers.map(stepAnswerToContract),
    }),
  },
}

function guardToWire(guard: SignedGuard): WireGuard {
  switch (guard.kind) {
    case "exists":
      return { exists: { path: guard.path, exists: guard.exists } }
    case "counter": {
      const { path, counter, equals } = guard
      return { counter: { path, counter: nodeCounters.toWire(counter), equals: uint64(equals) } }
    }
    case "checksum":
      return { checksum: { path: guard.path, equals: guard.equals } }
    case "lockHeld":
      return { lockHeld: { sequencer: guard.sequencer } }
    case "epoch":
      return { epoch: { equals: uint64(guard.equals) } }
    default:
      return unreachable(guard)
  }
}

function guardToContract(message: Guard__Output): SignedGuard {
  switch (message.guard) {
    case "exists": {
      const { path, exists } = given(message.exists, "the guard")
      return { kind: "exists", path: name(path), exists }
    }
    case "counter": {
      const { path, counter, equals } = given(message.counter, "the guard")
      const word = nodeCounters.toContract(counter)
      return { kind: "counter", path: name(path), counter: word, equals: wholeNumber(equals) }
    }
    case "checksum": {
      const { path, equals } = given(message.checksum, "the guard")
      return { kind: "checksum", path: name(path), equals }
    }
    case "lockHeld":
      return { kind: "lockHeld", sequencer: given(message.lockHeld, "the guard").sequencer }
    case "epoch":
      return { kind: "epoch", equals: wholeNumber(given(message.epoch, "the guard").equals) }
    case undefined:
      throw new MalformedMessageError("a guard of a kind that is unknown here")
    default:
      return unreachable(message.guard)
  }
}

function stepToWire(step: TransactionStep): WireStep {
  switch (step.kind) {
    case "open":
      return { open: nodeConversions.open.writeRequest(step) }
    case "setContents":
      return { setContents: nodeConversions.setContents.writeRequest(step) }
    case "delete":
      return { delete: nodeConversions.delete.writeRequest(step) }
    case "setAcl":
      return { setAcl: nodeConversions.setAcl.writeRequest(step) }
    case "getStat":
      return { getStat: nodeConversions.getStat.writeRequest(step) }
    case "getContentsAndStat":
      return { getContentsAndStat: nodeConversions.getContentsAndStat.writeRequest(step) }
    default:
      return unreachable(step)
  }
}

function stepToContract(message: TransactionStep__Output): TransactionStep {
  const kind = message.step
  switch (kind) {
    case "open":
      return nodeConversions.open.readRequest(given(message.open, kind))
    case "setContents":
      return nodeConversions.setContents.readRequest(given(message.setContents, kind))
    case "delete":
      return nodeConversions.delete.readRequest(given(message.delete, kind))
    case "setAcl":
      return nodeConversions.setAcl.readRequest(given(message.setAcl, kind))
    case "getStat":
      return nodeConversions.getStat.readRequest(given(message.getStat, kind))
    case "getContentsAndStat":
      return nodeConversions.getContentsAndStat.readRequest(given(message.getContentsAndStat, kind))
    case undefined:
      throw new MalformedMessageError("a step of a kind that is unknown here")
    default:
      return unreachable(kind)
  }
}

function stepAnswerToWire(answer: StepAnswer): WireStepAnswer {
  switch (answer.kind) {
    case "open":
      return { open: nodeConversions.open.writeResponse(answer) }
    case "setContents":
      return { setContents: nodeConversions.setContents.writeResponse(answer) }
    case "delete":
      return { delete: nodeConversions.delete.writeResponse(answer) }
    case "setAcl":
      return { setAcl: nodeConversions.setAcl.writeResponse(answer) }
    case "getStat":
      return { getStat: nodeConversions.getStat.writeResponse(answer) }
    case "getContentsAndStat":
      return { getContentsAndStat: nodeConversions.getContentsAndStat.writeResponse(answer) }
    default:
      return unreachable(answer)
  }
}

function stepAnswerToContract(message: StepAnswer__Output): StepAnswer {
  const kind = message.answer
  switch (kind) {
    case "open":
      return nodeConversions.open.readResponse(given(message.open, kind))
    case "setContents":
      return nodeConversions.setContents.readResponse(given(message.setContents, kind))
    case "delete":
      return nodeConversions.delete.readResponse(given(message.delete, kind))
    case "setAcl":
      return nodeConversions.setAcl.readResponse(given(message.setAcl, kind))
    case "getStat":
      return nodeConversions.getStat.readResponse(given(message.getStat, kind))
    case "getContentsAndStat":
      return nodeConversions.getContentsAndStat.readResponse(given(message.getContentsAndStat, kind))
    case undefined:
      throw new MalformedMessageError("an answer of a kind that is unknown here")
    default:
      return unreachable(kind)
  }
}
