/**
 * Who wants to hear of a change: by path, so that the cost of a change depends on the depth of its path and on how many
 * want to hear of it, and not on how many subscriptions there are.
 */
import type { SessionId } from "../base/brand.ts"
import { parentPathOf } from "../contract/cache-key.ts"
import type { NodeChange, Scope, Subscription } from "../contract/changes.ts"

export interface Interest {
  readonly sessionId: SessionId
  readonly principal: string
  /** With the cell's own name in the path. */
  readonly subscription: Subscription
}

export class InterestIndex {
  readonly #byPath: { readonly [Each in Scope]: Map<string, Set<Interest>> } = {
    node: new Map(),
    children: new Map(),
    subtree: new Map(),
  }

  add(interest: Interest): void {
    const { path, scope } = interest.subscription
    const there = this.#byPath[scope].get(path)
    if (there === undefined) this.#byPath[scope].set(path, new Set([interest]))
    else there.add(interest)
  }

  remove(interest: Interest): void {
    const { path, scope } = interest.subscription
    const there = this.#byPath[scope].get(path)
    there?.delete(interest)
    if (there?.size === 0) this.#byPath[scope].delete(path)
  }

  /** In the order in which they were added, scope by scope. */
  *interestedIn(change: NodeChange): Generator<Interest> {
    const { node, children, subtree } = this.#byPath
    if (node.size > 0) yield* wanting(node.get(change.path), change)
    const parent = parentPathOf(change.path)
    if (children.size > 0 && parent !== undefined) yield* wanting(children.get(parent), change)
    if (subtree.size === 0) return
    for (let path: string | undefined = change.path; path !== undefined; path = parentPathOf(path)) {
      yield* wanting(subtree.get(path), change)
    }
  }
}

function* wanting(there: ReadonlySet<Interest> | undefined, { kind }: NodeChange): Generator<Interest, undefined> {
  for (const interest of there ?? []) {
    const { kinds } = interest.subscription
    if (kinds.length === 0 || kinds.includes(kind)) yield interest
  }
}
