/** What is a matter of how a replica was set up, and what is a bug. */
import { expect, test } from "vitest"
import { failureOf } from "../../../src/bin/start-failure.ts"
import { exitCodes } from "../../../src/cli/exit-codes.ts"
import { Failure } from "../../../src/cli/failure.ts"
import { DiskInUseError } from "../../../src/host/directory-lock.ts"
import { DiskFailedError } from "../../../src/host/disk-errors.ts"
import { UnknownFormatError } from "../../../src/journal/codec.ts"
import { TlsSetupError } from "../../../src/host/tls-setup.ts"

test.each([
  new DiskInUseError("/data", 17),
  new UnknownFormatError("the store has another format"),
  new TlsSetupError(["a.pem has expired"]),
  Object.assign(new Error("EACCES: permission denied, access '/data'"), { code: "EACCES" }),
])("whoever has set the replica up reads no stack: %s", (reason) => {
  expect(failureOf(reason)).toMatchObject({ exitCode: exitCodes.setup, message: reason.message })
})

test("a failing disk has an exit code of its own, for supervisors", () => {
  expect(failureOf(new DiskFailedError("writing failed"))).toMatchObject({ exitCode: exitCodes.disk })
})

test("all else is a bug, and told with its stack", () => {
  const failure = failureOf(new TypeError("x is not a function"))
  expect(failure.exitCode).toBe(exitCodes.internal)
  expect(failure.message).toMatch(/^TypeError: x is not a function\n.* at /)
})

test("what was written for the user comes through as it is", () => {
  const failure = new Failure(exitCodes.usage, "there is no replica 9")
  expect(failureOf(failure)).toBe(failure)
})
