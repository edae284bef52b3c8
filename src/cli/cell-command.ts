/**
 * `cell`, which is what `npm start` runs: founds the cell at its first start, runs its replicas as processes of their
 * own, and stays to tell what happens to them. It is a convenience: nothing in the cell depends on it.
 */
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { resolve } from "node:path"
import { setTimeout } from "node:timers/promises"
import type { ClientTls } from "../client/tls.ts"
import { quorumOf, type CellStatus } from "../contract/cell-status.ts"
import { textOption, UsageError, type Invocation } from "./arguments.ts"
import {
  emptyCellDirectory,
  makeDirectory,
  readCellFile,
  refuseUnlessCell,
  writeCellFile,
  type CellFile,
} from "./cell-directory.ts"
import { whyNoMaster } from "./cell-picture.ts"
import { newCell, refuseContradictions, wishesOf, type CellWishes } from "./cell-plan.ts"
import { CellTold } from "./cell-told.ts"
import { Reminder } from "./reminder.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { takenAddresses } from "./free-ports.ts"
import { ReplicaProcesses } from "./replica-processes.ts"
import type { Launching, Services } from "./services.ts"
import { Survey } from "./survey.ts"
import type { Terminal } from "./terminal.ts"

const surveyEveryMs = 500
const answerWithinMs = 2_000
const masterWithinMs = 30_000
/** For the master to hear from all the others; then the table shows the cell as it is. */
const completeWithinMs = 5_000
/** Of ports in a message. */
const shownMax = 3

export async function cellCommand(invocation: Invocation, terminal: Terminal, services: Services): Promise<void> {
  const named = textOption(invocation, "data") ?? "claviger-data"
  const directory = resolve(terminal.directory, named)
  const launching = await services.loadLaunching()
  const { file, tls, release } = await prepare(
    directory,
    wishesOf(invocation, terminal.directory),
    invocation,
    launching,
  )
  const told = new CellTold(terminal, { file, named, isJson: invocation.options.has("json") })
  const processes = new ReplicaProcesses(directory, services.program, (id, how) => {
    told.replicaEnded(id, how)
  })
  const survey = new Survey(file.cell, file.replicas, answerWithinMs, tls)
  const interruption = new AbortController()
  const stopListening = terminal.onSignals(["SIGINT", "SIGTERM", "SIGHUP"], () => {
    interruption.abort()
  })
  try {
    await Promise.race([processes.start(file), once(interruption.signal, "abort")])
    await watch(survey, told, interruption.signal)
  } finally {
    survey.close()
    told.stopping()
    await processes.stop()
    stopListening()
    release()
    told.stopped()
  }
}

interface Prepared {
  readonly file: CellFile
  /** For asking its replicas how they are. */
  readonly tls: ClientTls | undefined
  readonly release: () => void
}

/** The cell that is kept in the directory, or a new one, with the directory held for this process. */
async function prepare(
  directory: string,
  wishes: CellWishes,
  invocation: Invocation,
  launching: Launching,
): Promise<Prepared> {
  const isToBeEmptied = invocation.options.has("empty")
  if (isToBeEmptied) refuseUnlessCell(directory)
  const kept = isToBeEmptied ? undefined : readCellFile(directory, launching.parseCell)
  if (kept !== undefined) refuseContradictions(directory, kept, wishes)
  const file = kept ?? newCell(wishes, { cellId: randomUUID(), timing: launching.timing })
  refuseFaulty(file, launching)
  const tls = launching.ownTls(file, directory)
  // What can be known to be wrong is known by now, and nothing was made.
  makeDirectory(directory)
  const lock = launching.lockDirectory(directory)
  const release = (): void => {
    lock.release()
  }
  try {
    await refuseTakenPorts(file, kept === undefined)
    // Only now: whoever has to choose other ports must find neither the old cell gone nor the first choice written down.
    if (isToBeEmptied) emptyCellDirectory(directory, launching.lockDirectory)
    if (kept === undefined) writeCellFile(directory, file)
    return { file, tls, release }
  } catch (reason) {
    release()
    throw reason
  }
}

/** Options may say what `cell.json` must not: an administrator's name that can't be one. */
function refuseFaulty(file: CellFile, { parseCell }: Launching): void {
  const parsed = parseCell(file)
  if (parsed.kind === "faulty") throw new UsageError(parsed.problems.join("; "), "cell")
}

async function refuseTakenPorts(file: CellFile, isNew: boolean): Promise<void> {
  const taken = await takenAddresses(file.replicas.flatMap(({ grpc, http, peer }) => [grpc, http, peer]))
  if (taken.length === 0) return
  const way = isNew
    ? "Choose other ports with --port BASE (as in --port 5300), or stop the programs that listen there"
    : "Stop the programs that listen there: perhaps replicas of this cell that were started by themselves"
  throw new Failure(exitCodes.setup, `${portsInWords(taken)}. ${way}`)
}

function portsInWords(addresses: readonly string[]): string {
  const ports = addresses.map((address) => address.slice(address.lastIndexOf(":") + 1))
  if (ports.length === 1) return `port ${ports.join("")} is taken`
  const more = ports.length > shownMax ? ` and ${ports.length - shownMax} more` : ""
  return `ports ${ports.slice(0, shownMax).join(", ")}${more} are taken`
}

/** From the first master to the user's Ctrl-C. */
async function watch(survey: Survey, told: CellTold, signal: AbortSignal): Promise<void> {
  let picture = await firstPicture(survey, told, signal)
  if (picture === undefined) return
  told.running(picture)
  while (await passes(surveyEveryMs, signal)) {
    const { picture: next } = await survey.take()
    if (signal.aborted) return
    told.changed(picture, next)
    picture = next
  }
}

/** The cell with a master; complete, if that does not take long. Undefined if the user has lost patience before. */
async function firstPicture(survey: Survey, told: CellTold, signal: AbortSignal): Promise<CellStatus | undefined> {
  const since = performance.now()
  const reminder = new Reminder()
  while (!signal.aborted) {
    const surveyed = await survey.take()
    const { picture } = surveyed
    const passedMs = performance.now() - since
    const isComplete = picture.canLose >= picture.replicas.length - quorumOf(picture.replicas.length)
    if (picture.master !== 0 && (isComplete || passedMs > completeWithinMs)) return picture
    if (passedMs > masterWithinMs) {
      throw new Failure(exitCodes.unavailable, `no master after ${masterWithinMs / 1000} s: ${whyNoMaster(surveyed)}`)
    }
    if (picture.master === 0) {
      const why = whyNoMaster(surveyed)
      if (reminder.isDue(why, passedMs)) told.waiting(why)
    }
    await passes(surveyEveryMs / 5, signal)
  }
  return undefined
}

/** Waits; false if `signal` has cut the waiting short. */
async function passes(spanMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(spanMs, undefined, { signal })
    return true
  } catch {
    return false
  }
}
