import { describe, expect, test } from "vitest"
import { NoticeInbox } from "../../../../src/client/core/notice-inbox.ts"
import type { Notice } from "../../../../src/contract/notices.ts"

function invalidation(name: string): Notice {
  return { kind: "invalidate", keys: [`/ls/test/${name}`] }
}

const [a, b, c] = [invalidation("a"), invalidation("b"), invalidation("c")] as const

describe("notices of one epoch", () => {
  test("are taken in once, however often they are repeated", () => {
    const inbox = new NoticeInbox(1, 10, true)
    expect(inbox.take({ epoch: 1, commitIndex: 11, firstNotice: 1, notices: [a, b] })).toEqual([a, b])
    expect(inbox.take({ epoch: 1, commitIndex: 12, firstNotice: 1, notices: [a, b, c] })).toEqual([c])
    expect(inbox.take({ epoch: 1, commitIndex: 12, firstNotice: 2, notices: [b, c] })).toEqual([])
    expect(inbox.seen).toEqual({ epoch: 1, through: 3 })
    expect(inbox.seenThrough).toBe(12)
  })

  test("that skip a number are taken for a loss", () => {
    const inbox = new NoticeInbox(1, 10, true)
    const taken = inbox.take({ epoch: 1, commitIndex: 15, firstNotice: 3, notices: [c] })
    expect(taken).toEqual([{ kind: "resync", through: 15 }, c])
    expect(inbox.seen).toEqual({ epoch: 1, through: 3 })
  })

  test("may be none, and the answer still tells how far the session knows everything", () => {
    const inbox = new NoticeInbox(1, 10, true)
    inbox.take({ epoch: 1, commitIndex: 11, firstNotice: 1, notices: [a] })
    expect(inbox.take({ epoch: 1, commitIndex: 20, firstNotice: 2, notices: [] })).toEqual([])
    expect(inbox.seen).toEqual({ epoch: 1, through: 1 })
    expect(inbox.seenThrough).toBe(20)
  })
})

describe("a new master", () => {
  test("numbers from one again, and nothing that the one before says later is taken in", () => {
    const inbox = new NoticeInbox(1, 10, true)
    inbox.take({ epoch: 1, commitIndex: 11, firstNotice: 1, notices: [a, b] })
    expect(inbox.enter(2)).toBe(true)
    expect(inbox.seen).toEqual({ epoch: 2, through: 0 })
    expect(inbox.take({ epoch: 1, commitIndex: 99, firstNotice: 3, notices: [c] })).toEqual([])
    expect(inbox.take({ epoch: 2, commitIndex: 12, firstNotice: 1, notices: [c] })).toEqual([c])
    expect(inbox.enter(2)).toBe(false)
  })

  test("proves nothing by its commit index before it has been told what the session wants to hear", () => {
    const inbox = new NoticeInbox(1, 10, true)
    expect(inbox.take({ epoch: 2, commitIndex: 50, firstNotice: 1, notices: [] })).toEqual([])
    expect(inbox.epoch).toBe(2)
    expect([inbox.isResumed, inbox.isCaughtUp, inbox.seenThrough]).toEqual([false, false, 10])
  })

  test("has told everything once the last notice that came of resume was taken in, whichever comes first", () => {
    const answerFirst = new NoticeInbox(1, 10, true)
    answerFirst.enter(2)
    answerFirst.resumed(2, { lastNotice: 2, commitIndex: 50 })
    expect([answerFirst.isResumed, answerFirst.isCaughtUp]).toEqual([true, false])
    answerFirst.take({ epoch: 2, commitIndex: 50, firstNotice: 1, notices: [a] })
    expect(answerFirst.isCaughtUp).toBe(false)
    answerFirst.take({ epoch: 2, commitIndex: 51, firstNotice: 2, notices: [b] })
    expect([answerFirst.isCaughtUp, answerFirst.seenThrough]).toEqual([true, 51])

    const noticesFirst = new NoticeInbox(1, 10, true)
    noticesFirst.take({ epoch: 2, commitIndex: 50, firstNotice: 1, notices: [a, b] })
    expect(noticesFirst.seenThrough).toBe(10)
    expect(noticesFirst.resumed(2, { lastNotice: 2, commitIndex: 49 })).toBe(true)
    expect([noticesFirst.isCaughtUp, noticesFirst.seenThrough]).toEqual([true, 49])
  })

  test("is not the one that an answer to resume of another epoch came from", () => {
    const inbox = new NoticeInbox(1, 10, true)
    inbox.enter(3)
    expect(inbox.resumed(2, { lastNotice: 0, commitIndex: 50 })).toBe(false)
    expect(inbox.isCaughtUp).toBe(false)
  })

  test("has to be told also when it may have inherited a session that has just been opened", () => {
    const inbox = new NoticeInbox(1, 10, false)
    expect(inbox.isCaughtUp).toBe(false)
    inbox.resumed(1, { lastNotice: 0, commitIndex: 11 })
    expect([inbox.isCaughtUp, inbox.seenThrough]).toEqual([true, 11])
  })
})
