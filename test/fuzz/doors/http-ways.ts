/** Every way in which the fuzzer spoils a request to the HTTP door. */
import type { Prng } from "../../../src/base/prng.ts"
import type { Genuine, Place } from "./genuine.ts"
import { type HttpDraft, type HttpDrafts, written } from "./http-drafts.ts"
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
import { oddValue, spoiltJson } from "./schema-samples.ts"

export interface HttpShot {
  readonly how: string
  /** Written one after another. */
  readonly pieces: readonly Buffer[]
  /** How many answers are due. */
  readonly answers: number
  readonly mayPark: boolean
  /**
   * - `wait`: for the answers; when there is none for a while, the sending side is closed.
   * - `insist`: there must be answers, without any such hint: the request is whole.
   * - `stall`: nothing more is sent, and the connection stays open until the door has had enough.
   * - `leave`: the connection is cut as soon as everything is sent.
   */
  readonly ending: "wait" | "insist" | "stall" | "leave"
}

type Way = (draw: () => HttpDraft, dice: Prng, genuine: Genuine) => Partial<HttpShot> & Pick<HttpShot, "pieces">

type Headers = HttpDraft["headers"]

/** `stalls`: with bodies that stop half way and leave it at that; they take the door's whole patience. */
export function drawHttpShot(
  dice: Prng,
  place: Place,
  genuine: Genuine,
  drafts: HttpDrafts,
  stalls: boolean,
): HttpShot {
  const [how, way] = dice.pick(stalls && dice.chance(1, 100) ? stallingWays : ways)
  let mayPark = false
  const draw = (): HttpDraft => {
    const draft = drafts.draw(dice, place, genuine)
    mayPark ||= draft.mayPark
    return draft
  }
  const shot = way(draw, dice, genuine)
  return { how, answers: 1, mayPark, ending: "wait", ...shot }
}

function bytesSpoilt(spoil: (dice: Prng, bytes: Buffer) => Buffer): Way {
  return (draw, dice) => ({ pieces: [spoil(dice, written(draw()))] })
}

function redrafted(change: (draft: HttpDraft, dice: Prng, genuine: Genuine) => Partial<HttpDraft>): Way {
  return (draw, dice, genuine) => {
    const draft = draw()
    return { pieces: [written({ ...draft, ...change(draft, dice, genuine) })] }
  }
}

function withHeaders(add: (dice: Prng, genuine: Genuine, draft: HttpDraft) => Headers): Way {
  return redrafted((draft, dice, genuine) => ({ headers: [...draft.headers, ...add(dice, genuine, draft)] }))
}

const ways: readonly (readonly [how: string, way: Way])[] = [
  ["as it should be", (draw) => ({ pieces: [written(draw())], ending: "insist" })],
  ["a bit flipped", bytesSpoilt(flippedBits)],
  ["a byte exchanged", bytesSpoilt(exchangedBytes)],
  ["cut short", bytesSpoilt(cutShort)],
  ["something put in", bytesSpoilt(withSomethingPutIn)],
  ["a stretch taken out", bytesSpoilt(withAStretchTakenOut)],
  ["a stretch doubled", bytesSpoilt(withAStretchDoubled)],
  ["two in one", (draw, dice) => ({ pieces: [spliced(dice, written(draw()), written(draw()))] })],
  ["an odd path", redrafted(({ target }, dice) => ({ target: oddTarget(dice, target) }))],
  ["an odd query", redrafted(({ target }, dice) => ({ target: withOddQuery(dice, target) }))],
  ["an odd method", redrafted((_draft, dice) => ({ method: dice.pick(oddMethods) }))],
  ["an odd media type", withHeaders((dice) => [[dice.pick(["content-type", "accept"]), dice.pick(oddTypes)]])],
  ["a header doubled", redrafted(({ headers }, dice) => ({ headers: withOneTwice(dice, headers) }))],
  [
    "a header too large",
    withHeaders((dice) => [[dice.pick(["x", "cookie", "accept"]), "a".repeat(dice.between(9e3, 7e4))]]),
  ],
  [
    "many headers",
    withHeaders((dice) => Array.from({ length: dice.between(100, 3_000) }, (_, at) => [`x-${at}`, "1"])),
  ],
  ["an odd header", withHeaders((dice) => [dice.pick(oddHeaders)])],
  ["an odd envelope", withHeaders((dice) => [[`claviger-${dice.pick(envelopeNames)}`, dice.pick(oddNumbers)]])],
  [
    "a forged sequencer",
    withHeaders((dice, { sequencers }) => [["claviger-sequencer", tame(forged(dice, dice.pick(sequencers)))]]),
  ],
  [
    "a forged ETag",
    withHeaders((dice, { etags }) => [
      [dice.pick(["if-match", "if-none-match"]), tame(oddTag(dice, dice.pick(etags)))],
    ]),
  ],
  ["another session", withHeaders((dice) => [["claviger-session", String(dice.between(0, 5_000))]])],
  [
    "two lengths",
    withHeaders((dice) => [
      ["transfer-encoding", "chunked"],
      ["content-length", String(dice.below(50))],
    ]),
  ],
  ["an odd length", withHeaders((dice) => [["content-length", dice.pick(oddLengths)]])],
  ["an odd encoding", withHeaders((dice) => [["transfer-encoding", dice.pick(oddEncodings)]])],
  ["odd chunks", (draw, dice) => ({ pieces: [chunked(dice, draw())] })],
  ["odd JSON", redrafted((draft, dice) => withJson(draft, spoiltJson(dice, draft.json ?? {})))],
  ["odd values in JSON", redrafted((draft, dice) => withJson(draft, JSON.stringify(oddValue(dice)) ?? ""))],
  ["a large body", redrafted((draft, dice) => withJson(draft, `{"host":"${"x".repeat(dice.between(1e4, 3e5))}"}`))],
  ["in pieces", (draw, dice) => ({ pieces: inPieces(dice, written(draw())) })],
  ["several at once", (draw, dice) => severalAtOnce(draw, dice.between(2, 20))],
  ["left alone with the answer", (draw) => ({ pieces: [written(draw())], ending: "leave" })],
  ["left half way", (draw, dice) => ({ pieces: [cutShort(dice, written(draw()))], ending: "leave" })],
  ["another protocol", (_draw, dice) => ({ pieces: [dice.pick(otherProtocols), randomBytes(dice, dice.below(200))] })],
  ["asks for another protocol", withHeaders((dice) => dice.pick(upgrades))],
]

const stallingWays: typeof ways = [
  ["stops half way", (draw, dice) => ({ pieces: [cutShort(dice, written(draw()))], ending: "stall" })],
  ["stops in the body", (draw) => ({ pieces: [written(withLength(draw()))], ending: "stall" })],
]

function withLength(draft: HttpDraft): HttpDraft {
  return { ...draft, method: "POST", target: "/v1/sessions", headers: [json, ["content-length", "2000"]] }
}

const json = ["content-type", "application/json"] as const

function severalAtOnce(draw: () => HttpDraft, answers: number): Pick<HttpShot, "pieces" | "answers"> {
  return { pieces: [Buffer.concat(Array.from({ length: answers }, () => written(draw())))], answers }
}

function withJson(draft: HttpDraft, text: string): Partial<HttpDraft> {
  const body = Buffer.from(text)
  if (draft.json !== undefined) return { body }
  return { method: "POST", target: text.length % 2 === 0 ? "/v1/transactions" : "/v1/sessions", headers: [json], body }
}

function oddTarget(dice: Prng, target: string): string {
  const raw = oddPath(dice, target)
  return dice.pick([
    () => Buffer.from(raw).toString("latin1"),
    () => encodeURI(Buffer.from(raw).toString()),
    () => target.replaceAll("/", dice.pick(["//", "/./", "%2f", "%2F", "\\", "/%2e%2e/", "/%2e/", "%5c", "/..;/"])),
    () =>
      target +
      dice.pick(["%", "%zz", "%ff", "%c0%ae", "%00", "/%2e%2e", "#a", ";a=b", "/", "%ed%a0%80", "%25", "\x80"]),
    () =>
      dice.pick([
        "*",
        "",
        "//",
        "http://other/v1/files/a",
        "/v1",
        "/v1/files",
        "/v1/files/",
        "?",
        "/v1/names/",
        "/\x01",
      ]),
    () => `/v1/files/${"%61".repeat(dice.between(1, 5_000))}`,
  ])()
}

function withOddQuery(dice: Prng, target: string): string {
  const option = dice.pick([
    "wait",
    "after",
    "limit",
    "mode",
    "recursive",
    "name",
    "prefix",
    "consistency",
    "lockDelay",
  ])
  const said = dice.pick([
    () => `${option}=${dice.pick(oddNumbers)}`,
    () =>
      `${option}=${dice.pick(["999999999h", "0ms", "1ms", "true", "stale", "%00", "%ff", "", "a%2fb", "%ED%A0%80"])}`,
    () => `${option}=1&${option}=2`,
    () => `${option}[]=1&${option}[x]=2`,
    () =>
      dice.pick(["__proto__=1", "__proto__[x]=1", "constructor=1", "x=1", "=", "&&&", "%", "a".repeat(3_000), "=a"]),
    () => Array.from({ length: dice.between(90, 1_000) }, () => "name=a").join("&"),
  ])()
  return `${target}${target.includes("?") ? "&" : "?"}${said}`
}

function withOneTwice(dice: Prng, headers: Headers): Headers {
  const all: Headers = [
    ...headers,
    ["host", "localhost"],
    ["accept", "*/*"],
    ["claviger-session", "1"],
    ["origin", "null"],
  ]
  const [name, value] = dice.pick(all)
  return [...headers, [name, value], [name.toUpperCase(), dice.pick([value, "", "x"])]]
}

/** The body in chunks, of which some say what they are not. */
function chunked(dice: Prng, draft: HttpDraft): Buffer {
  const headers: Headers = [...draft.headers, ["transfer-encoding", "chunked"]]
  const head = written({ ...draft, headers, body: undefined })
  const body = draft.body ?? Buffer.from("{}")
  const size = dice.pick([
    body.length.toString(16),
    "0",
    "ffffffffffffffff",
    "-1",
    "",
    "zz",
    "1;a=b",
    `1;${"x".repeat(20_000)}`,
  ])
  const end = dice.pick([
    "0\r\n\r\n",
    "0\r\nx: y\r\n\r\n",
    "0\r\ncontent-length: 5\r\n\r\n",
    "",
    "\r\n",
    `0\r\n${"a: b\r\n".repeat(3_000)}\r\n`,
  ])
  return Buffer.concat([head, Buffer.from(`${size}\r\n`), body, Buffer.from(`\r\n${end}`)])
}

function inPieces(dice: Prng, bytes: Buffer): readonly Buffer[] {
  const length = dice.between(1, 40)
  const count = Math.min(30, Math.ceil(bytes.length / length))
  const pieces = Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length))
  return [...pieces, bytes.subarray(count * length)]
}

function oddTag(dice: Prng, etag: string): string {
  return dice.pick([
    () => forged(dice, etag),
    () => `W/${etag}`,
    () => `${etag}, ${etag}`,
    () => '"0-0"',
    () => '"9007199254740993-1"',
    () => '"9999999999999999-9999999999999999"',
    () => '"-1--1"',
    () => "*, *",
    () => `"${"1".repeat(300)}-1"`,
  ])()
}

/** Header values hold no line breaks here, and are not longer than the head as a whole may be. */
function tame(value: string): string {
  return Buffer.from(value.replaceAll(/[\r\n]/g, " ")).toString("latin1")
}

const oddMethods = [
  ...["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "LINK", "M-SEARCH", "QUERY"],
  ...["get", "G", "", " GET", "GET\t", "GETGETGET", "__proto__", "\u00e9", "PRI", "SOURCE", "ACL", "PURGE"],
]
const oddTypes = [
  ...["text/plain", "application/json; charset=utf-16", "application/jsonx", "application/JSON", "", "/", "a/b/c", ";"],
  ...[
    "application/json;;;",
    "multipart/form-data",
    "*/*;q=0",
    "image/png",
    "text/event-stream;q=2",
    "*",
    "a".repeat(2_000),
  ],
  ...["application/json, text/plain", "text/html;q=NaN", "application/x-www-form-urlencoded", "\u00e9/x", "__proto__"],
]
const oddHeaders: Headers = [
  ...([
    ["claviger-sequencr", "x"],
    ["claviger-", ""],
    ["x y", "1"],
    ["", "1"],
    ["a\u0000", "1"],
    ["a", "b\u0000c"],
  ] as const),
  ...([
    ["a", "b\r\n folded"],
    ["a", "b\rc: d"],
    ["a", "b\nc: d"],
    ["a ", "1"],
    ["\u00e9", "\u00ff"],
    ["host", ""],
  ] as const),
  ...([
    ["__proto__", "1"],
    ["constructor", "1"],
    ["connection", "close, keep-alive, upgrade"],
    ["te", "trailers"],
  ] as const),
  ...([
    ["origin", "http://other"],
    ["origin", "fuzz"],
    ["referer", "x"],
    ["range", "bytes=0-"],
    ["date", "x"],
  ] as const),
  ...([
    ["x-http-method-override", "DELETE"],
    ["x-forwarded-for", "1.1.1.1"],
    ["forwarded", "for=x"],
    ["age", "-1"],
  ] as const),
  ...([
    ["last-event-id", "x"],
    ["last-event-id", "99999999999999999999"],
    ["keep-alive", "timeout=9999999"],
  ] as const),
  ...([
    ["host", "a b"],
    ["host", "a/b"],
    ["host", "[::1"],
    ["authorization", "Bearer x"],
    ["content-encoding", "gzip"],
  ] as const),
]
const envelopeNames = [
  "session",
  "request",
  "answered",
  "epoch",
  "sequencer",
  "session",
  "request",
  "principal",
  "index",
]
const oddNumbers = [
  ...["0", "1", "-1", "00", "1.5", "1e3", "x", "", " 1", "9007199254740991", "9007199254740992", "9999999999999999"],
  ...["18446744073709551615", "NaN", "Infinity", "0x1", "1, 1", "%31", "\u00b2", "1".repeat(1_000)],
]
const oddLengths = ["-1", "+1", "0x1", "1e3", "", "5, 5", "5, 6", "99999999999999999999", "1 1", "999999999", "0", "1"]
const oddEncodings = [
  "gzip",
  "gzip, chunked",
  "chunked, chunked",
  "chunked, gzip",
  "identity",
  "",
  "xchunked",
  "Chunked",
  "\x0bchunked",
]
const upgrades: readonly Headers[] = [
  [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-key", "x"],
  ],
  [
    ["connection", "Upgrade, HTTP2-Settings"],
    ["upgrade", "h2c"],
    ["http2-settings", "AAMAAABk"],
  ],
  [["expect", "100-continue"]],
  [["expect", "something else"]],
  [["connection", "close"]],
  [["upgrade", "TLS/1.0"]],
]
const otherProtocols: readonly Buffer[] = [
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"),
  Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
  Buffer.from("GET /livez\r\n\r\n"),
  Buffer.from("GET /livez HTTP/1.0\r\n\r\n"),
  Buffer.from("GET /livez HTTP/9.9\r\nhost: localhost\r\n\r\n"),
  Buffer.from("GET /livez HTTP/1.1\r\n\r\n"),
  Buffer.from("GET /livez HTTP/1.1\nhost: localhost\n\n"),
  Buffer.from("\r\n\r\n\r\nGET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n"),
  Buffer.from("SSH-2.0-x\r\n"),
  Buffer.alloc(0),
]
