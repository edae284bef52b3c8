/** The form of an answer that a caller likes best. */
import { expect, test } from "vitest"
import { preferredType } from "../../../../src/server/http/accept.ts"

const offered = ["application/octet-stream", "text/plain", "application/json"] as const

test.each([
  [undefined, "application/octet-stream"],
  ["*/*", "application/octet-stream"],
  ["application/json", "application/json"],
  ["Application/JSON; charset=utf-8", "application/json"],
  ["text/*", "text/plain"],
  ["text/html, application/json;q=0.9, */*;q=0.1", "application/json"],
  ["application/octet-stream;q=0, */*", "text/plain"],
  ["application/json;q=0.5, text/plain;q=0.5", "text/plain"],
])("of %s it is %s", (accept, expected) => {
  expect(preferredType(accept, offered)).toBe(expected)
})

test.each(["image/png", "", "application/json;q=0", "application/json;q=7", "application/json;q=x", "json"])(
  "of %s there is none",
  (accept) => {
    expect(() => preferredType(accept, offered)).toThrow(expect.objectContaining({ code: "NOT_ACCEPTABLE" }))
  },
)
