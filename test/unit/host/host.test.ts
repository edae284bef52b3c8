import { describe, expect, test, vi } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { Reply } from "../../../src/contract/requests.ts"
import { encodeMessage } from "../../../src/host/peer-codec.ts"
import {
  answer,
  digest,
  envelope,
  progress,
  request,
  type ScriptedWorld,
  self,
  settled,
  someReply,
  startedWorld,
} from "./scripted-world.ts"

/** Something for the next turn to be about. */
function poke({ peers }: ScriptedWorld): void {
  peers.receive(2, [encodeMessage(digest(1))])
}

function codes(replies: readonly Reply[]): string[] {
  return replies.map(({ outcome }) => (outcome.kind === "refused" ? outcome.code : outcome.kind))
}

describe("a turn", () => {
  test("takes all inputs that have come since the last one, in order", () => {
    const world = startedWorld()
    world.peers.receive(2, [encodeMessage(digest(1)), encodeMessage(digest(2))])
    const ticket = world.host.submit(request(), () => {})
    world.peers.receive(3, [encodeMessage(digest(3))])
    expect(world.core.turns).toEqual([])
    world.turn()
    expect(world.core.turns).toEqual([
      {
        now: 1_000,
        inputs: [
          { kind: "message", from: 2, message: digest(1) },
          { kind: "message", from: 2, message: digest(2) },
          { kind: "request", ticket, request: request() },
          { kind: "message", from: 3, message: digest(3) },
        ],
      },
    ])
  })

  test("does not come without inputs", () => {
    const world = startedWorld()
    world.turn()
    world.turn()
    expect(world.core.turns).toEqual([])
  })

  test("sends what may leave at once, in one frame for each replica", () => {
    const world = startedWorld()
    world.core.next({ send: [envelope(2, 1), envelope(3, 1), envelope(2, 2)], journal: [progress(1)] })
    poke(world)
    world.turn()
    expect(world.peers.sent).toEqual([
      { to: 2, messages: [digest(1), digest(2)] },
      { to: 3, messages: [digest(1)] },
    ])
  })

  test("tells its traces", () => {
    const world = startedWorld()
    world.core.next({ trace: [{ kind: "becameMaster", epoch: 7 }] })
    poke(world)
    world.turn()
    expect(world.traces).toEqual([{ kind: "becameMaster", epoch: 7 }])
  })

  test("drops a message that can't be decoded and takes those beside it", () => {
    const world = startedWorld()
    world.peers.receive(2, [new Uint8Array([255, 1]), encodeMessage(digest(1)), new Uint8Array()])
    world.turn()
    expect(world.core.turns[0]?.inputs).toEqual([{ kind: "message", from: 2, message: digest(1) }])
    expect(world.fatal).toEqual([])
  })

  test("gives what a replica sends to itself to a later turn", () => {
    const world = startedWorld()
    world.core.next({ send: [envelope(self, 9)] })
    poke(world)
    world.turn()
    expect(world.peers.sent).toEqual([])
    world.turn()
    expect(world.core.turns[1]?.inputs).toEqual([{ kind: "message", from: self, message: digest(9) }])
  })
})

describe("what waits for the sync", () => {
  test("leaves only once the turn's journal is durable", async () => {
    const world = startedWorld()
    world.core.next({ journal: [progress(1)], sendAfterSync: [envelope(2, 1), envelope(self, 2)] })
    poke(world)
    world.turn()
    await settled()
    world.turn()
    expect([world.peers.sent, world.core.turns.length]).toEqual([[], 1])
    await world.sync()
    expect(world.peers.sent).toEqual([{ to: 2, messages: [digest(1)] }])
    world.turn()
    expect(world.core.turns[1]?.inputs).toEqual([{ kind: "message", from: self, message: digest(2) }])
  })

  test("leaves at once when nothing is on its way to the disk", () => {
    const world = startedWorld()
    world.core.next({ sendAfterSync: [envelope(2, 1)] })
    poke(world)
    world.turn()
    expect(world.peers.sent).toEqual([{ to: 2, messages: [digest(1)] }])
  })

  test("waits for the commits of earlier turns even if its own turn has no journal", async () => {
    const world = startedWorld()
    world.core.next({ journal: [progress(1)] }, { sendAfterSync: [envelope(2, 2)] }, { journal: [progress(3)] })
    for (let count = 0; count < 3; count += 1) {
      poke(world)
      world.turn()
    }
    expect(world.peers.sent).toEqual([])
    await world.sync()
    expect(world.peers.sent).toEqual([{ to: 2, messages: [digest(2)] }])
  })

  test("waits for the gathering commit, too, if earlier turns are in it", async () => {
    const world = startedWorld()
    world.core.next({ journal: [progress(1)] }, { journal: [progress(2)] }, { sendAfterSync: [envelope(2, 3)] })
    for (let count = 0; count < 3; count += 1) {
      poke(world)
      world.turn()
    }
    await world.sync()
    expect(world.peers.sent).toEqual([])
    await world.sync()
    expect(world.peers.sent).toEqual([{ to: 2, messages: [digest(3)] }])
  })

  test("never leaves when the commit fails, and the failure is told once", async () => {
    const world = startedWorld()
    world.core.next(
      { journal: [progress(1)], sendAfterSync: [envelope(2, 1)] },
      { journal: [progress(2)], sendAfterSync: [envelope(2, 2)] },
    )
    poke(world)
    world.turn()
    poke(world)
    world.turn()
    world.disk.underWay.shift()?.fail(new Error("EIO"))
    await settled()
    poke(world)
    world.turn()
    expect(world.fatal.map(({ message }) => message)).toEqual(["EIO"])
    expect([world.peers.sent, world.core.turns.length, world.disk.commitCount]).toEqual([[], 2, 1])
  })
})

describe("group commit", () => {
  test("turns go on while the disk syncs, and share the next commit", async () => {
    const world = startedWorld()
    for (let slot = 1; slot <= 4; slot += 1) {
      world.core.next({
        journal: [{ kind: "accepted", slot, ballot: { round: 1, replicaId: 1 }, value: new Uint8Array() }],
        sendAfterSync: [envelope(2, slot)],
      })
      poke(world)
      world.turn()
    }
    expect(world.disk.underWay.map(({ keys }) => keys)).toEqual([["log/00000000000001"]])
    await world.sync()
    expect(world.disk.underWay.map(({ keys }) => keys)).toEqual([
      ["log/00000000000002", "log/00000000000003", "log/00000000000004"],
    ])
    await world.sync()
    expect(world.peers.sent).toEqual([1, 2, 3, 4].map((slot) => ({ to: 2, messages: [digest(slot)] })))
    expect(world.disk.underWay).toEqual([])
  })
})

describe("a reply", () => {
  test("goes to the one who asked, once", () => {
    const world = startedWorld()
    const [first, second] = [vi.fn(), vi.fn()]
    const ticket = world.host.submit(request(), first)
    world.host.submit(request(), second)
    world.core.next({ replies: [answer(ticket)] }, { replies: [answer(ticket)] })
    world.turn()
    poke(world)
    world.turn()
    expect(first.mock.calls).toEqual([[someReply]])
    expect(second).not.toHaveBeenCalled()
  })

  test("does not go to one who has left, and the replica hears of that", () => {
    const world = startedWorld()
    const onReply = vi.fn()
    const ticket = world.host.submit(request(), onReply)
    world.host.abandon(ticket)
    world.host.abandon(ticket)
    world.core.next({ replies: [answer(ticket)] })
    world.turn()
    expect(onReply).not.toHaveBeenCalled()
    expect(world.core.turns[0]?.inputs.map(({ kind }) => kind)).toEqual(["request", "abandon"])
  })

  test("under the lease is replaced if the lease has run out while it was made", () => {
    const world = startedWorld()
    const replies: Reply[] = []
    const tickets = [1, 2].map(() => world.host.submit(request(), (reply) => replies.push(reply)))
    world.core.next(() => {
      world.time.instant = 1_050
      const [underLease, settledFact] = tickets as [number, number]
      return { replies: [answer(underLease, true), answer(settledFact)], leaseUntil: 1_050 }
    })
    world.turn()
    expect(codes(replies)).toEqual(["FAIL_OVER_IN_PROGRESS", "closeSession"])
  })

  test("under the lease leaves while the lease lasts", () => {
    const world = startedWorld()
    const replies: Reply[] = []
    const ticket = world.host.submit(request(), (reply) => replies.push(reply))
    world.core.next(() => {
      world.time.instant = 1_049
      return { replies: [answer(ticket, true)], leaseUntil: 1_050 }
    })
    world.turn()
    expect(codes(replies)).toEqual(["closeSession"])
  })

  test("of many waits for its round of the event loop, in which other replicas are heard as well", () => {
    const world = startedWorld()
    const answered: number[] = []
    const tickets = Array.from({ length: 300 }, () => {
      const ticket: number = world.host.submit(request(), () => answered.push(ticket))
      return ticket
    })
    world.core.next({ replies: tickets.map((ticket) => answer(ticket)) })
    world.turn()
    expect(answered).toEqual(tickets.slice(0, 128))
    const late = world.host.submit(request(), () => answered.push(late))
    poke(world)
    world.core.next({ replies: [answer(late)] })
    world.turn()
    expect(world.core.turns[1]?.inputs.map(({ kind }) => kind)).toEqual(["request", "message"])
    expect(answered).toHaveLength(256)
    world.turn()
    expect(answered).toEqual([...tickets, late])
  })

  test("of many leaves before a replica has stopped", async () => {
    const world = startedWorld()
    const replies: Reply[] = []
    const tickets = Array.from({ length: 300 }, () => world.host.submit(request(), (reply) => replies.push(reply)))
    world.core.next({ replies: tickets.map((ticket) => answer(ticket)) })
    const stopped = world.host.stop()
    world.turn()
    await stopped
    expect(new Set(codes(replies))).toEqual(new Set(["closeSession"]))
    expect(replies).toHaveLength(300)
  })

  test("that a door can't pass on harms nobody else", () => {
    const world = startedWorld()
    const onReply = vi.fn()
    const broken = world.host.submit(request(), () => {
      throw new Error("the stream is gone")
    })
    const sound = world.host.submit(request(), onReply)
    world.core.next({ replies: [answer(broken), answer(sound)] })
    world.turn()
    expect(onReply).toHaveBeenCalledOnce()
    expect(world.fatal).toEqual([])
  })
})

describe("under overload", () => {
  test("requests beyond the limit are refused, messages of replicas get in", () => {
    const world = startedWorld()
    const replies: Reply[] = []
    const getStat = { ...request(), operation: { kind: "getStat", node: { kind: "path", path: "/ls/local" } } } as const
    for (let count = 0; count < limits.inputQueueMax + 1; count += 1) {
      world.host.submit(getStat, (reply) => replies.push(reply))
    }
    poke(world)
    expect(replies).toEqual([])
    world.turn()
    expect(codes(replies)).toEqual(["OVERLOADED"])
    expect(world.core.turns[0]?.inputs).toHaveLength(limits.inputQueueMax + 1)
    world.host.submit(getStat, (reply) => replies.push(reply))
    world.turn()
    expect(codes(replies)).toEqual(["OVERLOADED"])
  })

  test("KeepAlives get in when other requests don't, but not without end", () => {
    const world = startedWorld()
    const replies: Reply[] = []
    for (let count = 0; count < 2 * limits.inputQueueMax + 1; count += 1) {
      world.host.submit(request(), (reply) => replies.push(reply))
    }
    world.turn()
    expect(codes(replies)).toEqual(["OVERLOADED"])
    expect(world.core.turns[0]?.inputs).toHaveLength(2 * limits.inputQueueMax)
  })
})

describe("the wake-up", () => {
  test("comes as a tick at the instant that the replica wished last", () => {
    const world = startedWorld()
    world.core.next({ wakeAt: 1_100 }, { wakeAt: 1_200 })
    poke(world)
    world.turn()
    poke(world)
    world.turn()
    world.time.advanceTo(1_100)
    world.turn()
    expect(world.core.turns).toHaveLength(2)
    world.time.advanceTo(1_200)
    world.turn()
    expect(world.core.turns[2]).toEqual({ now: 1_200, inputs: [{ kind: "tick" }] })
  })

  test("takes one timer, however often the wish changes", () => {
    const world = startedWorld()
    for (const wakeAt of [1_500, 1_400, 1_600, 1_300, 1_700]) {
      world.core.next({ wakeAt })
      poke(world)
      world.turn()
    }
    expect([world.time.timerCount, world.time.nextTimerAt]).toEqual([1, 1_300])
  })
})

describe("a replica that must not go on", () => {
  test("stops at a broken invariant, and nothing of that turn leaves", () => {
    const world = startedWorld()
    const onReply = vi.fn()
    world.host.submit(request(), onReply)
    world.core.next(() => {
      throw new AssertionError("broken invariant: two is one")
    })
    world.turn()
    poke(world)
    world.turn()
    expect(world.fatal.map(({ message }) => message)).toEqual(["broken invariant: two is one"])
    expect([world.core.turns.length, world.time.timerCount]).toEqual([1, 0])
    expect(onReply).not.toHaveBeenCalled()
  })

  test("in quarantine writes its last records, sends nothing, and then says so", async () => {
    const world = startedWorld()
    world.core.next({ quarantine: "digests differ", journal: [progress(0)], send: [envelope(2, 1)] })
    poke(world)
    world.turn()
    poke(world)
    world.turn()
    expect([world.fatal, world.peers.sent, world.core.turns.length]).toEqual([[], [], 1])
    expect(world.disk.underWay.map(({ keys }) => keys)).toEqual([["progress"]])
    await world.sync()
    expect(world.fatal.map(({ message }) => message)).toEqual(["this replica must be rebuilt: digests differ"])
  })
})

describe("stopping", () => {
  test("hands over, finishes the commits, and refuses whoever still waits as unknown", async () => {
    const world = startedWorld()
    world.core.role = "master"
    const replies: Reply[] = []
    world.host.submit(request(), (reply) => replies.push(reply))
    world.turn()
    world.core.next(() => {
      world.core.role = "replica"
      return { journal: [progress(1)], sendAfterSync: [envelope(2, 1)] }
    })
    let isStopped = false
    const stopping = world.host.stop().then(() => (isStopped = true))
    world.turn()
    await settled()
    expect(world.core.turns[1]?.inputs).toEqual([{ kind: "handOver" }])
    expect([isStopped, replies]).toEqual([false, []])
    await world.sync()
    await stopping
    expect(world.peers.sent).toEqual([{ to: 2, messages: [digest(1)] }])
    expect(replies[0]?.outcome).toMatchObject({ code: "FAIL_OVER_IN_PROGRESS", unknownOutcome: true })
    expect(world.time.timerCount).toBe(0)
  })

  test("goes on until a successor is found, but not for ever", async () => {
    const world = startedWorld()
    world.core.role = "master"
    let isStopped = false
    const stopping = world.host.stop().then(() => (isStopped = true))
    world.turn()
    poke(world)
    world.turn()
    await settled()
    expect(isStopped).toBe(false)
    world.time.advanceTo(world.time.nextTimerAt)
    await stopping
    expect(world.core.turns).toHaveLength(2)
  })

  test("takes no new requests", async () => {
    const world = startedWorld()
    const replies: Reply[] = []
    const stopping = world.host.stop()
    world.host.submit(request(), (reply) => replies.push(reply))
    world.turn()
    await stopping
    expect(codes(replies)).toEqual(["FAIL_OVER_IN_PROGRESS"])
  })
})
