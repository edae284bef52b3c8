import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { DiskInUseError } from "../../../src/host/directory-lock.ts"
import { JournaledDisk } from "../../../src/host/journaled-disk.ts"
import { type LogFields, silentLogger } from "../../../src/host/logger.ts"
import {
  ForeignDirectoryError,
  foundReplica,
  openReplicaDirectory,
  type ReplicaDirectoryOptions,
} from "../../../src/host/replica-directory.ts"
import { journalWrites, keys, sealOf } from "../../../src/journal/codec.ts"
import { scratchDirectory } from "./scratch.ts"

describe("a replica's directory", () => {
  test("that was founded starts a replica with a vote, at the first start and at every later one", async () => {
    const options = optionsFor(scratchDirectory())
    await foundReplica(options)
    await foundReplica(options)
    expect(await openedVoting(options)).toBe(true)
    expect(await openedVoting(options)).toBe(true)
  })

  test("that is empty and was not founded starts a learner: it may have lost what it promised", async () => {
    const options = optionsFor(`${scratchDirectory()}/not/yet/there`)
    expect(await openedVoting(options)).toBe(false)
    expect(await openedVoting(options)).toBe(false)
    // Founding comes too late by then.
    await foundReplica(options)
    expect(await openedVoting(options)).toBe(false)
  })

  test("keeps what was promised in it", async () => {
    const options = optionsFor(scratchDirectory())
    await foundReplica(options)
    const ballot = { round: 7, replicaId: 3 }
    const first = await openReplicaDirectory(options)
    const seal = sealOf(options.cellId, options.replicaId)
    await first.disk.commit(journalWrites([{ kind: "promised", ballot, incarnations: [] }], seal))
    await first.close()
    const second = await openReplicaDirectory(options)
    expect(second.revived.memory.promised).toEqual(ballot)
    await second.close()
  })

  test("in use refuses a second replica, and is free once the first has closed it", async () => {
    const options = optionsFor(scratchDirectory())
    const records = await openReplicaDirectory(options)
    await expect(openReplicaDirectory(options)).rejects.toThrow(DiskInUseError)
    await records.close()
    await (await openReplicaDirectory(options)).close()
  })

  test.each([
    ["another cell", { cellId: "another-cell" }],
    ["a cell that has been renamed since", { cellName: "renamed" }],
    ["another replica", { replicaId: 2 }],
  ])("of %s is refused and left as it is", async (_, change) => {
    const options = optionsFor(scratchDirectory())
    await foundReplica(options)
    const mistaken = { ...options, ...change }
    await expect(openReplicaDirectory(mistaken)).rejects.toThrow(ForeignDirectoryError)
    await expect(foundReplica(mistaken)).rejects.toThrow(
      "the records are those of replica 1 of the cell local (some-cell)",
    )
    await expect(foundReplica(mistaken)).rejects.toThrow(/probably cell\.json is what is wrong/)
    expect(await openedVoting(options)).toBe(true)
  })

  test("with a file that LMDB can't read is set aside, and a learner starts", async () => {
    const errors: LogFields[] = []
    const log = { ...silentLogger, error: (fields: LogFields) => void errors.push(fields) }
    const options = { ...optionsFor(scratchDirectory()), log }
    await foundReplica(options)
    const file = `${options.directory}/store/data.mdb`
    writeFileSync(file, readFileSync(file).fill(0, 4_096, 3 * 4_096))
    const movedTo = `${options.directory}/store.damaged-1`
    expect(await openedVoting(options)).toBe(false)
    expect(errors[0]).toMatchObject({ movedTo })
    expect(existsSync(`${movedTo}/data.mdb`)).toBe(true)
    expect(await openedVoting(options)).toBe(false)
  })

  test("with a record that fails its checksum is set aside, each time under a name of its own", async () => {
    const options = optionsFor(scratchDirectory())
    await foundReplica(options)
    for (const expected of [["store.damaged-1"], ["store.damaged-1", "store.damaged-2"]]) {
      const disk = await JournaledDisk.open(`${options.directory}/store`)
      await disk.commit([{ kind: "put", key: keys.promised, value: new Uint8Array(20) }])
      await disk.close()
      // Not even whoever founds the cell may call this replica new.
      await foundReplica(options)
      expect(await openedVoting(options)).toBe(false)
      const aside = readdirSync(options.directory).filter((name) => name.includes("damaged"))
      expect(aside).toEqual(expected)
    }
  })
})

function optionsFor(directory: string): ReplicaDirectoryOptions {
  return { directory, cellId: "some-cell", cellName: "local", replicaId: 1, log: silentLogger }
}

async function openedVoting(options: ReplicaDirectoryOptions): Promise<boolean> {
  const records = await openReplicaDirectory(options)
  await records.close()
  return records.revived.memory.voting
}
