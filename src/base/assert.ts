/**
 * Broken invariants. An `AssertionError` means that the program, not its input, is wrong: nothing catches it, the
 * process stops, its supervisor starts it again and the rest of the cell carries on.
 */
export class AssertionError extends Error {
  override readonly name = "AssertionError"
}

export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionError(`broken invariant: ${claim}`)
}

/** For the `default` of a switch over a union: the compiler proves that no case is left. */
export function unreachable(value: never): never {
  throw new AssertionError(`broken invariant: unexpected case ${JSON.stringify(value)}`)
}

/** The value, which the caller knows to be there. */
export function present<T>(value: T | undefined, claim: string): T {
  assert(value !== undefined, claim)
  return value
}
