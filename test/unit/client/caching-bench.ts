/** A scripted cell of one file tree, and a session that may keep what it reads of it. */
import { Cell } from "../../../src/client/cell.ts"
import type { SessionOptions } from "../../../src/client/cell.ts"
import type { Session } from "../../../src/client/session.ts"
import type { Call } from "../../../src/client/transport.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { Notice } from "../../../src/contract/notices.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

/** Contents of the files that are there, by path below the cell's root. */
export type Files = Map<string, string>

export interface CachingBench {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly session: Session
  readonly files: Files
  /** Answers the KeepAlive that is parked, with notices numbered from `firstNotice`. */
  readonly answerKeepAlive: (firstNotice: number, notices: readonly Notice[], parkedMs?: number) => Promise<void>
}

export async function cachingBench(options: SessionOptions = {}): Promise<CachingBench> {
  const scripted = new ScriptedCell()
  const files: Files = new Map([["file", "one"]])
  scripted.script("a:1", masterOf(files))
  scripted.mayKeep = () => true
  const time = new VirtualSurroundings()
  const cell = new Cell({ replicas: ["a:1"] }, scripted, time)
  const session = await cell.openSession({ name: "alice", ...options })
  await quiet()
  return {
    scripted,
    time,
    session,
    files,
    answerKeepAlive: async (firstNotice, notices, parkedMs = 0) => {
      const parked = scripted.callsOf("keepAlive").at(-1)
      if (parked === undefined) throw new Error("no KeepAlive is parked")
      const leases = { sessionLeaseMs: 12_000, cacheLeaseMs: 5_000, parkedMs }
      scripted.answer(parked, { kind: "keepAlive", ...leases, firstNotice, notices })
      await quiet()
    },
  }
}

/** A master that knows `files`, and for the rest grants everything. */
export function masterOf(files: Files): (call: Call) => SignedOutcome | "hold" {
  return (call) => {
    const { operation } = call.request
    if (!("node" in operation) || operation.node.kind === "handle") return willingMaster(call)
    const path = operation.node.path.split("/").slice(3).join("/")
    const found = files.get(path)
    const spelled = path === "" ? "/ls/test" : `/ls/test/${path}`
    switch (operation.kind) {
      case "getContentsAndStat":
        if (found === undefined) return refuse("NODE_NOT_FOUND", `There is no node ${spelled}.`)
        return { kind: "getContentsAndStat", contents: new TextEncoder().encode(found), stat: statOf(spelled) }
      case "getStat":
        if (found === undefined) return refuse("NODE_NOT_FOUND", `There is no node ${spelled}.`)
        return { kind: "getStat", stat: statOf(spelled) }
      case "readDir": {
        const entries = [...files.keys()].sort().map((name) => ({ name, stat: statOf(`/ls/test/${name}`) }))
        return { kind: "readDir", entries, more: false, stat: statOf(spelled, { kind: "directory" }) }
      }
      default:
        return willingMaster(call)
    }
  }
}

export async function textOf(session: Session, path: string): Promise<string> {
  return new TextDecoder().decode((await session.get(path)).contents)
}

export async function namesIn(session: Session, path: string): Promise<string[]> {
  const names: string[] = []
  for await (const entry of session.readDir(path)) names.push(entry.name)
  return names
}

export function invalidate(...keys: string[]): Notice {
  return { kind: "invalidate", keys }
}
