/** The samples of docs/PROTOCOL.md are calls that exist, with fields that exist. */
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import { errorTrailer } from "../../../src/wire/error-details.ts"
import { lockService } from "../../../src/wire/load.ts"
import { messageBounds } from "../../../src/wire/message-bounds.ts"

const page = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8")

const samples = [
  ...page.matchAll(/-d '(?<json>[^']+)'\s*\\?\s*127\.0\.0\.1:\d+ claviger\.v1\.LockService\/(?<call>\w+)/g),
].map(({ groups }) => ({ call: groups?.["call"] ?? "", json: groups?.["json"] ?? "" }))

interface Method {
  readonly requestSerialize: (request: object) => Buffer
  readonly requestDeserialize: (bytes: Buffer) => object
}

/** As in gRPC's JSON: base64. A Buffer has become an object by the time that this is asked. */
function bytesAsText(_: string, value: unknown): unknown {
  const isBytes = typeof value === "object" && value !== null && "type" in value && value.type === "Buffer"
  return isBytes ? Buffer.from((value as unknown as { readonly data: number[] }).data).toString("base64") : value
}

describe("the page about the protocol", () => {
  test("shows how a lock is taken, from the session to its end, and what else a session can do", () => {
    expect(samples.map(({ call }) => call)).toEqual([
      ...["CreateSession", "KeepAlive", "Acquire", "CancelAcquire", "GetSequencer", "CheckSequencer"],
      ...["GetSequencerKeys", "Release", "CloseSession", "Subscribe", "Transact", "SetAcl", "CheckAccess"],
    ])
  })

  test.each(samples)("calls $call with $json", ({ call, json }) => {
    const method = (lockService as unknown as Readonly<Record<string, Method>>)[call]
    const request = JSON.parse(json) as object
    // What the message type doesn't know is gone after the way through bytes.
    const arrived = method?.requestDeserialize(method.requestSerialize(request))
    expect(JSON.parse(JSON.stringify(arrived, bytesAsText))).toMatchObject(request)
  })

  test("names limits as they are", () => {
    expect(page).toContain(`At most ${limits.operationsPerMessageMax} calls in a message.`)
    expect(page).toContain(`At most ${limits.outstandingRequestsMax} unanswered calls`)
    expect(page).toContain(`At most ${limits.outstandingRequestsMax} answers are kept`)
    expect(page).toContain(`After ${limits.gracePeriodMs / 1000} s of jeopardy`)
    expect(page).toContain(`at most ${limits.contentsBytesMax / 1024} KiB`)
    expect(page).toContain(`up to ${messageBounds.requestBytesMax / 1024 ** 2} MiB are read`)
    expect(page).toContain(`up to ${messageBounds.responseBytesMax / 1024 ** 2} MiB written`)
    expect(page).toContain(`\`${errorTrailer}\``)
    expect(page).toContain(`up to ${limits.parkedCallsPerStreamMax} of each`)
    expect(page).toContain(`at most ${limits.stillOpenMax}: an Acquire may wait`)
    expect(page).toContain(`the latest ${limits.changesKeptMax} changes`)
    expect(page).toContain(`at most ${limits.resumedKeysMax} keys`)
    expect(page).toContain(`\`lockDelayMs\` (up to ${limits.lockDelayMsMax.toLocaleString("en")})`)
    expect(page).toContain(`At most ${limits.transactionStepsMax} guards and ${limits.transactionStepsMax} steps`)
  })

  const rows = new Map(
    [...page.matchAll(/^\| (?<of>[\w' ]+?) +\| (?<limit>[^|]+?) +\|$/gm)].map(({ groups }) => [
      groups?.["of"] ?? "",
      (groups?.["limit"] ?? "").match(/\d+/g)?.map(Number) ?? [],
    ]),
  )

  test.each([
    ["path", [limits.pathBytesMax, limits.pathDepthMax, limits.nameBytesMax]],
    ["file", [limits.contentsBytesMax]],
    ["listing", [limits.readDirPageMax]],
    [
      "session",
      [
        limits.sessionLeaseMsMin,
        limits.sessionLeaseMsMax,
        limits.outstandingRequestsMax,
        limits.subscriptionsPerSessionMax,
      ],
    ],
    ["session's locks", [limits.engagementsPerSessionMax]],
    ["session's cache", [limits.cachedKeysPerSessionMax]],
    ["session's notices", [limits.noticesPerSessionMax]],
    ["lock", [limits.lockDelayMsMax, limits.waitMsMax, limits.lockQueueMax]],
    ["ephemeral node", [limits.opensPerNodeMax]],
    ["directory", [limits.childrenMax]],
    ["child of the root", [limits.subtreeNodesMax, limits.subtreeBytesMax]],
    ["cell", [limits.cellNodesMax, limits.cellBytesMax]],
    ["cell's sessions", [limits.sessionsMax, limits.sessionsPerPrincipalMax]],
    ["name", [limits.clientNameBytesMax, limits.aclNameBytesMax, limits.nonceBytesMax]],
    ["transaction", [limits.transactionStepsMax, limits.transactionStepsMax, limits.transactionBytesMax]],
    ["cell's keys", [limits.signingKeysMax]],
    ["Resume", [limits.resumedKeysMax]],
    ["message", [messageBounds.requestBytesMax]],
  ])("has the figures of a %s in its table of limits", (of, figures) => {
    expect(rows.get(of)?.filter((figure) => figure !== 1)).toEqual(figures)
  })
})
