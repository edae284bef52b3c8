/** A disk whose commits are measured: from when one is handed over until it is on stable storage. */
import { performance } from "node:perf_hooks"
import type { DiskWrite } from "../journal/record.ts"
import type { Meter } from "./meter.ts"
import type { Disk } from "./ports.ts"

export function meteredDisk(disk: Disk, meter: Meter): Disk {
  return {
    load: () => disk.load(),
    openSnapshot: () => disk.openSnapshot(),
    close: () => disk.close(),
    commit: (writes) => {
      const since = performance.now()
      return disk.commit(writes).then(() => {
        meter.onCommit({ writeCount: writes.length, bytes: bytesOf(writes), tookMs: performance.now() - since })
      })
    },
  }
}

/** Keys are ASCII. What `removeAll` removes is not known here. */
function bytesOf(writes: readonly DiskWrite[]): number {
  let bytes = 0
  for (const write of writes) {
    if (write.kind === "put") bytes += write.key.length + write.value.length
    else if (write.kind === "remove") bytes += write.key.length
  }
  return bytes
}
