/**
 * Consistent caches: no read, cached or not, shows less than anybody had been told before it began. A read from a cache
 * is held to more: it shows the tree as it is at that very instant, because a change is not even proposed before the last
 * cache has dropped what it makes stale.
 *
 * What each node and listing was, slot by slot, is written down as the log is applied; a read must match one of the
 * versions that were current at some time during the read.
 */
import type { Slot } from "../../../src/base/brand.ts"
import { keysOfComingOrGoing, keysOfNode, pathOfKey } from "../../../src/contract/cache-key.ts"
import type { DirectoryEntry, NodeStat } from "../../../src/contract/requests.ts"
import type { StateMachine } from "../../../src/state-machine/state-machine.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"
import { onlooker } from "./second-opinion.ts"

/** What is read: a node's facts, its facts and contents, or the names and facts of all children of a directory. */
export type Aspect = "stat" | "contents" | "listing"

export type Sight =
  | { readonly aspect: "stat"; readonly stat: NodeStat }
  | { readonly aspect: "contents"; readonly stat: NodeStat; readonly contents: Uint8Array }
  | { readonly aspect: "listing"; readonly entries: readonly DirectoryEntry[] }

export interface ReadUnderWay {
  readonly reader: string
  readonly path: string
  readonly aspect: Aspect
  readonly begunAt: TrueTime
  /** What anybody had been told by then. */
  readonly knownThrough: Slot
}

interface Version {
  readonly from: Slot
  readonly fingerprint: string
}

export class FreshnessChecker implements LogFollower {
  readonly #findings: Findings
  /** By aspect and path, in order of slot. What is not here was never there. */
  readonly #versions = new Map<string, Version[]>()
  #knownThrough: Slot = 0

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied({ slot, applied }: AppliedSlot, machine: StateMachine): void {
    const touched = new Set<string>()
    for (const { change } of applied.changes) {
      switch (change.kind) {
        case "nodeCreated":
        case "nodeDeleted":
          for (const key of keysOfComingOrGoing(change.path)) touched.add(pathOfKey(key))
          break
        case "contentsChanged":
        case "aclChanged":
          for (const key of keysOfNode(change.path)) touched.add(pathOfKey(key))
          break
        case "lockAcquired":
        case "lockFreed":
        case "lockRequested":
          break
      }
    }
    for (const path of touched)
      for (const aspect of aspects) this.#note(aspect, path, slot, look(machine, aspect, path))
  }

  /** Somebody was answered with a state of this slot. */
  told(commitIndex: Slot): void {
    this.#knownThrough = Math.max(this.#knownThrough, commitIndex)
  }

  began(at: TrueTime, reader: string, path: string, aspect: Aspect): ReadUnderWay {
    return { reader, path, aspect, begunAt: at, knownThrough: this.#knownThrough }
  }

  /** `sight` is undefined when there was said to be nothing. Returns whether the read cost no time: a cache answered. */
  ended(at: TrueTime, read: ReadUnderWay, sight: Sight | undefined): boolean {
    const isHit = at === read.begunAt
    const versions = this.#versions.get(nameOf(read.aspect, read.path)) ?? [{ from: 0, fingerprint: absent }]
    const seen = fingerprintOf(sight)
    const fits = versions.some(({ fingerprint }, place) => {
      const next = versions[place + 1]
      const isCurrent = next === undefined || (!isHit && next.from > read.knownThrough)
      return isCurrent && fingerprint === seen
    })
    if (!fits) {
      const since = isHit ? "from a cache" : `after ${String(read.knownThrough)} was known`
      const known = versions.slice(-3).map(({ from, fingerprint }) => `slot ${String(from)}: ${fingerprint}`)
      const claim = `${read.reader} reads the ${read.aspect} of ${read.path} ${since}: ${seen}; the log has ${known.join("; ")}`
      this.#findings.report("freshness", at, claim)
    }
    return isHit
  }

  #note(aspect: Aspect, path: string, slot: Slot, sight: Sight | undefined): void {
    const name = nameOf(aspect, path)
    const versions = this.#versions.get(name) ?? [{ from: 0, fingerprint: absent }]
    const fingerprint = fingerprintOf(sight)
    if (versions.at(-1)?.fingerprint !== fingerprint) versions.push({ from: slot, fingerprint })
    this.#versions.set(name, versions)
  }
}

const absent = "nothing"

const aspects: readonly Aspect[] = ["stat", "contents", "listing"]

function look(machine: StateMachine, aspect: Aspect, path: string): Sight | undefined {
  const node = { kind: "path", path } as const
  switch (aspect) {
    case "stat": {
      const found = machine.read({ kind: "getStat", node }, onlooker)
      return found.kind === "getStat" ? { aspect, stat: found.stat } : undefined
    }
    case "contents": {
      const found = machine.read({ kind: "getContentsAndStat", node }, onlooker)
      return found.kind === "getContentsAndStat" ? { aspect, ...found } : undefined
    }
    case "listing": {
      const whole = { afterName: "", pageSize: 10_000, recursive: false } as const
      const found = machine.read({ kind: "readDir", node, ...whole }, onlooker)
      return found.kind === "readDir" ? { aspect, entries: found.entries } : undefined
    }
  }
}

function fingerprintOf(sight: Sight | undefined): string {
  switch (sight?.aspect) {
    case undefined:
      return absent
    case "stat":
      return factsOf(sight.stat)
    case "contents":
      return `${factsOf(sight.stat)} "${new TextDecoder().decode(sight.contents)}"`
    case "listing":
      return `[${sight.entries.map(({ name, stat }) => `${name}=${factsOf(stat)}`).join(" ")}]`
  }
}

/** All but the lock generation, which caches don't keep fresh. */
function factsOf({ instance, contentGeneration, aclGeneration, childCount, commitIndex, checksum }: NodeStat): string {
  return [instance, contentGeneration, aclGeneration, childCount, commitIndex].join(".") + `#${checksum.slice(0, 4)}`
}

function nameOf(aspect: Aspect, path: string): string {
  return `${aspect} ${path}`
}
