/** What `claviger lock --json` says on standard error while it works. */

/** The generation at which the lock was acquired; undefined if it has not been yet. */
export function lockGenerationIn(stderr: string): number | undefined {
  const line = stderr.split("\n").find((text) => text.includes(`"acquired"`))
  return line === undefined ? undefined : (JSON.parse(line) as { lockGeneration: number }).lockGeneration
}
