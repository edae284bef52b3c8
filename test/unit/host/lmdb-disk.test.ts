import { describe } from "vitest"
import { LmdbDisk } from "../../../src/host/lmdb-disk.ts"
import { describeDiskContract } from "../../contracts/disk.ts"
import { scratchDirectory } from "./scratch.ts"

describe("an LMDB disk keeps the contract of disks:", () => {
  describeDiskContract(() => {
    const path = `${scratchDirectory()}/store`
    return { open: () => LmdbDisk.open(path) }
  })
})
