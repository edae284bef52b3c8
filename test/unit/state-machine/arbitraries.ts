/** Commands of every kind, sensible and senseless, for property tests. */
import fc from "fast-check"
import type { AclChange } from "../../../src/contract/acl.ts"
import { lockModes } from "../../../src/contract/lock-mode.ts"
import type { NodeRef } from "../../../src/contract/requests.ts"
import type { SequencerClaims } from "../../../src/contract/sequencer.ts"
import type { Command, MutatingOperation } from "../../../src/state-machine/commands.ts"
import { cellName, founding } from "./cell-under-test.ts"
import { transaction } from "./node-steps.ts"

const counter = fc.oneof({ weight: 5, arbitrary: fc.nat(6) }, fc.maxSafeNat())
const duration = fc.oneof({ weight: 5, arbitrary: fc.nat(3) }, fc.maxSafeNat())
const contents = fc.uint8Array({ maxLength: 8 })
const mode = fc.constantFrom(...lockModes)
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "d", "d/x", "d/y/z") },
  fc.string({ unit: "grapheme" }),
)
const path = fc.oneof(
  { weight: 9, arbitrary: name.map((inner) => `/ls/local/${inner}`) },
  fc.constant("/ls/local"),
  fc.string({ unit: "grapheme" }),
)
const node: fc.Arbitrary<NodeRef> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("path" as const), path }) },
  fc.record({ kind: fc.constant("handle" as const), handle: fc.string({ unit: "grapheme" }) }),
)
const listName = fc.constantFrom("anyone", "administrators", "nobody")
const text = fc.string({ unit: "grapheme", maxLength: 10 })

const acl: fc.Arbitrary<AclChange> = fc.record(
  { read: listName, write: listName, changeAcl: listName },
  { requiredKeys: [] },
)

const claims: fc.Arbitrary<SequencerClaims> = fc.record({
  cell: fc.constantFrom(cellName, "other"),
  path,
  instance: counter,
  mode,
  lockGeneration: counter,
})

const operations: fc.Arbitrary<MutatingOperation> = fc.oneof(
  fc.record({
    kind: fc.constant("createSession" as const),
    clientName: text,
    host: text,
    processId: counter,
    sessionLeaseMs: fc.oneof(fc.constant(12_000), counter),
    nonce: text,
    caching: fc.boolean(),
  }),
  fc.constant({ kind: "closeSession" as const }),
  fc.record({
    kind: fc.constant("open" as const),
    path,
    mode: fc.constantFrom("read" as const, "write" as const, "changeAcl" as const),
    create: fc.constantFrom("mustExist" as const, "mayCreate" as const, "mustCreate" as const),
    nodeKind: fc.constantFrom("file" as const, "directory" as const),
    ephemeral: fc.boolean(),
    sequential: fc.boolean(),
    contents,
    acl,
  }),
  fc.record({ kind: fc.constant("close" as const), handle: text }),
  fc.record({ kind: fc.constant("setContents" as const), node, contents }),
  fc.record({ kind: fc.constant("setContents" as const), node, contents, ifContentGeneration: counter }),
  fc.record({ kind: fc.constant("delete" as const), node }),
  fc.record({ kind: fc.constant("delete" as const), node, ifContentGeneration: counter }),
  fc.record({ kind: fc.constant("acquire" as const), node, mode, lockDelayMs: duration, waitMs: duration }),
  fc.record({ kind: fc.constant("tryAcquire" as const), node, mode, lockDelayMs: duration }),
  fc.record({ kind: fc.constant("setAcl" as const), node, acl }),
  fc.record({ kind: fc.constant("setAcl" as const), node, acl, ifAclGeneration: counter }),
  transaction,
  fc.record({ kind: fc.constant("cancelAcquire" as const), requestNumber: counter }),
  fc.record({ kind: fc.constant("release" as const), node }),
  fc.record({
    kind: fc.constant("rotateSigningKeys" as const),
    revoke: fc.boolean(),
    seeds: fc.oneof(
      { weight: 4, arbitrary: fc.constant([1, 2].map((byte) => new Uint8Array(32).fill(byte))) },
      fc.array(contents, { maxLength: 3 }),
    ),
    isScheduled: fc.boolean(),
  }),
)

const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant("call" as const),
      sessionId: fc.oneof({ weight: 9, arbitrary: fc.nat(3) }, counter),
      requestNumber: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, counter),
      answeredThrough: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(20), counter),
      stillOpen: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(fc.nat(20), { maxLength: 3 })),
      principal: fc.oneof({ weight: 9, arbitrary: fc.constant("") }, text),
      underSequencer: fc.option(claims, { nil: undefined, freq: 9 }),
      operation: operations,
    }),
  },
  fc.record({ kind: fc.constant("beginReign" as const), replicaId: counter, round: counter }),
  fc.record({
    kind: fc.constant("foundCell" as const),
    handleKey: contents,
    signingSeeds: fc.array(contents, { maxLength: 3 }),
    administrators: fc.array(text),
  }),
  fc.constant(founding),
  fc.record({ kind: fc.constant("expireSession" as const), sessionId: fc.nat(4), epoch: fc.nat(2) }),
  fc.record({ kind: fc.constant("attestDigest" as const), slot: counter, digest: counter }),
  fc.record({ kind: fc.constant("endLockDelay" as const), instance: fc.nat(9), since: fc.nat(9), epoch: fc.nat(2) }),
  fc.record({
    kind: fc.constant("endWait" as const),
    sessionId: fc.nat(4),
    requestNumber: fc.nat(60),
    epoch: fc.nat(2),
  }),
  fc.record({ kind: fc.constant("setLeaseFloor" as const), sessionLeaseMs: duration, epoch: fc.nat(2) }),
)

export const batches: fc.Arbitrary<readonly Command[]> = fc.array(commands, { maxLength: 6 })
