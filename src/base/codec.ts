/**
 * Binary shapes said once: each codec below writes a value and reads the same value back. Shapes are put together
 * from smaller ones, so a type and its bytes can't drift apart: the compiler compares the fields with the type.
 */
import { unreachable, assert } from "./assert.ts"
import { MalformedBytesError, type ByteReader, ByteWriter, ByteReader as Reader } from "./bytes.ts"
import { type KeptBytes, keep } from "./kept-bytes.ts"

export interface Codec<T> {
  readonly write: (writer: ByteWriter, value: T) => void
  readonly read: (reader: ByteReader) => T
}

export const uint: Codec<number> = {
  write: (writer, value) => writer.varint(value),
  read: (reader) => reader.varint(),
}

export const bool: Codec<boolean> = {
  write: (writer, value) => writer.byte(value ? 1 : 0),
  read: (reader) => {
    const byte = reader.byte()
    if (byte > 1) throw new MalformedBytesError(`${String(byte)} is neither true nor false`)
    return byte === 1
  },
}

export const text: Codec<string> = {
  write: (writer, value) => writer.text(value),
  read: (reader) => reader.text(),
}

export const bytes: Codec<Uint8Array> = {
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(),
}

/** The same bytes, for what is kept for long: see kept-bytes.ts. */
export const keptBytes: Codec<KeptBytes> = {
  write: (writer, value) => writer.kept(value),
  read: (reader) => keep(reader.bytes()),
}

/** One of a few words, stored as its place in `words`: never reorder, only append. */
export function word<W extends string>(words: readonly W[]): Codec<W> {
  return {
    write: (writer, value) => {
      const place = words.indexOf(value)
      assert(place >= 0, `${value} is one of ${words.join(", ")}`)
      writer.byte(place)
    },
    read: (reader) => {
      const value = words[reader.byte()]
      if (value === undefined) throw new MalformedBytesError("unknown word")
      return value
    },
  }
}

export function list<T>(element: Codec<T>): Codec<readonly T[]> {
  return {
    write: (writer, values) => {
      writer.varint(values.length)
      for (const value of values) element.write(writer, value)
    },
    read: (reader) => {
      const count = reader.varint()
      // An element takes at least one byte (or is an empty shape, of which nobody lists many).
      if (count > reader.remaining) throw new MalformedBytesError("a list is longer than its bytes")
      const values: T[] = []
      for (let index = 0; index < count; index += 1) values.push(element.read(reader))
      return values
    },
  }
}

/** A value that may be missing, as `undefined`. */
export function maybe<T>(inner: Codec<T>): Codec<T | undefined> {
  return {
    write: (writer, value) => {
      bool.write(writer, value !== undefined)
      if (value !== undefined) inner.write(writer, value)
    },
    read: (reader) => (bool.read(reader) ? inner.read(reader) : undefined),
  }
}

/** An object with exactly these fields, in this order. A field of `undefined` is left out when read. */
export function shape<T extends object>(fields: { readonly [K in keyof Required<T>]: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[]
  const codecs = names.map((name) => fields[name]) as Codec<unknown>[]
  return {
    write: (writer, value) => {
      for (let index = 0; index < names.length; index += 1) {
        ;(codecs[index] as Codec<unknown>).write(writer, value[names[index] as keyof T])
      }
    },
    read: (reader) => {
      const value: Record<string, unknown> = {}
      for (let index = 0; index < names.length; index += 1) {
        const field = (codecs[index] as Codec<unknown>).read(reader)
        if (field !== undefined) value[names[index] as string] = field
      }
      return value as T
    },
  }
}

interface Kinded {
  readonly kind: string
}

type Cases<U extends Kinded> = {
  readonly [K in U["kind"]]: { readonly tag: number; readonly codec: Codec<Omit<Extract<U, { kind: K }>, "kind">> }
}

/** A union told apart by `kind`. Each case has a number that is never given to another case. */
export function union<U extends Kinded>(cases: Cases<U>): Codec<U> {
  type AnyCase = { readonly tag: number; readonly codec: Codec<object> }
  const byKind = new Map<string, AnyCase>(Object.entries(cases))
  const kinds: (string | undefined)[] = []
  for (const [kind, { tag }] of byKind) {
    assert(kinds[tag] === undefined && tag < 128, `tag ${String(tag)} names one case`)
    kinds[tag] = kind
  }
  return {
    write: (writer, value) => {
      const found = byKind.get(value.kind)
      if (found === undefined) return unreachable(value as never)
      writer.byte(found.tag)
      found.codec.write(writer, value)
    },
    read: (reader) => {
      const kind = kinds[reader.byte()]
      if (kind === undefined) throw new MalformedBytesError("unknown kind")
      const rest = (byKind.get(kind) as AnyCase).codec.read(reader)
      return { kind, ...rest } as U
    },
  }
}

/** Encoding is the core's most frequent allocation; one buffer that has grown to size serves all of it, call by call. */
const scratch = new ByteWriter(4096)
let scratchIsTaken = false

export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  return withEncoded(codec, value, (writer) => writer.finish())
}

/** For bytes that are let go soon: see passing-bytes.ts. */
export function encodeInPassing<T>(codec: Codec<T>, value: T): Uint8Array {
  return withEncoded(codec, value, (writer) => writer.finishInPassing())
}

/** What `value` is as bytes, for a look: they are lent to `use` for as long as that takes. */
export function lookAtEncoded<T>(codec: Codec<T>, value: T, use: (bytes: Uint8Array) => number): number {
  return withEncoded(codec, value, (writer) => use(writer.lend()))
}

function withEncoded<T, R>(codec: Codec<T>, value: T, use: (writer: ByteWriter) => R): R {
  if (scratchIsTaken) return use(written(new ByteWriter(), codec, value))
  scratchIsTaken = true
  try {
    scratch.reset()
    return use(written(scratch, codec, value))
  } finally {
    scratchIsTaken = false
  }
}

function written<T>(writer: ByteWriter, codec: Codec<T>, value: T): ByteWriter {
  codec.write(writer, value)
  return writer
}

/** Reads one value that takes up all of `buffer`. Raises `MalformedBytesError` for anything else. */
export function decode<T>(codec: Codec<T>, buffer: Uint8Array): T {
  const reader = new Reader(buffer)
  const value = codec.read(reader)
  reader.end()
  return value
}
