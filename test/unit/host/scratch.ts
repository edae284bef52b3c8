/** A directory of one's own under the system's temporary one, gone when the test is over. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "claviger-"))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
