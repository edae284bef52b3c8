import { expect, test } from "vitest"
import { unlessNobodyListens } from "../../../src/cli/nobody-listens.ts"
import { silentServer } from "./silent-server.ts"

const nobody = "127.0.0.1:1"
const patienceMs = 500

test("where every address refuses connections, waiting ends early", async () => {
  const never = new Promise<never>(() => undefined)
  await expect(unlessNobodyListens([nobody, "[::1]:1"], never, patienceMs)).rejects.toMatchObject({
    exitCode: 69,
    code: "NO_QUORUM",
  })
})

test("where somebody takes connections, the answer is waited for", async () => {
  const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 2 * patienceMs))
  expect(await unlessNobodyListens([nobody, await silentServer()], late, patienceMs)).toBe("late")
})

test("an answer, or a refusal, comes through as it is", async () => {
  expect(await unlessNobodyListens([nobody], Promise.resolve("done"), patienceMs)).toBe("done")
  await expect(unlessNobodyListens([nobody], Promise.reject(new Error("no")), patienceMs)).rejects.toThrow("no")
})
