/**
 * One replica's directory, from whatever state it is in to an open disk and what a replica may believe of it:
 *
 *     lock                held by the process that runs here
 *     store/              the records: see journaled-disk.ts
 *     store.damaged-<n>/  stores that could not be believed, kept for people to look at
 *
 * An empty directory is not a new replica. It may just as well be one that has lost its records, promises among them, so
 * it starts as a learner, which harms nobody. Only whoever founds a cell may say that nothing was ever promised here.
 */
import { existsSync, mkdirSync, renameSync } from "node:fs"
import { dirname, join } from "node:path"
import { AssertionError } from "../base/assert.ts"
import { journalWrites, sealOf } from "../journal/codec.ts"
import { birthRecords, type Expected } from "../journal/recovery.ts"
import { type Revived, revive } from "../replica/revive.ts"
import { lockDirectory } from "./directory-lock.ts"
import { DiskDamagedError } from "./disk-errors.ts"
import { JournaledDisk } from "./journaled-disk.ts"
import { syncDirectory } from "./lmdb-store.ts"
import type { Logger } from "./logger.ts"
import type { Disk } from "./ports.ts"

/** Records don't change by themselves. An empty directory would be no way out: it costs a voter, and hides the mistake. */
const identityAdvice: string =
  ". cell.json and the records disagree, and probably cell.json is what is wrong: put it back as it was when the cell " +
  "was founded. If it is right, the directory has been moved or copied here from another replica"

/** The directory is another replica's, or another cell's. */
export class ForeignDirectoryError extends Error {
  override readonly name = "ForeignDirectoryError"
}

export interface ReplicaDirectoryOptions extends Expected {
  readonly directory: string
  readonly cellName: string
  readonly log: Logger
}

export interface ReplicaRecords {
  readonly disk: Disk
  readonly revived: Revived
  close(): Promise<void>
}

/** Prepares the directory of a replica whose cell is being founded. Once is enough; twice does no harm. */
export async function foundReplica(options: ReplicaDirectoryOptions): Promise<void> {
  const records = await openRecords(options, true)
  await records.close()
}

export async function openReplicaDirectory(options: ReplicaDirectoryOptions): Promise<ReplicaRecords> {
  return await openRecords(options, false)
}

async function openRecords(options: ReplicaDirectoryOptions, isFounding: boolean): Promise<ReplicaRecords> {
  mkdirSync(options.directory, { recursive: true })
  const lock = lockDirectory(options.directory)
  try {
    const { disk, revived } = await openStore(options, isFounding)
    const close = async (): Promise<void> => {
      await disk.close()
      lock.release()
    }
    return { disk, revived, close }
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Opened {
  readonly disk: JournaledDisk
  readonly revived: Revived
}

async function openStore(options: ReplicaDirectoryOptions, isFounding: boolean): Promise<Opened> {
  const found = await lookInto(options)
  switch (found.kind) {
    case "sound":
      return found
    case "empty":
      return await bear(options, found.disk, isFounding)
    case "damaged": {
      const aside = setAside(storeIn(options))
      const told = { directory: options.directory, reason: found.reason, movedTo: aside }
      options.log.error(told, "the store is damaged: set aside, and this replica is rebuilt from the others")
      // Whatever was promised in there is forgotten, so not even a founder may call this replica new.
      return await bear(options, await JournaledDisk.open(storeIn(options)), false)
    }
  }
}

type Found =
  | { readonly kind: "sound"; readonly disk: JournaledDisk; readonly revived: Revived }
  | { readonly kind: "empty"; readonly disk: JournaledDisk }
  | { readonly kind: "damaged"; readonly reason: string }

async function lookInto(options: ReplicaDirectoryOptions): Promise<Found> {
  let disk: JournaledDisk | undefined
  try {
    disk = await JournaledDisk.open(storeIn(options))
    const revival = revive(disk.load(), options)
    switch (revival.kind) {
      case "sound":
        return { kind: "sound", disk, revived: revival.revived }
      case "empty":
        return { kind: "empty", disk }
      case "damaged":
        throw new DiskDamagedError(storeIn(options), revival.reason)
      case "foreign":
        throw new ForeignDirectoryError(
          `${options.directory} can't be used for replica ${options.replicaId} of cell ${options.cellName}: ` +
            `${revival.reason}${revival.mismatch === "identity" ? identityAdvice : ""}`,
        )
    }
  } catch (error) {
    await disk?.close()
    if (error instanceof DiskDamagedError) return { kind: "damaged", reason: error.message }
    throw error
  }
}

async function bear(options: ReplicaDirectoryOptions, disk: JournaledDisk, isVoting: boolean): Promise<Opened> {
  const { cellId, replicaId, directory, log } = options
  await disk.commit(journalWrites(birthRecords(options, isVoting), sealOf(cellId, replicaId)))
  if (!isVoting)
    log.warn({ directory }, "nothing to start from: this replica votes once it has learned from the others")
  const revival = revive(disk.load(), options)
  if (revival.kind !== "sound") throw new AssertionError("broken invariant: what was just written can be read")
  return { disk, revived: revival.revived }
}

function storeIn({ directory }: ReplicaDirectoryOptions): string {
  return join(directory, "store")
}

/** Moves a store out of the way, and tells where to. */
function setAside(store: string): string {
  let count = 1
  while (existsSync(`${store}.damaged-${count}`)) count += 1
  const aside = `${store}.damaged-${count}`
  renameSync(store, aside)
  syncDirectory(dirname(store))
  return aside
}
