/**
 * One object for all nodes whose ACL names are the same: a hundred thousand nodes have a handful of different ones. Who
 * compares names compares them by value; that equal ones are mostly one object saves memory and means nothing.
 */
import type { AclChange, AclNames } from "../contract/acl.ts"

/** Beyond so many different ones it begins anew: a pool that callers can fill must have a bottom. */
const poolSizeMax = 10_000

export class SharedAcls {
  readonly #pool = new Map<string, AclNames>()

  share(names: AclNames): AclNames {
    // None of the names holds a slash.
    const key = `${names.read}/${names.write}/${names.changeAcl}`
    const shared = this.#pool.get(key)
    if (shared !== undefined) return shared
    if (this.#pool.size >= poolSizeMax) this.#pool.clear()
    this.#pool.set(key, names)
    return names
  }

  /** `names` with those of `change` instead that it has. */
  changed(names: AclNames, { read, write, changeAcl }: AclChange): AclNames {
    if (read === undefined && write === undefined && changeAcl === undefined) return names
    return this.share({
      read: read ?? names.read,
      write: write ?? names.write,
      changeAcl: changeAcl ?? names.changeAcl,
    })
  }
}
