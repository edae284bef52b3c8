/**
 * What a cell does, said as simply as possible and as slowly as need be: no bytes, no indexes, no handles with check
 * digits. Locks are one line of people in order of arrival, some of whom hold. The state machine is compared with it.
 */
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { CreateRule, HandleMode, NodeKind } from "../../../src/contract/requests.ts"

export interface NaiveHandle {
  readonly node: NaiveNode
  readonly mode: HandleMode
  readonly by: string
  readonly sessionId: number
}

interface Party {
  readonly by: string
  readonly sessionId: number
  readonly mode: LockMode
  readonly requestNumber: number
  holds: boolean
}

interface NaiveNode {
  readonly path: string
  readonly kind: NodeKind
  readonly ephemeral: boolean
  contents: string
  generation: number
  lockGeneration: number
  line: Party[]
  opens: string[]
}

export type Target = string | NaiveHandle

export class NaiveCell {
  readonly nodes = new Map<string, NaiveNode>()
  /** Answers to Acquires that had to wait, as `session:request answer`. */
  settled: string[] = []

  constructor() {
    this.#create("", "directory", false, "")
  }

  open(sessionId: number, request: number, path: string, rule: CreateRule, kind: NodeKind, ephemeral: boolean): string {
    const blocked = this.#blocked(path)
    if (blocked !== undefined) return blocked
    const found = this.nodes.get(path)
    if (found === undefined && rule === "mustExist") return "NODE_NOT_FOUND"
    if (found !== undefined && rule === "mustCreate") return "NODE_EXISTS"
    if (found !== undefined && rule === "mayCreate" && found.kind !== kind) {
      return kind === "file" ? "NOT_A_FILE" : "NOT_A_DIRECTORY"
    }
    const node = found ?? this.#create(path, kind, ephemeral, "")
    if (node.ephemeral) node.opens.push(`${sessionId}:${request}`)
    return found === undefined ? "created" : "opened"
  }

  close(sessionId: number, { node, by, sessionId: opener }: NaiveHandle): string {
    if (opener !== sessionId || !this.#isThere(node)) return "closed"
    this.#leave(node, (party) => party.by === by, "CANCELLED")
    const open = node.opens.indexOf(by)
    if (open >= 0) node.opens.splice(open, 1)
    if (open >= 0) this.#sweep(node)
    return "closed"
  }

  set(sessionId: number, target: Target, contents: string, expected: number | undefined): string {
    const node = this.#find(sessionId, target, "write")
    if (node === "NODE_NOT_FOUND" && typeof target === "string") {
      if (this.#blocked(target) !== undefined || (expected ?? 0) > 0) return node
      this.#create(target, "file", false, contents)
      return "set 1"
    }
    if (typeof node === "string") return node
    if (node.kind === "directory") return "NOT_A_FILE"
    if (expected !== undefined && expected !== node.generation) return "GENERATION_MISMATCH"
    node.contents = contents
    node.generation += 1
    return `set ${node.generation}`
  }

  remove(sessionId: number, target: Target): string {
    const node = this.#find(sessionId, target, "write")
    if (typeof node === "string") return node
    if (node.path === "") return "INVALID_ARGUMENT"
    if (this.#children(node).length > 0) return "DIRECTORY_NOT_EMPTY"
    if (node.line.some((party) => party.holds && party.sessionId !== sessionId)) return "LOCK_HELD"
    this.#remove(node)
    return "deleted"
  }

  acquire(sessionId: number, request: number, target: Target, mode: LockMode, waits: boolean): string {
    const missing = typeof target === "string" && this.#blocked(target) === undefined && !this.nodes.has(target)
    if (missing) this.#create(target, "file", false, "")
    const node = this.#find(sessionId, target, "write")
    if (typeof node === "string") return node
    const by = typeof target === "string" ? `${sessionId}:${request}` : target.by
    const earlier = node.line.find((party) => party.by === by)
    if (earlier !== undefined) {
      return earlier.holds && earlier.mode === mode ? `acquired ${node.lockGeneration}` : "HANDLE_BUSY"
    }
    const party: Party = { by, sessionId, mode, requestNumber: request, holds: false }
    node.line.push(party)
    this.#grant(node, false)
    if (party.holds) return `acquired ${node.lockGeneration}`
    if (waits) return "waits"
    node.line.pop()
    return "taken"
  }

  cancel(sessionId: number, request: number): string {
    for (const node of this.nodes.values()) {
      const isMeant = (party: Party): boolean =>
        !party.holds && party.sessionId === sessionId && party.requestNumber === request
      if (!node.line.some(isMeant)) continue
      this.#leave(node, isMeant, "CANCELLED")
      return "cancelled"
    }
    return "not cancelled"
  }

  release(sessionId: number, target: Target): string {
    const node = this.#find(sessionId, target, "write")
    if (typeof node === "string") return node
    const isMeant = (party: Party): boolean =>
      party.holds && (typeof target === "string" ? party.sessionId === sessionId : party.by === target.by)
    const released = node.line.some(isMeant)
    this.#leave(node, isMeant, "")
    return released ? "released" : "not released"
  }

  end(sessionId: number): void {
    for (const node of [...this.nodes.values()]) {
      node.opens = node.opens.filter((by) => !by.startsWith(`${sessionId}:`))
      for (const party of node.line)
        if (party.sessionId === sessionId && !party.holds) this.#settle(party, "SESSION_EXPIRED")
      node.line = node.line.filter((party) => party.sessionId !== sessionId)
    }
    for (const node of [...this.nodes.values()]) this.#sweep(node)
    for (const node of this.nodes.values()) this.#grant(node, true)
  }

  /** Everything that can be seen of the cell, a line for each node. */
  describe(): string[] {
    return [...this.nodes.values()].map(({ path, kind, ephemeral, contents, generation, lockGeneration, line }) => {
      const parties = (holds: boolean): string =>
        line
          .filter((party) => party.holds === holds)
          .map(({ sessionId, mode }) => `${sessionId}${mode}`)
          .join()
      const facts = [path, kind, ephemeral, contents, generation, lockGeneration]
      return [...facts, `[${parties(true)}]`, `[${parties(false)}]`].join(" ")
    })
  }

  #grant(node: NaiveNode, tell: boolean): void {
    for (const party of node.line) {
      if (party.holds) continue
      const holders = node.line.filter((other) => other.holds)
      if (holders.some((holder) => holder.mode === "exclusive" || party.mode === "exclusive")) return
      if (holders.length === 0) node.lockGeneration += 1
      party.holds = true
      if (tell) this.#settle(party, `acquired ${node.lockGeneration}`)
    }
  }

  #leave(node: NaiveNode, leaves: (party: Party) => boolean, answer: string): void {
    for (const party of node.line) if (leaves(party) && !party.holds) this.#settle(party, answer)
    node.line = node.line.filter((party) => !leaves(party))
    this.#grant(node, true)
  }

  #settle({ sessionId, requestNumber }: Party, answer: string): void {
    this.settled.push(`${sessionId}:${requestNumber} ${answer}`)
  }

  #create(path: string, kind: NodeKind, ephemeral: boolean, contents: string): NaiveNode {
    const node = { path, kind, ephemeral, contents, generation: 1, lockGeneration: 0, line: [], opens: [] }
    this.nodes.set(path, node)
    return node
  }

  #remove(node: NaiveNode): void {
    for (const party of node.line) if (!party.holds) this.#settle(party, "NODE_NOT_FOUND")
    this.nodes.delete(node.path)
    const parent = this.nodes.get(parentOf(node.path))
    if (parent !== undefined) this.#sweep(parent)
  }

  #sweep(node: NaiveNode): void {
    if (!this.#isThere(node) || !node.ephemeral || node.opens.length > 0) return
    if (this.#children(node).length === 0) this.#remove(node)
  }

  #children({ path }: NaiveNode): string[] {
    return [...this.nodes.keys()].filter((other) => other !== "" && other !== path && parentOf(other) === path)
  }

  #isThere(node: NaiveNode): boolean {
    return this.nodes.get(node.path) === node
  }

  /** Why nothing can be at `path`, whether or not something is. */
  #blocked(path: string): string | undefined {
    if (path === "") return undefined
    const parent = this.nodes.get(parentOf(path))
    if (parent === undefined) return this.#blocked(parentOf(path)) ?? "NODE_NOT_FOUND"
    return parent.kind === "file" ? "NOT_A_DIRECTORY" : undefined
  }

  #find(sessionId: number, target: Target, mode: HandleMode): NaiveNode | string {
    if (typeof target === "string") return this.nodes.get(target) ?? this.#blocked(target) ?? "NODE_NOT_FOUND"
    if (target.sessionId !== sessionId || !this.#isThere(target.node)) return "HANDLE_INVALID"
    return mode === "write" && target.mode === "read" ? "PERMISSION_DENIED" : target.node
  }
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""
}
