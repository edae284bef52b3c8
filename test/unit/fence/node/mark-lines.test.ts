import { describe, expect, test } from "vitest"
import { header, lineOf, readLines } from "../../../../src/fence/node/mark-lines.ts"
import { mark } from "../../../contracts/high-water-marks.ts"

const first = lineOf([["a", mark(1, 1)]], 0)
const second = lineOf(
  [
    ["a", mark(1, 2, "CN=bob")],
    ["b", mark(2, 1)],
  ],
  first.checksum,
)
const third = lineOf([["ü\n", mark(9, 9)]], second.checksum)
const whole = header + first.text + second.text + third.text

function read(text: string): ReturnType<typeof readLines> {
  return readLines(Buffer.from(text))
}

describe("lines of marks", () => {
  test("are read as they were written, the highest mark of each lock", () => {
    expect(read(whole)).toEqual({
      kind: "read",
      marks: new Map([
        ["a", mark(1, 2, "CN=bob")],
        ["b", mark(2, 1)],
        ["ü\n", mark(9, 9)],
      ]),
    })
    expect(read(header)).toEqual({ kind: "read", marks: new Map() })
  })

  test("lose their last one if a crash has cut it short, at whichever byte", () => {
    const bytes = Buffer.from(whole)
    const begin = bytes.length - Buffer.byteLength(third.text)
    for (let length = begin; length < bytes.length; length += 1) {
      expect(readLines(bytes.subarray(0, length))).toEqual(read(header + first.text + second.text))
    }
  })

  test("lose their last one if the disk has zeros where it never got the rest", () => {
    const bytes = Buffer.from(whole)
    bytes.fill(0, bytes.length - 20, bytes.length - 5)
    expect(readLines(bytes)).toEqual(read(header + first.text + second.text))
  })

  test("are damaged if any byte of any of them is not as it was written, but for a missing end", () => {
    const bytes = Buffer.from(whole)
    const begins = [0, header.length, header.length + first.text.length]
    for (let at = 0; at < bytes.length - 1; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      const line = begins.filter((begin) => begin <= at).length
      const reading = readLines(changed)
      expect(reading.kind).toBe("damaged")
      if (reading.kind === "damaged" && at < (begins[2] ?? 0)) expect(reading.line).toBe(line)
    }
  })

  test.each([
    ["one is missing", header + first.text + third.text],
    ["two have changed places", header + second.text + first.text + third.text],
    ["one is there twice", header + first.text + first.text + second.text],
    ["the header is missing", first.text],
    ["there is nothing, not even the header", ""],
    ["they are of a later format", whole.replace("marks 1", "marks 2")],
    ["they are something else", "#!/bin/sh\n"],
  ])("are damaged if %s", (_, text) => {
    expect(read(text).kind).toBe("damaged")
  })
})
