/**
 * What a cell does, said as simply as possible and as slowly as need be: no bytes, no indexes, no handles with check
 * digits. Locks are one line of people in order of arrival, some of whom hold. The state machine is compared with it.
 */
import type { AclChange, AclNames } from "../../../src/contract/acl.ts"
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
  readonly lockDelayMs: number
  readonly waitMs: number
  holds: boolean
}

interface NaiveNode {
  readonly path: string
  readonly kind: NodeKind
  readonly ephemeral: boolean
  contents: string
  acl: AclNames
  generation: number
  aclGeneration: number
  /** In which slot its contents, children or ACL were changed last. */
  changedIn: number
  /** How many numbers it has given to children. */
  sequence: number
  lockGeneration: number
  /** How long its lock-delay lasts; zero: there is none. */
  delayMs: number
  line: Party[]
  opens: string[]
}

export interface NaiveClaim {
  readonly mode: LockMode
  /** Else it is a TryAcquire. */
  readonly waits: boolean
  readonly lockDelayMs: number
  readonly waitMs: number
}

export interface NaiveOpen {
  readonly path: string
  readonly mode: HandleMode
  readonly rule: CreateRule
  readonly kind: NodeKind
  readonly ephemeral: boolean
  readonly sequential: boolean
  readonly acl: AclChange
}

export type Target = string | NaiveHandle

export class NaiveCell {
  readonly nodes = new Map<string, NaiveNode>()
  /** Answers to Acquires that had to wait, as `session:request answer`. */
  settled: string[] = []

  /** The slot at hand. */
  slot = 1
  readonly principals = new Map<number, string>()

  constructor() {
    const administrators = { read: "anyone", write: "administrators", changeAcl: "administrators" }
    this.#create("", "directory", false, "", { ...administrators, write: "anyone" })
    this.#create("acl", "directory", false, "", administrators)
    this.#create("acl/administrators", "file", false, "root\n", administrators)
  }

  open(sessionId: number, request: number, wanted: NaiveOpen): string {
    const { mode, rule, kind, ephemeral, sequential, acl } = wanted
    if (sequential && rule === "mustExist") return "INVALID_ARGUMENT"
    const directory = sequential ? this.#find(sessionId, parentOf(wanted.path), "write") : undefined
    if (typeof directory === "string") return directory
    if (directory?.kind === "file") return "NOT_A_DIRECTORY"
    let number = (directory?.sequence ?? 0) + 1
    while (sequential && this.nodes.has(numbered(wanted.path, number))) number += 1
    const path = sequential ? numbered(wanted.path, number) : wanted.path
    const found = this.nodes.get(path)
    const problem = this.#denied(sessionId, path, mode) ?? this.#blocked(path)
    if (problem !== undefined) return problem
    if (found === undefined && rule === "mustExist") return "NODE_NOT_FOUND"
    if (found !== undefined && rule === "mustCreate") return "NODE_EXISTS"
    if (found !== undefined && rule === "mayCreate" && found.kind !== kind) {
      return kind === "file" ? "NOT_A_FILE" : "NOT_A_DIRECTORY"
    }
    const node = found ?? this.#make(sessionId, path, { kind, ephemeral, acl, mode })
    if (typeof node === "string") return node
    if (directory !== undefined) directory.sequence = number
    if (node.ephemeral) node.opens.push(`${sessionId}:${request}`)
    return `${found === undefined ? "created" : "opened"} ${path}`
  }

  close(sessionId: number, { node, by, sessionId: opener }: NaiveHandle): string {
    if (opener !== sessionId || !this.#isThere(node)) return "closed"
    this.#leave(node, (party) => party.by === by, "CANCELLED")
    const open = node.opens.indexOf(by)
    if (open >= 0) node.opens.splice(open, 1)
    this.#sweep(node)
    return "closed"
  }

  set(sessionId: number, target: Target, contents: string, expected: number | undefined): string {
    const node = this.#find(sessionId, target, "write")
    if (node === "NODE_NOT_FOUND" && typeof target === "string") {
      if (this.#blocked(target) !== undefined || (expected ?? 0) > 0) return node
      const made = this.#make(sessionId, target, plainFile)
      if (typeof made === "string") return made
      made.contents = contents
      return "set 1"
    }
    if (typeof node === "string") return node
    if (node.kind === "directory") return "NOT_A_FILE"
    if (expected !== undefined && expected !== node.generation) return "GENERATION_MISMATCH"
    node.contents = contents
    node.generation += 1
    node.changedIn = this.slot
    return `set ${node.generation}`
  }

  setAcl(sessionId: number, target: Target, acl: AclChange, expected: number | undefined): string {
    const node = this.#find(sessionId, target, "changeAcl")
    if (typeof node === "string") return node
    if (expected !== undefined && expected !== node.aclGeneration) return "GENERATION_MISMATCH"
    node.acl = changed(node.acl, acl)
    node.aclGeneration += 1
    node.changedIn = this.slot
    return `acl ${node.aclGeneration}`
  }

  remove(sessionId: number, target: Target): string {
    const node = this.#find(sessionId, target, "write")
    if (typeof node === "string") return node
    if (node.path === "") return "INVALID_ARGUMENT"
    const denied = this.#denied(sessionId, parentOf(node.path), "write")
    if (denied !== undefined) return denied
    if (this.#children(node).length > 0) return "DIRECTORY_NOT_EMPTY"
    if (node.line.some((party) => party.holds && party.sessionId !== sessionId)) return "LOCK_HELD"
    if (node.delayMs > 0) return "LOCK_HELD"
    this.#remove(node)
    return "deleted"
  }

  acquire(sessionId: number, request: number, target: Target, claim: NaiveClaim): string {
    const { mode, waits, lockDelayMs, waitMs } = claim
    const found = this.#find(sessionId, target, "write")
    const missing = found === "NODE_NOT_FOUND" && typeof target === "string" && this.#blocked(target) === undefined
    const node = missing ? this.#make(sessionId, target, plainFile) : found
    if (typeof node === "string") return node
    const by = typeof target === "string" ? `${sessionId}:${request}` : target.by
    const earlier = node.line.find((party) => party.by === by)
    if (earlier !== undefined) {
      return earlier.holds && earlier.mode === mode ? `acquired ${node.lockGeneration}` : "HANDLE_BUSY"
    }
    const party: Party = { by, sessionId, mode, requestNumber: request, lockDelayMs, waitMs, holds: false }
    node.line.push(party)
    this.#grant(node, false)
    if (party.holds) return `acquired ${node.lockGeneration}`
    if (waits) return "waits"
    node.line.pop()
    return "taken"
  }

  cancel(sessionId: number, request: number, answer = "CANCELLED"): string {
    for (const node of this.nodes.values()) {
      const isMeant = (party: Party): boolean =>
        !party.holds && party.sessionId === sessionId && party.requestNumber === request
      if (!node.line.some(isMeant)) continue
      this.#leave(node, isMeant, answer)
      return "cancelled"
    }
    return "not cancelled"
  }

  release(sessionId: number, target: Target): string {
    const own = typeof target === "string" ? this.nodes.get(target) : undefined
    const isMeant = (party: Party): boolean =>
      party.holds && (typeof target === "string" ? party.sessionId === sessionId : party.by === target.by)
    // What one holds one may give back.
    const node = own?.line.some(isMeant) === true ? own : this.#find(sessionId, target, "write")
    if (typeof node === "string") return node
    const released = node.line.some(isMeant)
    this.#leave(node, isMeant, "")
    this.#sweep(node)
    return released ? "released" : "not released"
  }

  /** Everything below the root that the principal may see, in order, each node before what is below it. */
  listing(principal: string): string[] {
    const isShown = (path: string): boolean => {
      const node = this.nodes.get(path)
      if (path === "" || node === undefined) return true
      return this.#may(principal, node.acl, "read") && isShown(parentOf(path))
    }
    const inOrder = (left: string, right: string): number => (left < right ? -1 : 1)
    // A slash stands before all other characters that these names are made of.
    return [...this.nodes.keys()].filter((path) => path !== "" && isShown(path)).sort(inOrder)
  }

  endDelay(path: string): void {
    const node = this.nodes.get(path)
    if (node === undefined) return
    node.delayMs = 0
    this.#grant(node, true)
    this.#sweep(node)
  }

  end(sessionId: number, lost: boolean): void {
    for (const node of [...this.nodes.values()]) {
      node.opens = node.opens.filter((by) => !by.startsWith(`${sessionId}:`))
      for (const party of node.line)
        if (party.sessionId === sessionId && !party.holds) this.#settle(party, "SESSION_EXPIRED")
      for (const { holds, lockDelayMs, sessionId: holder } of node.line)
        if (lost && holds && holder === sessionId) node.delayMs = Math.max(node.delayMs, lockDelayMs)
      node.line = node.line.filter((party) => party.sessionId !== sessionId)
    }
    for (const node of this.nodes.values()) this.#grant(node, true)
    for (const node of [...this.nodes.values()]) this.#sweep(node)
  }

  /** Everything that can be seen of the cell, a line for each node. */
  describe(): string[] {
    return [...this.nodes.values()].map((node) => {
      const { path, kind, ephemeral, contents, generation, lockGeneration, delayMs, line } = node
      const parties = (holds: boolean): string =>
        line
          .filter((party) => party.holds === holds)
          .map(({ sessionId, mode }) => `${sessionId}${mode}`)
          .join()
      const { acl, aclGeneration, changedIn } = node
      const names = [acl.read, acl.write, acl.changeAcl]
      const counts = [generation, aclGeneration, lockGeneration, changedIn, this.#children(node).length]
      const facts = [path, kind, ephemeral, contents, ...names, ...counts, delayMs]
      return [...facts, `[${parties(true)}]`, `[${parties(false)}]`].join(" ")
    })
  }

  #grant(node: NaiveNode, tell: boolean): void {
    if (node.delayMs > 0) return
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

  /** Makes a node for somebody who must be allowed to. */
  #make(
    sessionId: number,
    path: string,
    plan: { readonly kind: NodeKind; readonly ephemeral: boolean; readonly acl: AclChange; readonly mode: HandleMode },
  ): NaiveNode | string {
    const parent = this.nodes.get(parentOf(path))
    const principal = this.principals.get(sessionId) ?? ""
    if (parent === undefined || !this.#may(principal, parent.acl, "write")) return "PERMISSION_DENIED"
    const acl = changed(parent.acl, plan.acl)
    if (!this.#may(principal, acl, plan.mode)) return "PERMISSION_DENIED"
    return this.#create(path, plan.kind, plan.ephemeral, "", acl)
  }

  #create(path: string, kind: NodeKind, ephemeral: boolean, contents: string, acl: AclNames): NaiveNode {
    const counters = { generation: 1, aclGeneration: 1, lockGeneration: 0, changedIn: this.slot, sequence: 0 }
    const node = { path, kind, ephemeral, contents, acl, ...counters, delayMs: 0, line: [], opens: [] }
    this.nodes.set(path, node)
    const parent = this.nodes.get(parentOf(path))
    if (parent !== undefined) parent.changedIn = this.slot
    return node
  }

  #may(principal: string, acl: AclNames, mode: HandleMode): boolean {
    const isOn = (name: string): boolean =>
      name === "anyone" || (this.nodes.get(`acl/${name}`)?.contents ?? "").split("\n").includes(principal)
    return isOn("administrators") || (isOn(acl.read) && isOn(acl[mode]))
  }

  /** Whoever may not use what is there, or not see what it would be in. */
  #denied(sessionId: number, path: string, mode: HandleMode): string | undefined {
    const node = this.nodes.get(path)
    if (node === undefined) return this.#denied(sessionId, parentOf(path), "read")
    return this.#may(this.principals.get(sessionId) ?? "", node.acl, mode) ? undefined : "PERMISSION_DENIED"
  }

  #remove(node: NaiveNode): void {
    for (const party of node.line) if (!party.holds) this.#settle(party, "NODE_NOT_FOUND")
    this.nodes.delete(node.path)
    const parent = this.nodes.get(parentOf(node.path))
    if (parent === undefined) return
    parent.changedIn = this.slot
    this.#sweep(parent)
  }

  #sweep(node: NaiveNode): void {
    if (!this.#isThere(node) || !node.ephemeral) return
    // Whoever stands in the line is somebody: he holds, or waits for who holds, or for the end of the delay.
    if (node.opens.length > 0 || node.line.length > 0 || node.delayMs > 0) return
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
    if (typeof target === "string") {
      const denied = this.#denied(sessionId, target, mode)
      return denied ?? this.nodes.get(target) ?? this.#blocked(target) ?? "NODE_NOT_FOUND"
    }
    if (target.sessionId !== sessionId || !this.#isThere(target.node)) return "HANDLE_INVALID"
    return mode !== "read" && target.mode !== mode ? "PERMISSION_DENIED" : target.node
  }
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""
}

/** What a call makes that names a missing file. */
const plainFile = { kind: "file", ephemeral: false, acl: {}, mode: "write" } as const

function changed(names: AclNames, { read, write, changeAcl }: AclChange): AclNames {
  return { read: read ?? names.read, write: write ?? names.write, changeAcl: changeAcl ?? names.changeAcl }
}

function numbered(path: string, number: number): string {
  return path + String(number).padStart(10, "0")
}
