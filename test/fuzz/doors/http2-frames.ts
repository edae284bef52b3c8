/** HTTP/2 as no library would speak it: whole connections, byte by byte. */
import type { Prng } from "../../../src/base/prng.ts"
import { flippedBits, randomBytes } from "./mutations.ts"

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

function frame(type: number, flags: number, stream: number, payload: Buffer, length = payload.length): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Without compression: a name and a value, each with its length before it. */
function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ])
}

const settings = frame(4, 0, 0, Buffer.alloc(0))
const endHeaders = 4
const endStream = 1

const callHeaders = Buffer.concat([
  header(":method", "POST"),
  header(":scheme", "http"),
  header(":path", "/claviger.v1.LockService/GetStat"),
  header(":authority", "fuzz"),
  header("content-type", "application/grpc"),
  header("te", "trailers"),
])
const emptyMessage = Buffer.alloc(5)

function opened(stream: number): Buffer {
  return frame(1, endHeaders, stream, callHeaders)
}

/** All of them end the connection, or leave it to its caller to end. */
export function oddHttp2(dice: Prng): Buffer {
  const well = Buffer.concat([preface, settings])
  const last = frame(0, endStream, 1, emptyMessage)
  const behind = dice.pick([
    () => Buffer.concat([opened(1), last]),
    // Messages behind the end of the caller's side.
    () => Buffer.concat([opened(1), last, last, frame(0, 0, 1, emptyMessage)]),
    () => Buffer.concat([opened(1), last, frame(1, endHeaders, 1, callHeaders)]),
    () => frame(0, 0, 0, randomBytes(dice, 10)),
    () => frame(0, 0, 7, randomBytes(dice, 10)),
    () => Buffer.concat([opened(1), frame(0, 8, 1, Buffer.from([200, 1, 2]))]),
    () => opened(2),
    () => Buffer.concat([opened(3), opened(1)]),
    () => frame(1, endHeaders, 1, randomBytes(dice, 60)),
    () => Buffer.concat([frame(1, 0, 1, callHeaders.subarray(0, 20)), frame(0, 0, 1, emptyMessage)]),
    () =>
      Buffer.concat([
        frame(1, 0, 1, callHeaders),
        ...Array.from({ length: 200 }, () => frame(9, 0, 1, header("a", "b"))),
      ]),
    () =>
      Buffer.concat([
        opened(1),
        frame(8, 0, 1, Buffer.from([0x7f, 0xff, 0xff, 0xff])),
        frame(8, 0, 1, Buffer.from([0x7f, 0xff, 0xff, 0xff])),
      ]),
    () => frame(8, 0, 0, Buffer.from([0, 0, 0, 0])),
    () => frame(4, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])),
    () => frame(4, 0, 0, randomBytes(dice, dice.below(20))),
    () => Buffer.concat(Array.from({ length: 300 }, () => frame(6, 0, 0, Buffer.alloc(8)))),
    () =>
      Buffer.concat(
        Array.from({ length: 100 }, (_, at) =>
          Buffer.concat([opened(2 * at + 1), frame(3, 0, 2 * at + 1, Buffer.alloc(4))]),
        ),
      ),
    () => frame(0, 0, 1, Buffer.alloc(0), 0xff_ff_ff),
    () => frame(dice.below(256), dice.below(256), dice.below(5), randomBytes(dice, dice.below(40))),
    () => frame(7, 0, 0, randomBytes(dice, 8)),
  ])()
  return dice.pick([
    () => Buffer.concat([well, behind]),
    () => Buffer.concat([well, behind]),
    () => Buffer.concat([well, flippedBits(dice, behind)]),
    () => Buffer.concat([flippedBits(dice, well), behind]),
    () => randomBytes(dice, dice.between(1, 200)),
    () => Buffer.from("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    () => Buffer.concat([preface, randomBytes(dice, dice.below(100))]),
  ])()
}
