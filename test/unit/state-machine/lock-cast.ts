/** What most tests of locks begin with: three sessions, and a lock to contend for. */
import { CellUnderTest, type SessionUnderTest, at } from "./cell-under-test.ts"

interface LockCast {
  readonly cell: CellUnderTest
  readonly alice: SessionUnderTest
  readonly bob: SessionUnderTest
  readonly carol: SessionUnderTest
}

/** Sessions 1, 2 and 3. */
export function lockCast(): LockCast {
  const cell = new CellUnderTest()
  return { cell, alice: cell.session("alice"), bob: cell.session("bob"), carol: cell.session("carol") }
}

export const job = at("job")
export const release = { kind: "release", node: job } as const
