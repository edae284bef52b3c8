/** One suite for all high-water marks. */
import { describe } from "vitest"
import { memoryMarks } from "../../../src/fence/memory-marks.ts"
import type { DurableMarks } from "../../../src/fence/node/durable-marks.ts"
import { fileMarks } from "../../../src/fence/node/file-marks.ts"
import { postgresMarks } from "../../../src/fence/postgres.ts"
import { describeMarksContract } from "../../contracts/high-water-marks.ts"
import { scratchDirectory } from "../host/scratch.ts"
import { ScriptedDatabase } from "./scripted-database.ts"

const closesNothing = async (): Promise<void> => undefined

describe("marks in memory", () => {
  describeMarksContract(() => ({ open: () => memoryMarks(), close: closesNothing, outlivesProcess: false }))
})

describe("marks in a file", () => {
  describeMarksContract(() => {
    const directory = scratchDirectory()
    return {
      open: () => fileMarks(directory),
      close: (marks) => (marks as DurableMarks).close(),
      outlivesProcess: true,
    }
  })
})

describe.each(["text", "number", "bigint"] as const)("marks in PostgreSQL, whose bigints come as %s", (bigintAs) => {
  describeMarksContract(() => {
    const database = new ScriptedDatabase(bigintAs)
    return { open: () => postgresMarks(database.query), close: closesNothing, outlivesProcess: true }
  })
})
