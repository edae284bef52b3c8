/** Ctrl-C ends what was started before the benchmark itself ends. */
type Ending = () => Promise<void>

const endings = new Set<Ending>()
let isEnding = false

/** Answers with what takes it back. */
export function atInterrupt(end: Ending): () => void {
  endings.add(end)
  return () => endings.delete(end)
}

async function endAll(): Promise<void> {
  // Somebody who asks again does not want to wait.
  if (isEnding) process.exit(130)
  isEnding = true
  console.error("ending what was started")
  await Promise.allSettled([...endings].map((end) => end()))
  process.exit(130)
}

/** Runs the work; an interrupt ends it, and the process. */
export async function interruptible(work: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void endAll())
  try {
    await work()
  } catch (error) {
    // That what was ended is missed, is no news; the process ends in a moment.
    if (isEnding) await new Promise(() => undefined)
    throw error
  }
}
