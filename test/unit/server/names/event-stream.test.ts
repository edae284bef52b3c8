import { describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { Answer } from "../../../../src/server/names/answer.ts"
import { EventStream, type EventSink } from "../../../../src/server/names/event-stream.ts"
import { EventStreams } from "../../../../src/server/names/event-streams.ts"
import { nameLimits } from "../../../../src/server/names/name-limits.ts"
import { VirtualSurroundings } from "../../client/virtual-surroundings.ts"
import { fileAt, missingAt } from "./scripted-source.ts"

/** A response whose reader takes what is written, or does not. */
class Sink implements EventSink {
  readonly written: Uint8Array[] = []
  writableNeedDrain = false
  isDestroyed = false
  isEnded = false
  #onDrain: () => void = () => undefined

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes)
    return true
  }

  end(): void {
    this.isEnded = true
  }

  destroy(): void {
    this.isDestroyed = true
  }

  on(_event: "drain", listener: () => void): void {
    this.#onDrain = listener
  }

  drain(): void {
    this.writableNeedDrain = false
    this.#onDrain()
  }

  /** Ids of values, and what else was said, in order. */
  get told(): readonly string[] {
    const text = Buffer.concat(this.written).toString()
    const messages = text.split("\n\n").filter((message) => message !== "" && !message.startsWith("retry"))
    return messages.map((message) => {
      const id = /^id: (\d+)$/m.exec(message)?.[1]
      const event = /^event: (\w+)$/m.exec(message)?.[1]
      return [event, id].filter((part) => part !== undefined).join(" ") || message
    })
  }
}

function opened(knownThrough = 0, index = 5): { readonly stream: EventStream; readonly sink: Sink } {
  const sink = new Sink()
  const stream = new EventStream(knownThrough, () => undefined)
  stream.begin(sink, new Answer(fileAt(index)))
  return { stream, sink }
}

describe("an event stream", () => {
  test("begins with the present value, and tells each that comes", () => {
    const { stream, sink } = opened()
    stream.tell(new Answer(fileAt(6)), false)
    stream.tell(new Answer(missingAt(7)), false)
    expect(sink.told).toEqual(["5", "6", "gone 7"])
  })

  test("does not repeat what its reader says it knows", () => {
    const { stream, sink } = opened(5)
    expect(sink.told).toEqual([])
    stream.tell(new Answer(fileAt(5)), false)
    stream.tell(new Answer(fileAt(6)), false)
    expect(sink.told).toEqual(["6"])
  })

  test("tells who has missed something where the name stands now", () => {
    expect(opened(4).sink.told).toEqual(["5"])
  })

  test("is not silenced by an id from the future, as of a cell that was restored", () => {
    const { stream, sink } = opened(1_000_000)
    expect(sink.told).toEqual(["resync", "5"])
    stream.tell(new Answer(fileAt(6)), false)
    expect(sink.told).toEqual(["resync", "5", "6"])
  })

  test("what was told before it began is told after it, unless it is older", () => {
    const sink = new Sink()
    const stream = new EventStream(0, () => undefined)
    stream.tell(new Answer(fileAt(4)), false)
    stream.begin(sink, new Answer(fileAt(5)))
    expect(sink.told).toEqual(["5"])
  })

  test("never goes back to an older value", () => {
    const { stream, sink } = opened()
    stream.tell(new Answer(fileAt(4)), false)
    expect(sink.told).toEqual(["5"])
  })

  test("a slow reader gets the newest value when it is ready, and nothing piles up", () => {
    const { stream, sink } = opened()
    sink.writableNeedDrain = true
    const before = sink.written.length
    for (let index = 6; index <= 1_000; index += 1) stream.tell(new Answer(fileAt(index)), false)
    expect(sink.written).toHaveLength(before)
    sink.drain()
    expect(sink.told).toEqual(["5", "1000"])
  })

  test("a resync is said before the value, also to a slow reader, and also if the value is the same", () => {
    const { stream, sink } = opened()
    sink.writableNeedDrain = true
    stream.tell(new Answer(fileAt(5)), true)
    stream.tell(new Answer(fileAt(5)), false)
    sink.drain()
    expect(sink.told).toEqual(["5", "resync", "5"])
  })

  test("all readers get the very same bytes", () => {
    const answer = new Answer(fileAt(6))
    const readers = [opened(), opened()]
    for (const { stream } of readers) stream.tell(answer, false)
    const [one, other] = readers.map(({ sink }) => sink.written.at(-1))
    expect(one).toBe(other)
  })

  test("ends with the reason when it may not go on", () => {
    const { stream, sink } = opened()
    stream.end(refuse("PERMISSION_DENIED", "not yours"))
    expect(sink.told).toEqual(["5", "refused"])
    expect(sink.isEnded).toBe(true)
  })
})

describe("all event streams", () => {
  test("give a sign of life at intervals", async () => {
    const time = new VirtualSurroundings()
    const streams = new EventStreams(time)
    const { stream, sink } = opened()
    streams.add(stream)
    await time.pass(2 * nameLimits.heartbeatMs)
    expect(sink.told).toEqual(["5", ":", ":"])
  })

  test("a reader that takes nothing for long is cut off, and one that is merely slow is not", async () => {
    const time = new VirtualSurroundings()
    const streams = new EventStreams(time)
    const [stuck, slow] = [opened(), opened()]
    streams.add(stuck.stream)
    streams.add(slow.stream)
    stuck.sink.writableNeedDrain = true
    for (let round = 0; round < 10; round += 1) {
      slow.sink.writableNeedDrain = true
      await time.pass(nameLimits.heartbeatMs)
      slow.sink.drain()
    }
    expect(stuck.sink.isDestroyed).toBe(true)
    expect(slow.sink.isDestroyed).toBe(false)
  })

  test("are so many and no more", () => {
    const streams = new EventStreams(new VirtualSurroundings())
    const all = Array.from({ length: nameLimits.streams }, () => new EventStream(0, () => undefined))
    for (const stream of all) streams.add(stream)
    expect(streams.objection).toMatchObject({ code: "OVERLOADED" })
    for (const stream of all.slice(0, 1)) streams.remove(stream)
    expect(streams.objection).toBeUndefined()
  })
})
