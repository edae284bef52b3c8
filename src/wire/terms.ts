/**
 * Numbers, text and bytes between the wire and the contract. What can't be turned into the other raises
 * `MalformedMessageError`, which the conversions of whole messages catch.
 */
import { noBytes } from "../base/bytes.ts"

/** The sender's fault: the message can't be what the protocol allows. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError"
}

/** The one door for 64-bit numbers. Beyond 2^53 - 1 a JavaScript number would be another number. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new MalformedMessageError(`${text} is greater than 2^53 - 1`)
  return value
}

export function optionalNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(text)
}

/**
 * For a field of 64 bits. What is no counter goes as the greatest number that fits, and is refused: the encoder would
 * make zero of NaN, and one of 1.5, which may mean something.
 */
export function uint64(value: number): number | string {
  return Number.isSafeInteger(value) && value >= 0 ? value : "18446744073709551615"
}

/** For a field of 32 bits, likewise: no limit admits the greatest number, but many admit what is left of 2^32 + 1. */
export function uint32(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 && value < greatestUint32 ? value : greatestUint32
}

const greatestUint32 = 2 ** 32 - 1

/** The decoder puts this character where bytes are no UTF-8. Nobody's name holds it who has not lost something. */
const replacementCharacter = "\uFFFD"

/** Text that names something. What was damaged on its way would name something else. */
export function name(text: string): string {
  if (text.includes(replacementCharacter)) throw new MalformedMessageError("a name holds bytes that are not UTF-8")
  return text
}

/** A copy: what came in is a view into a whole frame, which nobody should keep alive for a few bytes of it. */
export function ownBytes(view: Uint8Array): Uint8Array {
  return view.length === 0 ? noBytes : new Uint8Array(view)
}

/** A part of a message, which the format lets a sender leave out and the protocol does not. */
export function given<Message>(message: Message | null | undefined, what: string): Message {
  if (message === null || message === undefined) throw new MalformedMessageError(`${what} is missing`)
  return message
}
