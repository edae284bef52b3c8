/**
 * Lookups in the state of this very replica, which may be behind the cell's. The caller's rights are those of that state.
 * Nothing here waits for anything, so all that one lookup reads is of one moment.
 */
import { assert } from "../../base/assert.ts"
import { limits } from "../../contract/limits.ts"
import type { LocalReply, Outcome } from "../../contract/requests.ts"
import type { LocalReads } from "../cell.ts"
import { nameLimits } from "./name-limits.ts"
import type { NameReader, ReadListing, ReadRefused } from "./resolve.ts"

export function localReader(replica: LocalReads, principal: string): NameReader {
  return {
    file: (path) => {
      const reply = replica.readLocally({ kind: "getContentsAndStat", node: { kind: "path", path } }, principal)
      const { outcome } = reply
      const isFile = outcome.kind === "getContentsAndStat"
      return Promise.resolve(isFile ? { ...outcome, kind: "file" } : refusedBy(outcome, reply))
    },
    listing: (path) => Promise.resolve(firstChildren(replica, principal, path, nameLimits.instancesPerName + 1)),
  }
}

/** As many children of a directory as anybody gets in one piece. */
export function listLocally(replica: LocalReads, principal: string, path: string): ReadListing | ReadRefused {
  return firstChildren(replica, principal, path, limits.readDirPageMax)
}

function firstChildren(
  replica: LocalReads,
  principal: string,
  path: string,
  pageSize: number,
): ReadListing | ReadRefused {
  const node = { kind: "path", path } as const
  const reply = replica.readLocally({ kind: "readDir", node, afterName: "", pageSize, recursive: false }, principal)
  const { outcome } = reply
  return outcome.kind === "readDir" ? { ...outcome, kind: "listing" } : refusedBy(outcome, reply)
}

function refusedBy(outcome: Outcome, { commitIndex }: LocalReply): ReadRefused {
  assert(outcome.kind === "refused", "an operation is answered in kind, or refused")
  return { kind: "refused", refusal: outcome, commitIndex }
}
