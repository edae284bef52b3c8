/** Calls about nodes, and transactions of them, in a tree so small that they meet all the time; for property tests. */
import fc from "fast-check"
import type { AclChange } from "../../../src/contract/acl.ts"
import type { Guard, NodeRef, TransactionStep } from "../../../src/contract/requests.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { at, bytesOf, openOf } from "./cell-under-test.ts"

/** Every path that steps name; and what the cell may make of those that get a number. */
export const namedPaths: readonly string[] = ["a", "d", "d/x", "d/e", "d/e/y", "acl/team"]
export const numberedPaths: readonly string[] = ["d/q0000000001", "d/q0000000002", "d/e/q0000000001"]

const path = fc.constantFrom(...namedPaths, "d/e/y", "d/x", "d/q0000000001")
const node: fc.Arbitrary<NodeRef> = path.map(at)
const listName = fc.constantFrom("anyone", "anyone", "team", "nobody")
const generation = fc.option(fc.nat(3), { nil: undefined, freq: 2 })
const contents = fc.constantFrom("", "alice", "x", "alice\nbob").map(bytesOf)

const aclChange: fc.Arbitrary<AclChange> = fc.record(
  { read: listName, write: listName, changeAcl: listName },
  { requiredKeys: [] },
)

const open: fc.Arbitrary<Extract<TransactionStep, { kind: "open" }>> = fc
  .record({
    path: fc.oneof({ weight: 4, arbitrary: path }, fc.constantFrom("d/q", "d/e/q")),
    mode: fc.constantFrom("read" as const, "write" as const, "write" as const, "changeAcl" as const),
    create: fc.constantFrom("mayCreate" as const, "mayCreate" as const, "mustCreate" as const, "mustExist" as const),
    ephemeral: fc.boolean(),
    acl: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, aclChange),
    contents,
    unlikely: fc.nat(9),
  })
  .map(({ unlikely, contents: wanted, ...rest }) => {
    const directory = ["d", "d/e"].includes(rest.path) !== (unlikely === 0)
    const nodeKind = directory ? "directory" : "file"
    const sequential = rest.path.endsWith("q")
    return openOf(rest.path, {
      ...rest,
      path: `/ls/local/${rest.path}`,
      nodeKind,
      sequential,
      contents: directory ? bytesOf("") : wanted,
    })
  })

const step: fc.Arbitrary<TransactionStep> = fc.oneof(
  { weight: 4, arbitrary: open },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("setContents" as const),
      node,
      contents,
      ifContentGeneration: generation,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), node, ifContentGeneration: generation }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("setAcl" as const), node, acl: aclChange, ifAclGeneration: generation }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("getStat" as const), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("getContentsAndStat" as const), node }) },
)

/** Steps that nothing much can stand in the way of: a node is made where it can be, written, and perhaps deleted again. */
const likelySteps: fc.Arbitrary<readonly TransactionStep[]> = fc
  .record({
    name: fc.constantFrom("x", "y", "q", "z"),
    directory: fc.constantFrom("", "d/", "d/e/"),
    ephemeral: fc.boolean(),
    contents,
    deletes: fc.boolean(),
  })
  .map(({ name, directory, ephemeral, contents: written, deletes }) => {
    const wanted = `${directory}${name}`
    const above = ["d", "d/e"].filter((one) => directory.startsWith(one))
    const directories = above.map((one) => openOf(one, { nodeKind: "directory", ephemeral }))
    if (name === "q") return [...directories, openOf(wanted, { sequential: true, ephemeral, contents: written })]
    const made = [
      openOf(wanted, { ephemeral }),
      { kind: "setContents", node: at(wanted), contents: written },
      { kind: "getContentsAndStat", node: at(wanted) },
    ] as const
    return [...directories, ...made, ...(deletes ? [{ kind: "delete", node: at(wanted) } as const] : [])]
  })

const guard: fc.Arbitrary<Guard> = fc.record({
  kind: fc.constant("exists" as const),
  path: path.map((one) => `/ls/local/${one}`),
  exists: fc.boolean(),
})

/** Half of them are likely to go through, some go wrong only at the end. */
const steps = fc
  .tuple(fc.array(likelySteps, { maxLength: 3 }), fc.oneof(fc.constant([]), fc.array(step, { maxLength: 3 })))
  .map(([likely, others]) => [...likely.flat(), ...others])

export const transaction: fc.Arbitrary<Extract<MutatingOperation, { kind: "transact" }>> = fc.record({
  kind: fc.constant("transact" as const),
  guards: fc.array(guard, { maxLength: 1 }),
  then: steps,
  otherwise: steps,
})

const lockMode = fc.constantFrom("exclusive" as const, "shared" as const)

function changesSomething(
  one: TransactionStep,
): one is Exclude<TransactionStep, { kind: "getStat" | "getContentsAndStat" }> {
  return one.kind !== "getStat" && one.kind !== "getContentsAndStat"
}

/** Calls of every kind that changes nodes, or keeps others from doing so. */
export const nodeCall: fc.Arbitrary<MutatingOperation> = fc.oneof<fc.MaybeWeightedArbitrary<MutatingOperation>[]>(
  { weight: 8, arbitrary: step.filter(changesSomething) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("acquire"),
      node,
      mode: lockMode,
      lockDelayMs: fc.constantFrom(0, 9),
      waitMs: fc.constant(0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release"), node }) },
  { weight: 1, arbitrary: transaction },
)
