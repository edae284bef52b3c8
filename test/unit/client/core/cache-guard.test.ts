import { describe, expect, test } from "vitest"
import { CacheGuard } from "../../../../src/client/core/cache-guard.ts"

const [a, b] = ["/ls/local/a", "/ls/local/b"] as const

describe("an answer", () => {
  test("may be kept if nothing happened to its keys on the way", () => {
    const guard = new CacheGuard()
    const read = guard.beginRead([a])
    guard.overtake([b])
    expect(guard.endRead(read)).toBe(true)
  })

  test("may not be kept if an invalidation overtook it, of its key or of all", () => {
    const guard = new CacheGuard()
    const [one, all] = [guard.beginRead([b, a]), guard.beginRead([b])]
    guard.overtake([a])
    expect(guard.endRead(one)).toBe(false)
    guard.overtake("all")
    expect(guard.endRead(all)).toBe(false)
    expect(guard.endRead(guard.beginRead([a]))).toBe(true)
  })

  test("may not be kept if it was asked for before a write of one's own, or while that was under way", () => {
    const guard = new CacheGuard()
    const before = guard.beginRead([a])
    const write = guard.beginWrite([a])
    const during = guard.beginRead([a])
    const other = guard.beginRead([b])
    guard.endWrite(write, true)
    const after = guard.beginRead([a])
    expect([before, during, other, after].map((read) => guard.endRead(read))).toEqual([false, false, true, true])
  })
})

describe("a key", () => {
  test("is barred while any write is under way that may touch it", () => {
    const guard = new CacheGuard()
    const writes = [guard.beginWrite([a]), guard.beginWrite([a, b])] as const
    guard.endWrite(writes[0], true)
    expect([guard.isBarred(a), guard.isBarred(b)]).toEqual([true, true])
    guard.endWrite(writes[1], true)
    expect([guard.isBarred(a), guard.isBarred(b)]).toEqual([false, false])
    const all = guard.beginWrite("all")
    expect(guard.isBarred(a)).toBe(true)
    guard.endWrite(all, true)
    expect(guard.isBarred(a)).toBe(false)
  })

  test("stays barred until another master serves if a write was given up that may still arrive", () => {
    const guard = new CacheGuard()
    const write = guard.beginWrite([a])
    write.sendingCount = 1
    guard.endWrite(write, false)
    expect([guard.isBarred(a), guard.isBarred(b)]).toEqual([true, false])
    guard.enterEpoch()
    expect(guard.isBarred(a)).toBe(false)
  })

  test("stays barred if a write was sent twice to the same master: a copy may arrive after the answer", () => {
    const guard = new CacheGuard()
    const write = guard.beginWrite([a])
    write.sendingCount = 2
    guard.endWrite(write, true)
    expect(guard.isBarred(a)).toBe(true)
  })

  test("is free after a write that was sent to two masters: what the first may still get is void", () => {
    const guard = new CacheGuard()
    const write = guard.beginWrite([a])
    write.sendingCount = 1
    guard.enterEpoch()
    write.sendingCount += 1
    guard.endWrite(write, true)
    expect(guard.isBarred(a)).toBe(false)
  })

  test("is free after a write that was given up before it was sent", () => {
    const guard = new CacheGuard()
    guard.endWrite(guard.beginWrite([a]), false)
    expect(guard.isBarred(a)).toBe(false)
  })

  test("is barred with all others when too many writes are in doubt, or one of them may touch any", () => {
    const guard = new CacheGuard()
    const write = guard.beginWrite("all")
    write.sendingCount = 1
    guard.endWrite(write, false)
    expect(guard.isBarred(b)).toBe(true)
    guard.enterEpoch()
    const keys = Array.from({ length: 10_001 }, (_, number) => `/ls/local/many/${number}`)
    const many = guard.beginWrite(keys)
    many.sendingCount = 1
    guard.endWrite(many, false)
    expect(guard.isBarred(b)).toBe(true)
    guard.enterEpoch()
    expect(guard.isBarred(b)).toBe(false)
  })
})
