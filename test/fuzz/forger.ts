/**
 * Makes texts that want to be taken for sequencers: genuine ones, genuine ones that were tampered with in every way that
 * we could think of, those of strangers, and rubbish. Equal seeds make equal texts.
 */
import { createHmac } from "node:crypto"
import type { Prng } from "../../src/base/prng.ts"
import type { SequencerStatement } from "../../src/contract/sequencer.ts"
import { type Jwk, encoded, statement, TestKey } from "../support/sequencers.ts"

export interface Forgery {
  readonly how: string
  readonly text: unknown
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const oddLetters = [..." .=+/%\n\t\0é😀\ud800", ...alphabet.slice(0, 8)]
const poolSize = 200

type Parts = readonly [header: string, claims: string, signature: string]

export class Forger {
  /** The cell's present key, and a retired one of which sequencers are still about. */
  readonly trusted: readonly TestKey[] = [new TestKey(1), new TestKey(2)]
  /** Everything that the cell has ever signed, and what it says. */
  readonly genuine: ReadonlyMap<string, SequencerStatement>
  readonly #dice: Prng
  readonly #pool: readonly string[]
  readonly #stranger = new TestKey(3)
  readonly #ways: readonly (readonly [string, () => unknown])[]

  constructor(dice: Prng) {
    this.#dice = dice
    const signed = Array.from({ length: poolSize }, () => {
      const said = this.#statement()
      return [dice.pick(this.trusted).sign(said), said] as const
    })
    this.genuine = new Map(signed)
    this.#pool = [...this.genuine.keys()]
    this.#ways = this.#allWays()
  }

  next(): Forgery {
    const [how, forge] = this.#dice.pick(this.#ways)
    return { how, text: forge() }
  }

  #allWays(): readonly (readonly [string, () => unknown])[] {
    const { pick } = { pick: <T>(choices: readonly T[]): T => this.#dice.pick(choices) }
    return [
      ["genuine", () => pick(this.#pool)],
      ["a bit flipped", () => this.#altered((unit) => unit ^ (1 << this.#dice.below(7)))],
      ["a letter exchanged", () => this.#altered(() => pick(oddLetters).charCodeAt(0))],
      ["cut short", () => this.#slice()],
      ["made longer", () => pick(this.#pool) + pick(oddLetters).repeat(this.#dice.between(1, 4))],
      ["something put in", () => this.#inserted()],
      ["spelled otherwise", () => this.#respelled()],
      ["put together from several", () => this.#mixed()],
      ["claims edited", () => this.#joined({ claims: this.#editedClaims() })],
      ["claims edited, signed by a stranger", () => this.#signedByStranger(this.#kid(), this.#editedClaims())],
      ["signed by a stranger", () => this.#stranger.sign(this.#statement())],
      ["signed by a stranger with the cell's key id", () => this.#stranger.sign(this.#statement(), this.#kid())],
      ["a stranger's key in the header", () => this.#withKeyInHeader()],
      ["another algorithm", () => this.#otherAlgorithm()],
      ["the public key as a secret", () => this.#confused()],
      ["a header edited", () => this.#joined({ header: this.#editedHeader() })],
      ["a header edited, well signed", () => this.#trustedText(this.#editedHeader(), this.#parts()[1])],
      ["other claims, well signed", () => this.#trustedText(this.#parts()[0], this.#spoiltClaims())],
      ["of another cell, well signed", () => pick(this.trusted).sign(this.#otherCell())],
      ["the order of the group added", () => this.#malleated()],
      ["a signature made up", () => this.#joined({ signature: this.#bytes(64).toString("base64url") })],
      ["a signature of small order", () => this.#joined({ signature: smallOrderSignature(this.#dice.below(2)) })],
      ["parts made up", () => [0, 1, 2].map(() => this.#rubbish(120)).join(".")],
      ["rubbish", () => this.#bytes(this.#dice.below(600)).toString(pick(["latin1", "utf8", "base64", "utf16le"]))],
      ["endless", () => pick(this.#pool).repeat(this.#dice.between(30, 60))],
      ["no text", () => pick(noTexts)],
    ]
  }

  #statement(): SequencerStatement {
    const dice = this.#dice
    return {
      ...statement,
      path: `/ls/test/${dice.pick(["job", "disk", "ü/b", "a/b/c"])}`,
      instance: dice.between(1, 3),
      mode: dice.pick(["exclusive", "shared"]),
      lockGeneration: dice.between(1, 40),
      epoch: dice.between(1, 9),
      principal: dice.pick(["CN=alice", "CN=bob", "anonymous"]),
    }
  }

  #otherCell(): SequencerStatement {
    const said = this.#statement()
    const isOfOtherName = this.#dice.chance(1, 2)
    return isOfOtherName ? { ...said, cell: "prod", path: "/ls/prod/job" } : { ...said, cellId: "cell-of-old-times" }
  }

  #parts(): Parts {
    return this.#dice.pick(this.#pool).split(".") as unknown as Parts
  }

  #joined(changes: { readonly header?: string; readonly claims?: string; readonly signature?: string }): string {
    const [header, claims, signature] = this.#parts()
    return [changes.header ?? header, changes.claims ?? claims, changes.signature ?? signature].join(".")
  }

  #kid(): string {
    return this.#dice.pick(this.trusted).jwk.kid
  }

  #trustedText(header: string, claims: string): string {
    return this.#dice.pick(this.trusted).signText(`${header}.${claims}`)
  }

  #signedByStranger(kid: string, claims: string): string {
    return this.#stranger.signText(`${encoded({ alg: "EdDSA", kid, typ: "claviger-sequencer" })}.${claims}`)
  }

  #altered(change: (unit: number) => number): string {
    const text = this.#dice.pick(this.#pool)
    const at = this.#dice.below(text.length)
    return text.slice(0, at) + String.fromCharCode(change(text.charCodeAt(at))) + text.slice(at + 1)
  }

  #slice(): string {
    const text = this.#dice.pick(this.#pool)
    const at = this.#dice.below(text.length)
    return this.#dice.chance(1, 2) ? text.slice(0, at) : text.slice(at)
  }

  #inserted(): string {
    const text = this.#dice.pick(this.#pool)
    const at = this.#dice.below(text.length)
    return text.slice(0, at) + this.#rubbish(this.#dice.between(1, 9)) + text.slice(at)
  }

  /** For the same bytes, to a reader who is not strict. */
  #respelled(): string {
    const text = this.#dice.pick(this.#pool)
    const last = alphabet.indexOf(text.slice(-1))
    return this.#dice.pick([
      // 64 bytes leave four bits of the last letter unused.
      () => text.slice(0, -1) + (alphabet[(last & 0x30) | this.#dice.between(1, 15)] ?? ""),
      () => text.replace(/-/g, "+").replace(/_/g, "/") + "==",
      () => text.replaceAll(".", ".\n"),
      () => ` ${text}`,
      () => `${text}\u0000`,
      () => text.replaceAll(".", "%2E"),
      () => `Bearer ${text}`,
      () => text.toUpperCase(),
    ])()
  }

  #mixed(): string {
    return [this.#parts()[0], this.#parts()[1], this.#parts()[2]].join(".")
  }

  #claims(): Record<string, unknown> {
    return JSON.parse(Buffer.from(this.#parts()[1], "base64url").toString()) as Record<string, unknown>
  }

  #editedClaims(): string {
    const claims = this.#claims()
    const raised = (name: string): unknown => ({ ...claims, [name]: Number(claims[name]) + this.#dice.between(1, 5) })
    return this.#dice.pick([
      () => encoded(raised("lockGeneration")),
      () => encoded(raised("instance")),
      () => encoded(raised("epoch")),
      () => encoded({ ...claims, path: "/ls/test/vault" }),
      () => encoded({ ...claims, mode: claims["mode"] === "shared" ? "exclusive" : "shared" }),
      () => encoded({ ...claims, principal: "CN=mallory" }),
      () => Buffer.from(` ${JSON.stringify(claims)}`).toString("base64url"),
    ])()
  }

  #spoiltClaims(): string {
    const claims = this.#claims()
    return this.#dice.pick([
      () => encoded({ ...claims, exp: 1 }),
      () => encoded({ ...claims, lockGeneration: String(claims["lockGeneration"]) }),
      () => encoded({ ...claims, lockGeneration: -1 }),
      () => encoded({ ...claims, lockGeneration: 2 ** 53 }),
      () => encoded({ ...claims, path: "/ls/test/../vault" }),
      () => encoded({ ...claims, path: ["/ls/test/job"] }),
      () => encoded({ sub: "alice" }),
      () => encoded([claims]),
      () => encoded(null),
      () => Buffer.from(JSON.stringify(claims).replace('"epoch"', '"__proto__"')).toString("base64url"),
      () => this.#rubbish(80),
    ])()
  }

  #editedHeader(): string {
    const header = { alg: "EdDSA", kid: this.#kid(), typ: "claviger-sequencer" }
    return encoded(
      this.#dice.pick<unknown>([
        { ...header, typ: "JWT" },
        { ...header, crit: ["b64"], b64: false },
        { ...header, jku: "https://mallory.example/keys" },
        { ...header, kid: "" },
        { ...header, kid: "__proto__" },
        { ...header, kid: "../../dev/null" },
        { ...header, kid: { toString: header.kid } },
        { kid: header.kid, typ: header.typ },
        [header],
        "EdDSA",
      ]),
    )
  }

  #withKeyInHeader(): string {
    const jwk: Jwk = this.#stranger.jwk
    const header = encoded({ alg: "EdDSA", kid: this.#kid(), typ: "claviger-sequencer", jwk })
    return this.#stranger.signText(`${header}.${this.#editedClaims()}`)
  }

  #otherAlgorithm(): string {
    const alg = this.#dice.pick(["none", "None", "NONE", "HS256", "HS512", "ES256", "RS256", "Ed25519", "eddsa", ""])
    const header = encoded({ alg, kid: this.#kid(), typ: "claviger-sequencer" })
    const [, claims, signature] = this.#parts()
    if (this.#dice.chance(1, 3)) return this.#trustedText(header, claims)
    return `${header}.${claims}.${this.#dice.pick(["", signature])}`
  }

  #confused(): string {
    const { jwk, publicKey } = this.#dice.pick(this.trusted)
    const header = encoded({ alg: this.#dice.pick(["HS256", "EdDSA"]), kid: jwk.kid, typ: "claviger-sequencer" })
    const signed = `${header}.${this.#editedClaims()}`
    const secret = this.#dice.pick([publicKey, jwk.x, JSON.stringify(jwk)])
    const size = this.#dice.pick(["sha256", "sha512"])
    return `${signed}.${createHmac(size, secret).update(signed).digest("base64url")}`
  }

  #malleated(): string {
    const [header, claims, signature] = this.#parts()
    const bytes = Buffer.from(signature, "base64url")
    const half = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`)
    const times = BigInt(this.#dice.between(1, 14))
    const second = Buffer.from((half + times * order).toString(16).padStart(64, "0"), "hex").reverse()
    return `${header}.${claims}.${Buffer.concat([bytes.subarray(0, 32), second]).toString("base64url")}`
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#dice.below(256)))
  }

  #rubbish(length: number): string {
    return Array.from({ length: this.#dice.between(1, length) }, () => alphabet[this.#dice.below(64)]).join("")
  }
}

const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** R = the identity and S = 0, or both zero: good for many messages under a key of small order. */
function smallOrderSignature(first: number): string {
  return Buffer.from([first, ...new Array<number>(63).fill(0)]).toString("base64url")
}

const noTexts: readonly unknown[] = [
  ...[undefined, null, true, 0, NaN, 1n, Symbol("sequencer"), () => "a.b.c", [], {}, new Date(0), new Uint8Array(9)],
  { length: 3, split: () => ["a", "b", "c"] },
  new Proxy({}, { get: () => unwelcome(), has: () => unwelcome(), getPrototypeOf: () => unwelcome() }),
  Object.create(null),
]

function unwelcome(): never {
  throw new Error("whoever looks into this trips")
}
