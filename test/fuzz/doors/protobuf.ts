/** Protocol buffers below the level at which libraries let one make mistakes: fields by number, in any order and form. */
import type { Prng } from "../../../src/base/prng.ts"
import { adminPackage, lockServicePackage } from "../../../src/wire/load.ts"
import { randomBytes } from "./mutations.ts"

/** As the proto files describe it. */
export interface FieldType {
  readonly name: string
  readonly number: number
  readonly label: string
  readonly type: string
  readonly typeName: string
}

/** One field as it is written. Text and messages are bytes with their length before them. */
export interface Field {
  readonly number: number
  readonly value: bigint | Buffer | readonly Field[]
}

const types: ReadonlyMap<string, readonly FieldType[]> = new Map(
  [...Object.values(lockServicePackage), ...Object.values(adminPackage)].flatMap((definition) => {
    if (definition["format"] !== "Protocol Buffer 3 DescriptorProto") return []
    const { name, field } = definition["type"] as { name: string; field?: readonly FieldType[] }
    return field === undefined ? [] : [[name, field] as const]
  }),
)

export function fieldsOf(typeName: string): readonly FieldType[] {
  return types.get(typeName) ?? []
}

export function encoded(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(encodedField))
}

function encodedField({ number, value }: Field): Buffer {
  if (typeof value === "bigint") return Buffer.concat([tag(number, 0), varint(value)])
  const bytes = value instanceof Buffer ? value : encoded(value as readonly Field[])
  return Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])
}

function tag(number: number, wireType: number): Buffer {
  return varint((BigInt(number) << 3n) | BigInt(wireType))
}

/** Of 64 bits; a negative number is the greatest there are, as the format has it. */
function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

/** What may stand where a field or a few are expected, and should not. */
export function oddField(dice: Prng): Buffer {
  const number = dice.pick([0, 1, 2, 3, 4, 10, 15, 99, 536_870_911])
  return dice.pick([
    () => Buffer.concat([tag(number, 0), varint(dice.pick(oddNumbers))]),
    () => Buffer.concat([tag(number, 0), Buffer.alloc(dice.between(1, 12), 0xff)]),
    () => Buffer.concat([tag(number, 1), randomBytes(dice, dice.between(0, 9))]),
    () => Buffer.concat([tag(number, 2), varint(dice.pick(oddNumbers)), randomBytes(dice, 5)]),
    () => Buffer.concat([tag(number, 2), varint(4n), dice.pick(notUtf8)]),
    () => Buffer.concat([tag(number, 3), randomBytes(dice, dice.below(6)), tag(number, 4)]),
    () => Buffer.concat(Array.from({ length: dice.between(1, 3_000) }, () => tag(number, 3))),
    () => tag(number, 4),
    () => Buffer.concat([tag(number, 5), randomBytes(dice, dice.between(0, 5))]),
    () => tag(number, dice.pick([6, 7])),
    () => nested(dice.between(10, 2_000)),
  ])()
}

/** Messages in messages, each the first field of the one around it. */
function nested(depth: number): Buffer {
  let bytes: Buffer = Buffer.alloc(0)
  for (let level = 0; level < depth; level += 1) bytes = encoded([{ number: 1, value: bytes }])
  return bytes
}

export const oddNumbers: readonly bigint[] = [
  ...[0n, 1n, -1n, 2n, 255n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n],
  ...[2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 1_000_000n, 86_400_001n],
]

/** Four bytes each. */
export const notUtf8: readonly Buffer[] = [
  ...[0xff_fe_fd_fc, 0xc0_80_c0_80, 0x61_ed_a0_80, 0xf4_90_80_80, 0x61_62_63_c3, 0x80_80_80_80].map((word) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(word)
    return bytes
  }),
]
