/** docs/FENCING.md says of every refusal what it is called at each door: what the code does. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { errorTable } from "../../../src/contract/errors.ts"
import { problemOf, type RefusalReason } from "../../../src/fence/index.ts"
import { refused } from "../../../src/fence/refusals.ts"

/** All of them, which the compiler sees to. */
const reasons: { readonly [Reason in RefusalReason]: true } = {
  ...{ missing: true, malformed: true, tooLong: true, otherAlgorithm: true, unknownKey: true, badSignature: true },
  ...{ otherCell: true, otherPath: true, otherMode: true, staleGeneration: true, otherInstance: true, notHeld: true },
  ...{ cellUnreachable: true, keysUnreachable: true, marksFull: true, marksFailed: true, guardFailed: true },
}

test("the table of refusals is that of the code", () => {
  const page = readFileSync(new URL("../../../docs/FENCING.md", import.meta.url), "utf8")
  const rows = page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| (\d+) +\| (\w+) +\| .* \|$/gm)
  const told = [...rows].map(([, reason, code, http, grpc]) => ({ reason, code, http: Number(http), grpc }))
  const done = (Object.keys(reasons) as RefusalReason[]).map((reason) => {
    const refusal = refused(reason, "")
    return { reason, code: refusal.code, http: problemOf(refusal).status, grpc: errorTable[refusal.code].grpc }
  })
  const byReason = (left: { reason?: string | undefined }, right: { reason?: string | undefined }): number =>
    (left.reason ?? "") < (right.reason ?? "") ? -1 : 1
  expect(told.sort(byReason)).toEqual(done.sort(byReason))
})
