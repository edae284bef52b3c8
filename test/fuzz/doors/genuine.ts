/**
 * What only the cell can have made: sessions that are open, locks they hold, what those locks are vouched for by. Without
 * it, every request that a fuzzer makes up would be turned away at the first question.
 */
import type { Prng } from "../../../src/base/prng.ts"
import { ask } from "../../support/http-request.ts"

export interface Genuine {
  /** The part of either place that is used for now. What has been spoilt for everybody is left behind with it. */
  readonly folder: string
  readonly sessionIds: readonly number[]
  readonly sequencers: readonly string[]
  readonly handles: readonly string[]
  readonly etags: readonly string[]
}

/** Whatever a request changes lies below one of these; what is below `quiet` is looked at before and after. */
export type Place = "fuzz" | "quiet"

const names = ["a", "b", "c", "d", "d/e", "d/f/g", "lock", "ä", "b c", "q-"]

/** In the cell, as in `fuzz/d/e`; there may be a node or not. */
export function anyNode(dice: Prng, place: Place, { folder }: Genuine): string {
  return `${place}/${folder}/${dice.pick(names)}`
}

/** `door`: of HTTP, as `host:port`. */
export async function askForGenuine(door: string, folder: string): Promise<Genuine> {
  const http = `http://${door}`
  const sessionIds: number[] = []
  const sequencers: string[] = []
  const handles: string[] = []
  const etags: string[] = []
  for (const place of ["fuzz", "quiet"]) {
    for (const directory of [place, `${place}/${folder}`, `${place}/${folder}/d`])
      await ask(http, { method: "PUT", path: `/v1/directories/${directory}` })
    const body = JSON.stringify({ sessionLeaseMs: 600_000 })
    const opened = await ask(http, { method: "POST", path: "/v1/sessions", headers: json, body })
    const { sessionId } = opened.json as { sessionId: number }
    sessionIds.push(sessionId)
    for (const name of ["lock", "d/e"]) {
      const path = `/v1/locks/${place}/${folder}/${name}?mode=shared`
      const held = await ask(http, { method: "POST", path, headers: { "claviger-session": String(sessionId) } })
      const { sequencer = "", handle = "" } = held.json as { sequencer?: string; handle?: string }
      sequencers.push(sequencer)
      handles.push(handle)
    }
    const written = await ask(http, { method: "PUT", path: `/v1/files/${place}/${folder}/a`, body: "a" })
    etags.push(written.headers.etag ?? '"1-1"')
  }
  return { folder, sessionIds, sequencers, handles, etags }
}

const json = { "content-type": "application/json" }

/** What lies below `quiet`, as text that is equal while nothing has changed there. What is ephemeral comes and goes. */
export async function lookAtQuiet(door: string, { folder }: Genuine): Promise<string> {
  const { json } = await ask(`http://${door}`, { path: `/v1/directories/quiet/${folder}?recursive=true` })
  const { entries = [] } = json as { entries?: readonly { name: string; stat: Readonly<Record<string, unknown>> }[] }
  return entries
    .filter(({ stat }) => stat["ephemeral"] !== true)
    .map(({ name, stat }) => [name, ...watched.map((fact) => JSON.stringify(stat[fact]))].join(" "))
    .join("\n")
}

/** Locks change hands by themselves when a session ends; who may do what, and what is there, does not. */
const watched = ["kind", "instance", "contentGeneration", "aclGeneration", "checksum", "acl"]
