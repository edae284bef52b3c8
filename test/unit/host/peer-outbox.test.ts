import { describe, expect, test } from "vitest"
import { PeerOutbox } from "../../../src/host/peer-outbox.ts"

const mebibyte = 1024 * 1024

describe("an outbox", () => {
  test("gives back what was put in, in order", () => {
    const outbox = new PeerOutbox()
    outbox.add(numbered(0, 1), 0)
    outbox.add(numbered(2), 0)
    expect(outbox.gather()).toEqual(numbered(0, 1, 2))
    expect(outbox.isEmpty).toBe(true)
  })

  test("gathers about eight mebibytes at a time, and a larger message by itself", () => {
    const outbox = new PeerOutbox()
    outbox.add([...lots(5, 3), ...lots(1, 20), ...lots(2, 1)], 0)
    const sizes: number[] = []
    while (!outbox.isEmpty) sizes.push(outbox.gather().length)
    expect(sizes).toEqual([2, 2, 1, 1, 2])
  })

  test("keeps the first messages that fit, and says that there were others", () => {
    const outbox = new PeerOutbox()
    expect(outbox.add(lots(60, 1), 0)).toBe(true)
    expect(outbox.add(lots(10, 1), 0)).toBe(false)
    let count = 0
    while (!outbox.isEmpty) count += outbox.gather().length
    expect(count).toBe(63)
    expect(outbox.add(lots(63, 1), 0)).toBe(true)
  })

  test("counts what the socket has not yet passed on", () => {
    const outbox = new PeerOutbox()
    expect(outbox.add(lots(2, 1), 62 * mebibyte)).toBe(false)
    expect(outbox.gather()).toHaveLength(1)
  })
})

function numbered(...values: readonly number[]): readonly Uint8Array[] {
  return values.map((value) => new Uint8Array([value]))
}

function lots(count: number, mebibytes: number): readonly Uint8Array[] {
  const message = new Uint8Array(mebibytes * mebibyte)
  return Array.from({ length: count }, () => message)
}
