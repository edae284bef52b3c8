/**
 * Lookups by way of the client library: a session answers from its consistent cache, a cell without a session asks the
 * master each time. Fail-overs are borne by the library either way; here, what it throws becomes a value.
 */
import type { Slot } from "../../base/brand.ts"
import { CellError, SessionExpiredError } from "../../client/errors.ts"
import type { DirectoryListing, FileContents } from "../../client/files.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { NameReader, ReadRefused } from "./resolve.ts"

/** What a session and a cell have in common. */
export interface ReadingClient {
  get(path: string, options: { readonly signal: AbortSignal }): Promise<FileContents>
  getListing(path: string, options: { readonly signal: AbortSignal }): Promise<DirectoryListing>
}

/** Rejects only if the session is over: that is no answer to any question. */
export function readerOf(client: ReadingClient, signal: AbortSignal): NameReader {
  return {
    file: (path) => valued(client.get(path, { signal }), (file) => ({ kind: "file", ...file })),
    listing: (path) =>
      valued(client.getListing(path, { signal }), (listing) => ({ kind: "listing", more: false, ...listing })),
  }
}

async function valued<Read, Value>(read: Promise<Read>, valueOf: (read: Read) => Value): Promise<Value | ReadRefused> {
  try {
    return valueOf(await read)
  } catch (reason) {
    if (reason instanceof SessionExpiredError) throw reason
    const error = CellError.from(reason)
    const commitIndex: Slot = error.details.commitIndex ?? 0
    return { kind: "refused", refusal: refusalOf(error), commitIndex }
  }
}

/** The deadline is this replica's own, so its end is a cell that can't be reached, and not the caller's affair. */
export function refusalOf({ code, detail, details }: CellError): Refusal {
  if (code === "DEADLINE_EXCEEDED") return refuse("FAIL_OVER_IN_PROGRESS", "The cell has not answered in time.")
  return { ...refuse(code, detail), retryAfterMs: details.retryAfterMs }
}
