/** A replica that was away while more was written than the log keeps: it gets a snapshot, and nobody waits for it. */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Session } from "../../src/client/index.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { notYet, until } from "./support/until.ts"

const context = cellForTests()

const writeCount = 20_000
/** Few enough that a slot holds few writes, so that the log is outgrown; enough to be done in time. */
const outstanding = 4
const fileCount = 500
