/**
 * The names of a directory's children in order, for listings. Not part of the state, only a shortcut: sorting a million
 * names takes a second, in which the cell does nothing else, so a few that come or go between two listings are put in
 * their places. Many are not: each moves half of the others, and then one more sorting is cheaper.
 */

const editsMax = 100

export class SortedNames {
  #names: string[] | undefined
  /** Since the last listing. */
  #editCount = 0

  /** Of these children. By UTF-16 code unit: the one order that no locale and no edition of Unicode can change. */
  of(children: ReadonlyMap<string, unknown>): readonly string[] {
    this.#editCount = 0
    this.#names ??= [...children.keys()].sort()
    return this.#names
  }

  add(name: string): void {
    const names = this.#namesToEdit()
    names?.splice(countThrough(names, name), 0, name)
  }

  remove(name: string): void {
    const names = this.#namesToEdit()
    names?.splice(countThrough(names, name) - 1, 1)
  }

  #namesToEdit(): string[] | undefined {
    this.#editCount += 1
    if (this.#editCount > editsMax) this.#names = undefined
    return this.#names
  }
}

/** How many of the ordered `names` do not come after `name`. */
export function countThrough(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((names[middle] as string) <= name) low = middle + 1
    else high = middle
  }
  return low
}
