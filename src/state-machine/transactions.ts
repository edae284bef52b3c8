/**
 * Transactions: conditions, and two lists of steps, of which one is done (the MultiOp of the paper's successors).
 * Atomic: nobody sees a state between two steps, because a slot is applied at once; and if a step is refused, all that
 * was done before it is taken back (see undo-log.ts), and the refusal says which step it was.
 */
import { unreachable } from "../base/assert.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { Operation, StepAnswer, TransactionStep } from "../contract/requests.ts"
import type { Caller } from "./caller.ts"
import { Changes } from "./changes.ts"
import { guardsHold } from "./guards.ts"
import { deleteNode, setAcl, setContents } from "./node-operations.ts"
import { getContentsAndStat, getStat } from "./node-reads.ts"
import { open } from "./opening.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import type { State } from "./state.ts"

type Transaction = Extract<Operation, { kind: "transact" }>

export function transact(state: State, caller: Caller, operation: Transaction): StoredOutcome {
  const guardsHeld = guardsHold(state, caller, operation.guards)
  if (typeof guardsHeld !== "boolean") return guardsHeld
  const list = guardsHeld ? "then" : "otherwise"
  const changesBefore = state.changes
  state.changes = new Changes()
  state.undo.begin()
  const answers = takeSteps(state, caller, operation[list], list)
  if (!Array.isArray(answers)) {
    state.undo.takeBack()
    state.changes = changesBefore
    return answers
  }
  state.undo.forget()
  changesBefore.addSteps(state.changes)
  state.changes = changesBefore
  return { kind: "transact", guardsHeld, answers }
}

/** The answers, or the refusal of the first step that is refused. */
function takeSteps(
  state: State,
  caller: Caller,
  steps: readonly TransactionStep[],
  list: "then" | "otherwise",
): StepAnswer[] | Refusal {
  const answers: StepAnswer[] = []
  let bytesRead = 0
  for (const [index, step] of steps.entries()) {
    const taken = takeStep(state, caller, step)
    if (taken.kind === "getContentsAndStat") bytesRead += taken.contents.length
    const answer = taken.kind === "refused" ? taken : (refuseLongAnswer(bytesRead) ?? lasting(taken))
    if (answer.kind === "refused") return { ...answer, detail: `Step ${index + 1} of ${list}: ${answer.detail}` }
    answers.push(answer)
  }
  return answers
}

/** The answer is remembered, so what was read must not keep in memory what it shares memory with. */
function lasting(answer: StepAnswer): StepAnswer {
  return answer.kind === "getContentsAndStat" ? { ...answer, contents: answer.contents.slice() } : answer
}

function takeStep(state: State, caller: Caller, step: TransactionStep): StepAnswer | Refusal {
  switch (step.kind) {
    case "open":
      return open(state, caller, step)
    case "setContents":
      return setContents(state, caller, step)
    case "setAcl":
      return setAcl(state, caller, step)
    case "delete":
      return deleteNode(state, caller, step)
    case "getStat":
      return getStat(state, caller, step.node)
    case "getContentsAndStat":
      return getContentsAndStat(state, caller, step.node)
    default:
      return unreachable(step)
  }
}

/** The answer is remembered with the session until it has been acknowledged, so it may not be of any size. */
function refuseLongAnswer(bytesRead: number): Refusal | undefined {
  if (bytesRead <= limits.transactionBytesMax) return undefined
  const sentence = `with it the transaction reads ${bytesRead} bytes, but may read at most ${limits.transactionBytesMax}`
  return refuse("CONTENTS_TOO_LARGE", `${sentence}.`)
}
