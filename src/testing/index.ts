/**
 * A cell for unit tests: everything in one process, on virtual time.
 *
 * ```ts
 * await using cell = await createTestCell({ seed: 7 })
 * const client = await cell.connect({ name: "worker" })
 * const session = await client.openSession()
 * const lock = await session.acquire("/ls/local/job")
 * await cell.killMaster()
 * await cell.advance(10_000)
 * lock.isHeld // true: a fail-over costs nobody a lock
 * ```
 */
export { createTestCell, type TestCell } from "./test-cell.ts"
export type { TestCellOptions } from "./test-cell-options.ts"
export type { ClockMode } from "./pump.ts"
