import { describe, expect, test } from "vitest"
import { EventQueue } from "../../../src/client/event-queue.ts"

interface Bench {
  readonly queue: EventQueue<number>
  readonly left: number[]
}

function bench(): Bench {
  const left: number[] = []
  const onFull = (queue: number[]): void => {
    queue.splice(0, queue.length, -1)
  }
  return { queue: new EventQueue<number>({ lengthMax: 3, onFull, onLeave: () => left.push(1) }), left }
}

async function rest(queue: EventQueue<number>): Promise<number[]> {
  const read: number[] = []
  for await (const event of queue) read.push(event)
  return read
}

describe("the queue of a reader", () => {
  test("keeps what was told before it is read, and hands on what is told while it is waited for", async () => {
    const { queue } = bench()
    queue.push(1)
    expect(await queue.next()).toEqual({ done: false, value: 1 })
    const waiting = queue.next()
    queue.push(2)
    expect(await waiting).toEqual({ done: false, value: 2 })
  })

  test("that is full makes room as it was told to", async () => {
    const { queue } = bench()
    for (const event of [1, 2, 3, 4]) queue.push(event)
    queue.finish()
    expect(await rest(queue)).toEqual([-1, 4])
  })

  test("that was finished is read to its end, and takes nothing more", async () => {
    const { queue } = bench()
    queue.push(1)
    queue.finish()
    queue.push(2)
    expect(await rest(queue)).toEqual([1])
  })

  test("that failed throws once, after what there is to read", async () => {
    const { queue } = bench()
    queue.push(1)
    queue.fail(new Error("lost"))
    expect(await queue.next()).toEqual({ done: false, value: 1 })
    await expect(queue.next()).rejects.toThrow("lost")
    expect(await queue.next()).toEqual({ done: true, value: undefined })
  })

  test("tells that its reader has left, once, and drops what was not read", async () => {
    const { queue, left } = bench()
    queue.push(1)
    await queue.return()
    await queue.return()
    expect(await rest(queue)).toEqual([])
    expect(left).toEqual([1])
  })
})
