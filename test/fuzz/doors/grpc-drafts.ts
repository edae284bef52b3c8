/** Messages that the proto files admit, field by field. */
import type { Prng } from "../../../src/base/prng.ts"
import { adminService, lockService } from "../../../src/wire/load.ts"
import { type Genuine, type Place, anyNode } from "./genuine.ts"
import { randomBytes } from "./mutations.ts"
import { type Field, type FieldType, fieldsOf } from "./protobuf.ts"

export interface GrpcMethod {
  readonly path: string
  readonly requestType: string
}

export interface GrpcDraft {
  readonly method: GrpcMethod
  readonly fields: readonly Field[]
}

/** A replica that is asked to step down serves nobody for a while: all that follows would only say so. */
const unwanted = new Set(["StepDown"])

export const methods: readonly GrpcMethod[] = [...Object.entries(lockService), ...Object.entries(adminService)]
  .filter(([name]) => !unwanted.has(name))
  .map(([, method]) => ({ path: method.path, requestType: typeNameOf(method) }))

/** The generated types leave out what the loader knows of the messages themselves. */
function typeNameOf(method: object): string {
  return (method as { readonly requestType: { readonly type: { readonly name: string } } }).requestType.type.name
}

const connect = "/claviger.v1.LockService/Connect"

/** Those that may well be answered late. */
export function mayPark({ path }: GrpcMethod): boolean {
  return /\/(KeepAlive|Acquire|Connect)$/.test(path)
}

export function isStream({ path }: GrpcMethod): boolean {
  return path === connect
}

export function drawGrpcDraft(dice: Prng, place: Place, genuine: Genuine, method = dice.pick(methods)): GrpcDraft {
  return { method, fields: messageOf(method.requestType, { dice, place, genuine }) }
}

interface Drawing {
  readonly dice: Prng
  readonly place: Place
  readonly genuine: Genuine
}

/** Of the cases of a `oneof` one is drawn: the format allows for several, and the last one counts. */
const cases: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  [
    "Call",
    [
      fieldsOf("Call")
        .slice(8)
        .map(({ name }) => name),
    ],
  ],
  ["Guard", [fieldsOf("Guard").map(({ name }) => name)]],
  ["TransactionStep", [fieldsOf("TransactionStep").map(({ name }) => name)]],
])
const nodeCases = ["path", "handle"]

function messageOf(type: string, drawing: Drawing): readonly Field[] {
  const { dice } = drawing
  const all = fieldsOf(type)
  const isNode = nodeCases.every((name) => all.some((field) => field.name === name))
  const chosen = [...(cases.get(type) ?? []), ...(isNode ? [nodeCases] : [])].map(
    (names) => [names, names === nodeCases && dice.chance(4, 5) ? "path" : dice.pick(names)] as const,
  )
  const wanted = all.filter(({ name }) => {
    const choice = chosen.find(([names]) => names.includes(name))
    return choice === undefined ? isWanted(dice, name) : choice[1] === name
  })
  return wanted.flatMap((field) => fieldOf(field, drawing))
}

/** What would be refused by itself, or hold up everybody, is rare. */
function isWanted(dice: Prng, name: string): boolean {
  if (["requestNumber", "sessionId"].includes(name)) return dice.chance(2, 3)
  const seldom = ["answeredThrough", "stillOpen", "epoch", "caching", "forCache", "underSequencer", "revoke"]
  if (seldom.includes(name)) return dice.chance(1, 30)
  return name === "header" || dice.chance(4, 5)
}

function fieldOf(field: FieldType, drawing: Drawing): readonly Field[] {
  const { dice } = drawing
  const { label, number } = field
  const times = label === "LABEL_REPEATED" ? dice.below(4) : 1
  return Array.from({ length: times }, () => ({ number, value: valueOf(field, drawing) }))
}

function valueOf({ name, type, typeName }: FieldType, drawing: Drawing): Field["value"] {
  const { dice, place, genuine } = drawing
  switch (type) {
    case "TYPE_MESSAGE":
      return messageOf(typeName, drawing)
    case "TYPE_STRING":
      return Buffer.from(textOf(name, drawing))
    case "TYPE_BYTES":
      return randomBytes(dice, dice.below(40))
    case "TYPE_ENUM":
      return BigInt(dice.between(1, 2))
    case "TYPE_BOOL":
      return dice.chance(1, 2) ? 1n : 0n
    default:
      if (name === "sessionId") return BigInt(dice.pick(genuine.sessionIds))
      if (name === "requestNumber") return BigInt(dice.between(1, 4_000))
      if (name === "sessionLeaseMs") return BigInt(dice.between(1_000, 2_000))
      if (name === "waitMs") return BigInt(dice.between(1, 30))
      if (name === "callId") return BigInt(dice.below(1_000))
      return BigInt(place === "quiet" ? dice.below(3) : dice.below(40))
  }
}

function textOf(name: string, { dice, place, genuine }: Drawing): string {
  switch (name) {
    case "path":
      return `/ls/${dice.pick(["local", "test"])}/${anyNode(dice, place, genuine)}`
    case "handle":
      return dice.pick(genuine.handles)
    case "sequencer":
    case "underSequencer":
      return dice.pick(genuine.sequencers)
    case "cached":
      return `/ls/test/${anyNode(dice, place, genuine)}`
    case "read":
    case "write":
    case "changeAcl":
      return dice.pick(["administrators", ""])
    case "nonce":
      return randomBytes(dice, 8).toString("hex")
    default:
      return dice.pick(["a", "anonymous", "someone", "d/e"])
  }
}
