/**
 * One cell for a file of tests: started before the first, ended after the last whatever has happened. When a test fails,
 * the logs of all processes become part of its message, since afterwards they are gone.
 */
import { afterAll, beforeAll, beforeEach } from "vitest"
import { RunningCell, type CellOptions } from "./running-cell.ts"

export interface CellForTests {
  /** Only inside tests. */
  readonly cell: RunningCell
}

export function cellForTests(options: CellOptions = {}): CellForTests {
  let running: RunningCell | undefined
  beforeAll(async () => {
    running = await RunningCell.start(options)
  })
  beforeEach(({ onTestFailed }) => {
    onTestFailed(({ task }) => {
      const [error] = task.result?.errors ?? []
      if (error !== undefined && running !== undefined) error.message += `\n${running.tellLogs()}`
    })
  })
  afterAll(async () => {
    await running?.end()
  })
  return {
    get cell(): RunningCell {
      if (running === undefined) throw new Error("the cell is there in tests only")
      return running
    },
  }
}
