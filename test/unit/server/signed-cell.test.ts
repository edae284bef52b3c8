/** Sequencers at the door: signed on their way out, verified on their way in, wherever they stand. */
import { describe, expect, test } from "vitest"
import type { Outcome, Request } from "../../../src/contract/requests.ts"
import { SequencerSigner } from "../../../src/server/sequencer-signer.ts"
import { SignedCell } from "../../../src/server/signed-cell.ts"
import type { SignedOperation, SignedReply, SignedRequest } from "../../../src/wire/signed-forms.ts"
import { fileStat } from "../wire/samples.ts"
import { ScriptedCell } from "./scripted-cell.ts"

const claims = { cell: "test", path: "/ls/test/a", instance: 3, mode: "exclusive", lockGeneration: 4 } as const
/** Of the seed that a scripted cell has. */
const ownSigner = new SequencerSigner(new Uint8Array(32).fill(7))
const genuine = ownSigner.sign(claims)
const forged = new SequencerSigner(new Uint8Array(32).fill(8)).sign(claims)

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
    new SignedCell(cell).submit(request, "CN=somebody", (reply) => {
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
      sequencer: ownSigner.sign({ cell: "test", path, instance, mode: "shared", lockGeneration: 9 }),
    })
  })

  test("at once or after waiting, in the mode that was asked for", async () => {
    const { kind: _, ...facts } = granted
    const { reply } = await ask(
      { kind: "tryAcquire", node, mode: "exclusive", lockDelayMs: 0 },
      { outcome: { kind: "tryAcquire", acquired: true, ...facts } },
    )
    if (reply.outcome.kind !== "tryAcquire" || !reply.outcome.acquired) throw new Error("it was acquired")
    expect(ownSigner.verify(reply.outcome.sequencer)).toMatchObject({ kind: "genuine", claims: { mode: "exclusive" } })
  })

  test("is told none while the door doesn't know the key, and holds the lock all the same", async () => {
    const cell = new ScriptedCell()
    cell.seed = undefined
    const { reply } = await ask(acquire, { outcome: granted, cell })
    expect(reply.outcome).toEqual({ ...granted, sequencer: "" })
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
    cell.seed = undefined
    const { reply, request } = await ask(getStat, { underSequencer: genuine, cell })
    expect(reply.outcome).toMatchObject({ kind: "refused", code: "FAIL_OVER_IN_PROGRESS" })
    expect(request).toBeUndefined()
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
