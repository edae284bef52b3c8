/**
 * A planted bug: small patches to the sources, each of which must match exactly once. A simulator that does not notice it
 * lacks a checker, or the runs in which it would matter.
 */
export interface Mutant {
  readonly name: string
  /** What goes wrong in the world when the code is like this. */
  readonly why: string
  /** It takes a coincidence that random faults bring about too seldom: the unit tests in here must catch it. */
  readonly elusive?: string
  /** It shows only where the real client library is at work. */
  readonly whole?: true
  readonly patches: readonly Patch[]
}

export interface Patch {
  /** From the root of the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** They show only where the real client library is at work. */
export function inWholeSystem(mutants: readonly Omit<Mutant, "whole">[]): readonly Mutant[] {
  return mutants.map((mutant) => ({ ...mutant, whole: true }))
}

/** The text with the patch applied, or what is wrong with the patch. */
export function patched(
  text: string,
  { file, find, replace }: Patch,
): { readonly text: string } | { readonly wrong: string } {
  const first = text.indexOf(find)
  if (first < 0) return { wrong: `${file} does not contain: ${find}` }
  if (text.includes(find, first + 1)) return { wrong: `${file} contains more than once: ${find}` }
  return { text: text.slice(0, first) + replace + text.slice(first + find.length) }
}
