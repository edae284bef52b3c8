/** The conditions of a transaction. Who asks one about a node must be allowed to read it. */
import { unreachable } from "../base/assert.ts"
import type { Refusal } from "../contract/errors.ts"
import type { Guard, NodeCounter, NodeStat } from "../contract/requests.ts"
import type { Caller } from "./caller.ts"
import { whyStale } from "./lock-reads.ts"
import type { Node } from "./node.ts"
import { findNode } from "./resolve.ts"
import { type State, statOf } from "./state.ts"

/** All are asked, also behind one that has failed: what a caller may ask doesn't depend on the answers. */
export function guardsHold(state: State, caller: Caller, guards: readonly Guard[]): boolean | Refusal {
  let hold = true
  for (const [index, guard] of guards.entries()) {
    const answer = guardHolds(state, caller, guard)
    if (typeof answer !== "boolean") return { ...answer, detail: `Guard ${index + 1}: ${answer.detail}` }
    hold &&= answer
  }
  return hold
}

function guardHolds(state: State, caller: Caller, guard: Guard): boolean | Refusal {
  switch (guard.kind) {
    case "epoch":
      return state.epoch === guard.equals
    case "lockHeld":
      return whyStale(state, guard.claims) === ""
    case "exists":
      return factHolds(state, caller, guard.path, (node) => (node !== undefined) === guard.exists)
    case "counter":
      return factHolds(state, caller, guard.path, (node) => counterOf(state, node, guard.counter) === guard.equals)
    case "checksum":
      return factHolds(state, caller, guard.path, (node) => factsOf(state, node)?.checksum === guard.equals)
    default:
      return unreachable(guard)
  }
}

function factHolds(
  state: State,
  caller: Caller,
  path: string,
  holds: (node: Node | undefined) => boolean,
): boolean | Refusal {
  const node = findNode(state, { kind: "path", path }, "read", caller)
  if (node.kind !== "refused") return holds(node)
  return node.code === "PERMISSION_DENIED" ? node : holds(undefined)
}

function factsOf(state: State, node: Node | undefined): NodeStat | undefined {
  return node && statOf(state, node)
}

function counterOf(state: State, node: Node | undefined, counter: NodeCounter): number | undefined {
  const facts = factsOf(state, node)
  switch (counter) {
    case "instance":
      return facts?.instance
    case "content":
      return facts?.contentGeneration
    case "lock":
      return facts?.lockGeneration
    case "acl":
      return facts?.aclGeneration
    default:
      return unreachable(counter)
  }
}
