/** What commands need from floors they don't see: put together in `bin`, loaded only when a command wants it. */
import type { ClientTls } from "../client/tls.ts"
import type { CellFile, Lockfile, ParseCellFile } from "./cell-directory.ts"

export interface Services {
  readonly version: string
  /** The file of this program, for starting it again as a replica. */
  readonly program: string
  loadLaunching(): Promise<Launching>
  /** Runs replica `id` of the cell kept in `directory` until it is told to stop. Resolves to the exit code. */
  runReplica(replica: ReplicaToRun): Promise<number>
}

export interface Launching {
  /** Of a new cell. */
  readonly timing: object
  readonly parseCell: ParseCellFile<CellFile>
  /**
   * What the replicas of the cell in `directory` show of themselves; undefined: nothing, they speak plain text. Throws an
   * error for the user if some replica could not start with its certificates.
   */
  readonly ownTls: (file: CellFile, directory: string) => ClientTls | undefined
  /** One process at a time. Throws an error for the user if there is one already. */
  readonly lockDirectory: (directory: string) => Lockfile
}

export interface ReplicaToRun {
  readonly id: number
  readonly directory: string
  readonly isFounding: boolean
}
