/** Every way in which the fuzzer spoils a call at the gRPC door. */
import type { OutgoingHttpHeaders } from "node:http2"
import { deflateSync, gzipSync } from "node:zlib"
import type { Prng } from "../../../src/base/prng.ts"
import { preamble } from "../../../src/wire/frames.ts"
import type { Genuine, Place } from "./genuine.ts"
import { type GrpcDraft, type GrpcMethod, drawGrpcDraft, isStream, mayPark, methods } from "./grpc-drafts.ts"
import { oddHttp2 } from "./http2-frames.ts"
import {
  cutShort,
  exchangedBytes,
  flippedBits,
  forged,
  oddPath,
  randomBytes,
  spliced,
  withAStretchDoubled,
  withAStretchTakenOut,
  withSomethingPutIn,
} from "./mutations.ts"
import { type Field, encoded, notUtf8, oddField, oddNumbers } from "./protobuf.ts"

/**
 * A call is sent as `bytes` behind its headers, which end the caller's side unless `ending` says otherwise:
 * - `insist`: there must be an answer.
 * - `wait`: for the answer; after a while the call is cancelled.
 * - `cancel`: as soon as it is sent.
 */
export interface GrpcCall {
  readonly kind: "call"
  readonly how: string
  readonly headers: OutgoingHttpHeaders
  readonly bytes: Buffer
  readonly ending: "insist" | "wait" | "cancel"
}

/** Bytes for a connection of their own, of which only this is asked: that it ends. */
interface GrpcBytes {
  readonly kind: "bytes"
  readonly how: string
  readonly bytes: Buffer
}

export type GrpcShot = GrpcCall | GrpcBytes

interface Drawing {
  readonly dice: Prng
  readonly genuine: Genuine
  readonly draw: (method?: GrpcMethod) => GrpcDraft
}

type Parts = Partial<Pick<GrpcCall, "headers" | "bytes" | "ending">> & { readonly method: GrpcMethod }
type Way = (drawing: Drawing) => Parts

export function drawGrpcShot(dice: Prng, place: Place, genuine: Genuine): GrpcShot {
  if (place === "fuzz" && dice.chance(1, 30)) return { kind: "bytes", how: "odd HTTP/2", bytes: oddHttp2(dice) }
  const [how, way] = dice.pick(ways)
  const draw = (method?: GrpcMethod): GrpcDraft => drawGrpcDraft(dice, place, genuine, method)
  if (place === "fuzz" && dice.chance(1, 10)) {
    const { bytes = Buffer.alloc(0) } = way({ dice, genuine, draw: () => draw(streamMethod) })
    return { kind: "bytes", how: "in frames", bytes: behindPreamble(dice, bytes) }
  }
  const { method, headers = {}, bytes = Buffer.alloc(0), ending } = way({ dice, genuine, draw })
  return {
    ...{ kind: "call", how, bytes, headers: { ...plainHeaders, ":path": method.path, ...headers } },
    ending: ending === "cancel" ? ending : mayPark(method) ? "wait" : "insist",
  }
}

/** A connection of frames, which are laid out as messages of gRPC are. */
function behindPreamble(dice: Prng, frames: Buffer): Buffer {
  const spoilt = dice.chance(1, 10) ? flippedBits(dice, Buffer.from(preamble)) : preamble
  return Buffer.concat([spoilt, frames])
}

const plainHeaders: OutgoingHttpHeaders = {
  ...{ ":method": "POST", ":scheme": "http", ":authority": "fuzz", "content-type": "application/grpc", te: "trailers" },
}

/** As gRPC puts a message on the wire. */
function framed(message: Buffer, flag = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

function asItShouldBe({ draw }: Drawing): Parts & { readonly bytes: Buffer } {
  const { method, fields } = draw()
  return { method, bytes: framed(encoded(fields)) }
}

function messageSpoilt(spoil: (dice: Prng, message: Buffer) => Buffer): Way {
  return ({ dice, draw }) => {
    const { method, fields } = draw()
    return { method, bytes: framed(spoil(dice, encoded(fields))) }
  }
}

/** One field, at whatever depth, exchanged for what comes of `spoil`; where it has nothing to say, for nothing. */
function fieldSpoilt(spoil: (field: Field, drawing: Drawing) => Field["value"] | undefined): Way {
  return (drawing) => {
    const { method, fields } = drawing.draw()
    const spots = leavesOf(fields).filter((field) => spoil(field, drawing) !== undefined)
    const chosen = spots.length === 0 ? undefined : drawing.dice.pick(spots)
    const change = (field: Field): Field => {
      const { number, value } = field
      if (field === chosen) return { number, value: spoil(field, drawing) ?? value }
      return isMessage(value) ? { number, value: value.map(change) } : field
    }
    return { method, bytes: framed(encoded(fields.map(change))) }
  }
}

function isMessage(value: Field["value"]): value is readonly Field[] {
  return Array.isArray(value)
}

function leavesOf(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => (isMessage(field.value) ? leavesOf(field.value) : [field]))
}

function framesSpoilt(frames: (message: Buffer, dice: Prng) => Pick<Parts, "bytes" | "headers">): Way {
  return ({ dice, draw }) => {
    const { method, fields } = draw()
    return { method, ...frames(encoded(fields), dice) }
  }
}

function withHeaders(add: (dice: Prng, path: string) => OutgoingHttpHeaders): Way {
  return (drawing) => {
    const parts = asItShouldBe(drawing)
    return { ...parts, headers: add(drawing.dice, parts.method.path) }
  }
}

const streamMethod = methods.find(isStream)

const ways: readonly (readonly [how: string, way: Way])[] = [
  ["as it should be", asItShouldBe],
  ["a bit flipped", messageSpoilt(flippedBits)],
  ["a byte exchanged", messageSpoilt(exchangedBytes)],
  ["cut short", messageSpoilt(cutShort)],
  ["something put in", messageSpoilt(withSomethingPutIn)],
  ["a stretch taken out", messageSpoilt(withAStretchTakenOut)],
  ["a stretch doubled", messageSpoilt(withAStretchDoubled)],
  ["random bytes", messageSpoilt((dice) => randomBytes(dice, dice.below(300)))],
  ["an odd field before it", messageSpoilt((dice, message) => Buffer.concat([oddField(dice), message]))],
  ["an odd field behind it", messageSpoilt((dice, message) => Buffer.concat([message, oddField(dice)]))],
  [
    "two in one",
    ({ draw, dice }) => {
      const { method, fields } = draw()
      return { method, bytes: framed(spliced(dice, encoded(fields), encoded(draw().fields))) }
    },
  ],
  ["another's message", ({ draw }) => ({ method: draw().method, bytes: framed(encoded(draw().fields)) })],
  [
    "an odd number",
    fieldSpoilt(({ value }, { dice }) => (typeof value === "bigint" ? dice.pick(oddNumbers) : undefined)),
  ],
  [
    "text that is not UTF-8",
    fieldSpoilt(({ value }, { dice }) => (value instanceof Buffer ? dice.pick(notUtf8) : undefined)),
  ],
  [
    "an odd text",
    fieldSpoilt(({ value }, { dice }) =>
      value instanceof Buffer ? Buffer.from(oddText(dice, value.toString())) : undefined,
    ),
  ],
  [
    "an odd path",
    fieldSpoilt(({ value }, { dice }) =>
      isText(value, "/ls/") ? Buffer.from(oddPath(dice, value.toString())) : undefined,
    ),
  ],
  [
    "something forged",
    fieldSpoilt(({ value }, { dice }) =>
      value instanceof Buffer && value.length > 20 ? Buffer.from(forged(dice, value.toString())) : undefined,
    ),
  ],
  [
    "another kind of value",
    fieldSpoilt(({ value }, { dice }) => (typeof value === "bigint" ? randomBytes(dice, 3) : 7n)),
  ],
  [
    "a field left out",
    ({ draw, dice }) => {
      const { method, fields } = draw()
      const without = dice.below(fields.length + 1)
      return { method, bytes: framed(encoded(fields.filter((_, at) => at !== without))) }
    },
  ],
  [
    "fields in disorder, some twice",
    ({ draw, dice }) => {
      const { method, fields } = draw()
      return { method, bytes: framed(encoded(dice.shuffle([...fields, ...fields.slice(0, 2)]))) }
    },
  ],
  [
    "very many fields",
    ({ draw, dice }) => {
      const { method, fields } = draw()
      return {
        method,
        bytes: framed(Buffer.concat(Array.from({ length: dice.between(100, 3_000) }, () => encoded(fields)))),
      }
    },
  ],
  [
    "another length",
    framesSpoilt((message, dice) => ({
      bytes: framed(message, 0, dice.pick([0, 1, message.length + 1, 4_194_305, 2 ** 32 - 1])),
    })),
  ],
  ["an odd flag", framesSpoilt((message, dice) => ({ bytes: framed(message, dice.pick([1, 2, 128, 255])) }))],
  [
    "compressed",
    framesSpoilt((message, dice) => ({
      bytes: framed(gzipSync(message), 1),
      headers: { "grpc-encoding": dice.pick(["gzip", "deflate", "identity", "br", ""]) },
    })),
  ],
  [
    "compressed and spoilt",
    framesSpoilt((message, dice) => ({
      bytes: framed(flippedBits(dice, deflateSync(message)), 1),
      headers: { "grpc-encoding": "deflate" },
    })),
  ],
  [
    "a large message",
    framesSpoilt((message, dice) => ({
      bytes: framed(
        Buffer.concat([
          message,
          encoded([{ number: 99, value: Buffer.alloc(dice.pick([1_000_000, 4_194_000, 4_300_000])) }]),
        ]),
      ),
    })),
  ],
  ["very large once unpacked", framesSpoilt(() => ({ bytes: framed(bomb, 1), headers: { "grpc-encoding": "gzip" } }))],
  ["no message", framesSpoilt(() => ({ bytes: Buffer.alloc(0) }))],
  [
    "several messages",
    framesSpoilt((message, dice) => ({
      bytes: Buffer.concat(Array.from({ length: dice.between(2, 5) }, () => framed(message))),
    })),
  ],
  ["half a message", framesSpoilt((message, dice) => ({ bytes: cutShort(dice, framed(message)) }))],
  [
    "an odd deadline",
    withHeaders((dice) => ({
      "grpc-timeout": dice.pick(["1m", "0S", "99999999H", "-1S", "1", "", "x", "1n", "999999999S", "5 m"]),
    })),
  ],
  [
    "an odd media type",
    withHeaders((dice) => ({
      "content-type": dice.pick(["application/json", "", "application/grpc+json", "application/grpcx", "text/html"]),
    })),
  ],
  ["odd metadata", withHeaders((dice) => dice.pick(oddMetadata))],
  [
    "another method",
    withHeaders((dice, path) => ({
      ":path": dice.pick([...oddMethods, `${path}/`, `${path}x`, path.slice(1), path.toLowerCase(), `${path}?a=b`]),
    })),
  ],
  ["not a POST", withHeaders((dice) => ({ ":method": dice.pick(["GET", "PUT", "OPTIONS", "X"]) }))],
  ["cancelled", (drawing) => ({ ...asItShouldBe(drawing), ending: "cancel" })],
  [
    "cancelled half way",
    (drawing) => ({
      ...asItShouldBe(drawing),
      bytes: cutShort(drawing.dice, asItShouldBe(drawing).bytes),
      ending: "cancel",
    }),
  ],
  ...(["on a stream", "on a stream, spoilt", "on a stream, many"] as const).map(
    (how) => [how, (drawing: Drawing) => onStream(how, drawing)] as const,
  ),
]

/** Several messages of several calls each, of which one may be spoilt. */
function onStream(how: string, { dice, draw }: Drawing): Parts {
  const method = streamMethod ?? draw().method
  const count = how.endsWith("many") ? dice.between(100, 1_500) : dice.between(1, 4)
  const sent = Array.from({ length: dice.between(1, 3) }, () => {
    const calls = Array.from({ length: count }, () => draw(method).fields).flat()
    const message = encoded(calls.slice(0, count))
    return framed(how.endsWith("spoilt") ? flippedBits(dice, message) : message)
  })
  return { method, bytes: Buffer.concat(sent) }
}

function isText(value: Field["value"], beginning: string): value is Buffer {
  return value instanceof Buffer && value.toString().startsWith(beginning)
}

function oddText(dice: Prng, text: string): string {
  return dice.pick([
    "",
    "\u0000",
    "x".repeat(dice.between(60, 9_000)),
    `${text}\n`,
    "\ufffd",
    "__proto__",
    "\u202e",
    ` ${text}`,
    "ä".repeat(129),
  ])
}

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))

const oddMetadata: readonly OutgoingHttpHeaders[] = [
  ...[
    { "claviger-forwarded": "1" },
    { "claviger-forwarded": "1", "claviger-principal": "CN%3Droot" },
    { "x-bin": "***" },
  ],
  ...[
    { "claviger-principal": "%zz" },
    { "claviger-error-bin": "AAAA" },
    { "claviger-sequencer": "x" },
    { te: undefined },
  ],
  ...[
    { "grpc-accept-encoding": "x".repeat(500) },
    { "x-large": "x".repeat(9_000) },
    { "grpc-status": "0" },
    { __proto__x: "1" },
  ],
  ...[{ "grpc-message": "%zz" }, { "user-agent": "\u00ff" }, { "x-bin": "AA, BB" }, { "content-length": "3" }],
]

const oddMethods = [
  ...[
    "/claviger.v1.LockService/Nothing",
    "/claviger.v2.LockService/Open",
    "/",
    "*",
    "//",
    "/__proto__/constructor",
    "/a",
  ],
  ...["/grpc.health.v1.Health/Check", "/claviger.v1.LockService/%4fpen", "/\u00e9/x"],
  ...["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.channelz.v1.Channelz/GetServers", "/\u0001"],
]
