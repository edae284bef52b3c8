import { expect, test } from "vitest"
import { deferred } from "../../../src/base/deferred.ts"
import { meteredDisk } from "../../../src/host/metered-disk.ts"
import type { MeasuredCommit, Meter } from "../../../src/host/meter.ts"
import type { DiskWrite } from "../../../src/host/ports.ts"
import { ScriptedDisk } from "./scripted-world.ts"

const writes: readonly DiskWrite[] = [
  { kind: "put", key: "state/1", value: new Uint8Array(100) },
  { kind: "remove", key: "log/12" },
]

function metered(): { disk: ScriptedDisk; commits: MeasuredCommit[]; commit: () => PromiseLike<void> } {
  const disk = new ScriptedDisk()
  const commits: MeasuredCommit[] = []
  const meter: Meter = { onTurn: () => {}, onTrace: () => {}, onCommit: (commit) => commits.push(commit) }
  const asked = meteredDisk(disk, meter)
  return { disk, commits, commit: () => asked.commit(writes) }
}

test("a commit is measured once it is durable, and not before", async () => {
  const { disk, commits, commit } = metered()
  const done = commit()
  expect(commits).toEqual([])
  disk.underWay[0]?.finish()
  await done
  expect(commits).toMatchObject([{ writeCount: 2, bytes: 113 }])
  expect(commits[0]?.tookMs).toBeGreaterThanOrEqual(0)
})

test("a commit that fails is not measured, and its failure is passed on", async () => {
  const { disk, commits, commit } = metered()
  const failed = deferred<unknown>()
  commit().then(undefined, failed.resolve)
  disk.underWay[0]?.fail(new Error("no space left"))
  expect(await failed.promise).toEqual(new Error("no space left"))
  expect(commits).toEqual([])
})
