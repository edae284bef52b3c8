/** Lists of access control that the command is given by name. */
import { expect, test } from "vitest"
import { refuseMissingLists } from "../../../src/cli/acl-commands.ts"
import { createTestCell } from "../../../src/testing/index.ts"

test("a list that is not there is refused with the way to make it, and taken once it is there", async () => {
  await using cell = await createTestCell()
  const session = await (await cell.connect()).openSession()
  const signal = cell.signalAfter(10_000)
  await expect(refuseMissingLists(session, ["anyone", undefined, "nolist"], signal)).rejects.toMatchObject({
    exitCode: 66,
    code: "NODE_NOT_FOUND",
    message:
      "there is no list /ls/local/acl/nolist, so only administrators would be let in. " +
      "Write it first, one principal to a line: claviger set /ls/local/acl/nolist PRINCIPAL",
  })
  await session.set("/ls/local/acl/nolist", "alice")
  await refuseMissingLists(session, ["nolist", "administrators"], signal)
})

test("a name that can't be one is left to the cell, which says what is wrong with it", async () => {
  await using cell = await createTestCell()
  const session = await (await cell.connect()).openSession()
  await session.set("/ls/local/file", "")
  await refuseMissingLists(session, ["a//b"], cell.signalAfter(10_000))
  await expect(session.setAcl("/ls/local/file", { read: "a//b" })).rejects.toThrow("INVALID")
})
