import { expect, test, vi } from "vitest"
import { jsonLogger } from "../../../src/bin/json-logger.ts"

test("an entry is a line of JSON, and an error in it is told with its stack", () => {
  const lines: string[] = []
  const write = vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0)
  try {
    jsonLogger({ replica: 3 }).error({ error: new TypeError("x is not a function"), ticket: 7 }, "a door failed")
  } finally {
    write.mockRestore()
  }
  expect(lines).toEqual([expect.stringMatching(/^{.*}\n$/)])
  expect(JSON.parse(lines.join(""))).toMatchObject({
    ...{ level: 50, replica: 3, ticket: 7, msg: "a door failed" },
    error: expect.stringMatching(/^TypeError: x is not a function\n.* at /),
  })
})
