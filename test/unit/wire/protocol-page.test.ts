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

describe("the page about the protocol", () => {
  test("shows how a lock is taken, from the session to its end", () => {
    expect(samples.map(({ call }) => call)).toEqual([
      ...["CreateSession", "KeepAlive", "Acquire", "CancelAcquire", "GetSequencer", "CheckSequencer"],
      ...["Release", "CloseSession"],
    ])
  })

  test.each(samples)("calls $call with $json", ({ call, json }) => {
    const method = (lockService as unknown as Readonly<Record<string, Method>>)[call]
    const request = JSON.parse(json) as object
    // What the message type doesn't know is gone after the way through bytes.
    expect(method?.requestDeserialize(method.requestSerialize(request))).toMatchObject(request)
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
  })
})
