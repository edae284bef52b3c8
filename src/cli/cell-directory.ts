/**
 * The directory in which `claviger cell` keeps a cell:
 *
 *     cell.json        who belongs to the cell, and where; the same for all replicas
 *     founded/N        replica N was founded: never again, even if its directory is lost
 *     lock             held by the `claviger cell` that runs here
 *     replica-N/       the records of replica N, and its log
 *
 * Every error says what is wrong and what to do about it, because this is the first thing a newcomer meets.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"

/** What of `cell.json` matters here. Everything in it is checked by whoever parses it. */
export interface CellFile {
  readonly cell: string
  readonly cellId: string
  readonly replicas: readonly {
    readonly id: number
    readonly grpc: string
    readonly http: string
    readonly peer: string
  }[]
  /** Written out when the cell is founded: replicas of two versions must not disagree about defaults. */
  readonly timing: object
  /** Undefined: plain text. */
  readonly tls?: CellFileTls | undefined
  readonly administrators?: readonly string[]
}

/** Paths, in which `{id}` stands for the id of the replica. */
export interface CellFileTls {
  readonly certificate: string
  readonly privateKey: string
  readonly peerAuthority: string
  readonly clientAuthority: string
}

export type ParsedCellFile<Config extends CellFile> =
  | { readonly kind: "parsed"; readonly config: Config }
  | { readonly kind: "faulty"; readonly problems: readonly string[] }

/** The parser of `cell.json` belongs to the server, which this floor does not see. */
export type ParseCellFile<Config extends CellFile> = (value: unknown) => ParsedCellFile<Config>

/** Held by one process at a time. */
export interface Lockfile {
  release(): void
}

const fileName = "cell.json"
const foundedFolder = "founded"
const ours = /^(cell\.json(\.draft)?|founded|replica-\d+)$/

export function replicaDirectory(directory: string, id: number): string {
  return join(directory, `replica-${id}`)
}

/** Undefined if no cell is kept there, and one may be: the directory is missing or empty. */
export function readCellFile<Config extends CellFile>(
  directory: string,
  parse: ParseCellFile<Config>,
): Config | undefined {
  const path = join(directory, fileName)
  const text = readIfThere(path)
  if (text === undefined) {
    refuseForeignDirectory(directory)
    return undefined
  }
  const parsed = parseText(text, parse)
  if (parsed.kind === "parsed") return parsed.config
  throw new Failure(
    exitCodes.setup,
    [
      `${path} can't be used:`,
      ...parsed.problems.map((problem) => `  ${problem}`),
      `Correct it, or begin anew without what is stored there: claviger cell --data ${directory} --empty`,
    ].join("\n"),
  )
}

/**
 * Level by level, because Node's own way of doing it turns for ever where nothing can be made although the parent is
 * there, as under /proc.
 */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory)
  } catch (cause) {
    // Somebody else may have been faster.
    if (existsSync(directory)) return
    const advice = "Name another directory with --data"
    throw new Failure(exitCodes.setup, `${directory} can't be made: ${messageOf(cause)}. ${advice}`, { cause })
  }
}

/** Whole or not at all: a start that is interrupted leaves no half of a file. */
export function writeCellFile(directory: string, file: CellFile): void {
  const draft = join(directory, `${fileName}.draft`)
  writeFileSync(draft, `${JSON.stringify(file, undefined, 2)}\n`, { flush: true })
  renameSync(draft, join(directory, fileName))
}

export function isFounded(directory: string, id: number): boolean {
  return existsSync(join(directory, foundedFolder, String(id)))
}

/** Kept apart from the replica's own directory: whoever loses that must not be taken for new. */
export function markFounded(directory: string, id: number): void {
  const folder = join(directory, foundedFolder)
  makeDirectory(folder)
  writeFileSync(join(folder, String(id)), "", { flush: true })
}

/** Before anything is deleted: is what is kept in `directory` a cell at all? */
export function refuseUnlessCell(directory: string): void {
  if (!existsSync(directory)) return
  const names = listIn(directory)
  const isCell = names.includes(fileName) || names.some((name) => existsSync(join(directory, name, "store")))
  if (names.length === 0 || isCell) return
  throw new Failure(exitCodes.setup, `${directory} holds no cell, so nothing in it is deleted. Check --data`)
}

/** Removes what belongs to the cell, and nothing else. The directory's own lock is the caller's. */
export function emptyCellDirectory(directory: string, lockDirectory: (directory: string) => Lockfile): void {
  const names = listIn(directory).filter((name) => ours.test(name))
  const replicas = names.filter((name) => name.startsWith("replica-")).map((name) => join(directory, name))
  // A replica that was started by itself still has its directory: it is to be stopped first.
  for (const replica of replicas) lockDirectory(replica).release()
  for (const name of names) rmSync(join(directory, name), { recursive: true, force: true })
}

function refuseForeignDirectory(directory: string): void {
  if (!existsSync(directory)) return
  const names = listIn(directory).filter((name) => name !== "lock" && !name.startsWith("lock."))
  if (names.length === 0) return
  const isOurs = names.some((name) => name.startsWith("replica-"))
  throw new Failure(
    exitCodes.setup,
    isOurs
      ? `${directory} holds replicas but no ${fileName}. Put that file back, or begin anew: claviger cell --data ${directory} --empty`
      : `${directory} is not empty, and holds no cell. Name another directory with --data`,
  )
}

function listIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (cause) {
    throw new Failure(exitCodes.setup, `${directory} can't be used as a directory: ${messageOf(cause)}`, { cause })
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    const advice = "Name the cell's directory with --data"
    throw new Failure(exitCodes.setup, `${path} can't be read: ${messageOf(cause)}. ${advice}`, { cause })
  }
}

function parseText<Config extends CellFile>(text: string, parse: ParseCellFile<Config>): ParsedCellFile<Config> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return { kind: "faulty", problems: [`it is not JSON: ${messageOf(cause)}`] }
  }
  return parse(value)
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
