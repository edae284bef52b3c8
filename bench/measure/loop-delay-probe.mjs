/**
 * Loaded into a process before its program (`node --import`): measures by how much the event loop's timers are late. At
 * SIGUSR2 it says so in a file of $LOOP_DELAYS_DIRECTORY that has the process id for its name, and counts afresh.
 */
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"

const directory = process.env["LOOP_DELAYS_DIRECTORY"]

/** Of the timer that is late, in milliseconds. */
const resolution = 1

if (directory !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution })
  histogram.enable()
  process.on("SIGUSR2", () => {
    // Between two goings-off of a timer there is its own period, too.
    const lateMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution)
    const told = {
      "median ms": lateMs(histogram.percentile(50)),
      "p99 ms": lateMs(histogram.percentile(99)),
      "p99.9 ms": lateMs(histogram.percentile(99.9)),
      "max ms": lateMs(histogram.max),
    }
    histogram.reset()
    const path = join(directory, String(process.pid))
    writeFileSync(`${path}.part`, JSON.stringify(told))
    renameSync(`${path}.part`, path)
  })
}
