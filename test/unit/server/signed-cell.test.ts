/** Sequencers at the door: signed on their way out, verified on their way in, wherever they stand. */
import { describe, expect, test } from "vitest"
import type { Outcome, Request } from "../../../src/contract/requests.ts"
import { SignedCell } from "../../../src/server/signed-cell.ts"
import type { SignedOperation, SignedReply, SignedRequest } from "../../../src/wire/signed-forms.ts"
import { fileStat } from "../wire/samples.ts"
import { ScriptedCell } from "./scripted-cell.ts"
import { secretsOf, seedOf, signerOf } from "../../support/signing-keys.ts"

const claims = { cell: "test", path: "/ls/test/a", instance: 3, mode: "exclusive", lockGeneration: 4 } as const
/** What the door under test adds: a scripted cell is in its fourth reign. */
const besides = { cellId: "cell-for-tests", epoch: 4, principal: "CN=somebody", issuedAt: 1_700_000_000 } as const
/** Of the seed that a scripted cell has. */
const ownSigner = signerOf(seedOf(7))
const genuine = ownSigner.sign({ ...claims, ...besides })
/** Under the name of the cell's key, with another's signature. */
const forged = [
  ...genuine.split(".").slice(0, 2),
  signerOf(seedOf(8))
    .sign({ ...claims, ...besides })
    .split(".")[2],
].join(".")
const ofUnknownKey = signerOf(seedOf(8)).sign({ ...claims, ...besides })

/** What the door draws. */
const drawn = new Uint8Array(32)

const node = { kind: "path", path: "/ls/local/a" } as const
const getStat = { kind: "getStat", node } as const
const acquire = { kind: "acquire", node, mode: "shared", lockDelayMs: 0, waitMs: 0 } as const
const granted = { kind: "acquire", handle: "h", lockGeneration: 9, stat: { ...fileStat, path: "/ls/test/a" } } as const

interface Asked {
  readonly reply: SignedReply
  /** What the replica was asked; undefined: nothing. */
  readonly request: Request | undefined
}

interface Asking {
  readonly underSequencer?: string
  readonly outcome?: Outcome
  readonly cell?: ScriptedCell
}

function ask(
  operation: SignedOperation,
  { underSequencer = "", outcome = { kind: "delete" }, cell = new ScriptedCell() }: Asking = {},
): Promise<Asked> {
  const request: SignedRequest = {
    sessionId: 5,
    requestNumber: 6,
    answeredThrough: 3,
    stillOpen: [],
    epoch: 4,
    forCache: false,
    underSequencer,
    operation,
  }
  cell.answerAll = () => outcome
  return new Promise((resolve) => {
    new SignedCell(cell, {
      cellId: "cell-for-tests",
      now: () => 1_700_000_000_999,
      entropy: { bytes: (count) => drawn.fill(5, 0, count) },
    }).submit(request, "CN=somebody", (reply) => {
      resolve({ reply, request: cell.submitted[0]?.request })
    })
  })
}

function transacting(...sequencers: string[]): SignedOperation {
  const guards = sequencers.map((sequencer) => ({ kind: "lockHeld", sequencer }) as const)
  return { kind: "transact", guards: [{ kind: "epoch", equals: 4 }, ...guards], then: [], otherwise: [] }
}

test("the principal that the door names is the one that the cell is told", async () => {
  const { request } = await ask(getStat)
  expect(request?.principal).toBe("CN=somebody")
})

describe("whoever is granted a lock", () => {
  test("is told its sequencer at once, the very one that GetSequencer would name", async () => {
    const { reply } = await ask(acquire, { outcome: granted })
    const { path, instance } = granted.stat
    expect(reply.outcome).toEqual({
      ...granted,
      sequencer: ownSigner.sign({ cell: "test", path, instance, mode: "shared", lockGeneration: 9, ...besides }),
    })
  })

  test("at once or after waiting, in the mode that was asked for", async () => {
    const { kind: _, ...facts } = granted
    const { reply } = await ask(
      { kind: "tryAcquire", node, mode: "exclusive", lockDelayMs: 0 },
      { outcome: { kind: "tryAcquire", acquired: true, ...facts } },
    )
    if (reply.outcome.kind !== "tryAcquire" || !reply.outcome.acquired) throw new Error("it was acquired")
    expect(ownSigner.verify(reply.outcome.sequencer)).toMatchObject({
      kind: "genuine",
      statement: { mode: "exclusive" },
    })
  })

  test("is told none while the door doesn't know the key, and holds the lock all the same", async () => {
    const cell = new ScriptedCell()
    cell.keys = []
    const { reply } = await ask(acquire, { outcome: granted, cell })
    expect(reply.outcome).toEqual({ ...granted, sequencer: "" })
  })

  test("and whoever asks for it again, is told who holds, by which cell and when, in whole seconds", async () => {
    const { reply } = await ask({ kind: "getSequencer", node }, { outcome: { kind: "getSequencer", claims } })
    expect(reply.outcome).toMatchObject({ kind: "getSequencer", sequencer: genuine })
  })

  test("is the only one: a refused TryAcquire carries no sequencer", async () => {
    const refused = { kind: "tryAcquire", acquired: false, holders: [], waiterCount: 1, delay: undefined } as const
    const { reply } = await ask({ kind: "tryAcquire", node, mode: "shared", lockDelayMs: 0 }, { outcome: refused })
    expect(reply.outcome).toEqual(refused)
  })
})

describe("a call under a sequencer", () => {
  test("reaches the cell with its claims", async () => {
    const { request } = await ask(getStat, { underSequencer: genuine })
    expect(request?.underSequencer).toEqual(claims)
  })

  test("under none reaches the cell without a condition", async () => {
    const { request } = await ask(getStat)
    expect(request).toMatchObject({ underSequencer: undefined, operation: getStat })
  })

  test.each([forged, "nonsense"])("is refused, not done, if the cell has not signed it", async (sequencer) => {
    const { reply, request } = await ask(getStat, { underSequencer: sequencer })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
    expect(request).toBeUndefined()
  })

  test("may be sent again where the key is not known yet", async () => {
    const cell = new ScriptedCell()
    cell.keys = []
    const { reply, request } = await ask(getStat, { underSequencer: genuine, cell })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "FAIL_OVER_IN_PROGRESS" })
    expect(request).toBeUndefined()
  })
})

describe("a sequencer with the id of another cell, signed with a key that both cells have", () => {
  const foreign = ownSigner.sign({ ...claims, ...besides, cellId: "copy-of-a-cell" })

  test("is no condition for a call: it is refused and not done", async () => {
    const { reply, request } = await ask(getStat, { underSequencer: foreign })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
    expect(request).toBeUndefined()
  })

  test("is not valid, and whoever asks is told why", async () => {
    const { reply } = await ask({ kind: "checkSequencer", sequencer: foreign })
    const reason = "The sequencer is one of the cell copy-of-a-cell, not of cell-for-tests."
    expect(reply.outcome).toEqual({ kind: "checkSequencer", valid: false, reason })
  })
})

describe("a transaction guarded by locks", () => {
  test("reaches the cell with the claims of all of them, its guards in their order", async () => {
    const { request } = await ask(transacting(genuine, genuine))
    expect(request?.operation).toEqual({
      kind: "transact",
      guards: [
        { kind: "epoch", equals: 4 },
        { kind: "lockHeld", claims },
        { kind: "lockHeld", claims },
      ],
      then: [],
      otherwise: [],
    })
  })

  test("is refused if one sequencer is forged: neither list may be done on the strength of it", async () => {
    const { reply, request } = await ask(transacting(genuine, forged))
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
    expect(request).toBeUndefined()
  })
})

describe("a sequencer to be checked", () => {
  test("is not valid if it is forged, which is an answer", async () => {
    const { reply } = await ask({ kind: "checkSequencer", sequencer: forged })
    expect(reply.outcome).toMatchObject({ kind: "checkSequencer", valid: false })
  })

  test("is refused if it is none at all", async () => {
    const { reply } = await ask({ kind: "checkSequencer", sequencer: "nonsense" })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
  })
})

describe("a sequencer whose key this replica does not know", () => {
  const valid = { kind: "checkSequencer", valid: true, reason: "" } as const

  test("is called foreign only when a master has answered, whatever it thinks of the claims", async () => {
    const { reply, request } = await ask({ kind: "checkSequencer", sequencer: ofUnknownKey }, { outcome: valid })
    expect(request?.operation).toEqual({ kind: "checkSequencer", claims })
    expect(reply.outcome).toMatchObject({ kind: "checkSequencer", valid: false })
    expect(reply.outcome).toHaveProperty("reason", expect.stringContaining("has given up"))
  })

  test("sends its caller to the master where there is another", async () => {
    const notMaster = { kind: "refused", code: "NOT_MASTER", detail: "Ask replica 2.", masterHint: "r2:4300" } as const
    for (const [operation, underSequencer] of [
      [getStat, ofUnknownKey],
      [transacting(ofUnknownKey), ""],
    ] as const) {
      const { reply } = await ask(operation, { outcome: notMaster, underSequencer })
      expect(reply.outcome).toEqual(notMaster)
    }
  })

  test("stops a call that depends on it", async () => {
    const { reply } = await ask(getStat, { outcome: valid, underSequencer: ofUnknownKey })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
  })

  test("may be shown again if the replica has learned of new keys meanwhile", async () => {
    const cell = new ScriptedCell()
    const asked = ask({ kind: "checkSequencer", sequencer: ofUnknownKey }, { outcome: valid, cell })
    cell.keys = secretsOf(7, 9, 8)
    expect((await asked).reply.outcome).toMatchObject({ kind: "refused", code: "FAIL_OVER_IN_PROGRESS" })
  })

  test("is foreign at once if it is of another cell", async () => {
    const elsewhere = signerOf(seedOf(8)).sign({ ...claims, ...besides, cellId: "elsewhere" })
    const { reply, request } = await ask({ kind: "checkSequencer", sequencer: elsewhere })
    expect(reply.outcome).toMatchObject({ kind: "checkSequencer", valid: false })
    expect(request).toBeUndefined()
  })
})

describe("a rotation of the signing keys", () => {
  const rotate = { kind: "rotateSigningKeys", revoke: false } as const
  const done = { kind: "rotateSigningKeys" } as const

  test("reaches the cell with two fresh seeds, and never as the cell's own doing", async () => {
    const asked = { ...rotate, isScheduled: true, seeds: [seedOf(1), seedOf(2)] }
    const { request } = await ask(asked, { outcome: done })
    const seeds = [seedOf(5), seedOf(5)]
    expect(request?.operation).toEqual({ kind: "rotateSigningKeys", revoke: false, seeds, isScheduled: false })
  })

  test("is answered with public keys and no seed", async () => {
    const cell = new ScriptedCell()
    const { reply } = await ask(rotate, { outcome: done, cell })
    if (reply.outcome.kind !== "rotateSigningKeys") throw new Error("it was rotated")
    expect(reply.outcome.keys.map(({ state }) => state)).toEqual(["current", "next"])
    const told = JSON.stringify(reply.outcome, (_, value: unknown) =>
      value instanceof Uint8Array ? [...value].join() : value,
    )
    for (const { seed } of cell.keys) expect(told).not.toContain([...seed].join())
  })
})
