/**
 * The keys that a mutation may touch when its turn comes. The state machine says it for the state as it is; but commands
 * that are in the log and have not been applied may make a node that is missing now, or remove one that is there, and
 * turn "changes the file" into "creates the file". Wherever that is possible, both are reckoned with.
 */
import { type CacheKey, keysOfComingOrGoing, parentPathOf } from "../contract/cache-key.ts"
import { formatPath, splitPath } from "../contract/node-path.ts"
import type { SessionId } from "../base/brand.ts"
import type { Command, MutatingOperation } from "../state-machine/commands.ts"
import type { StateMachine } from "../state-machine/state-machine.ts"
import type { Surroundings } from "./surroundings.ts"

/** Says of a path whether commands under way may make a node there, or remove it. */
export interface Suspicion {
  mayComeOrGo(path: string): boolean
}

export function touchedKeysOf(
  { machine, settings }: Pick<Surroundings, "machine" | "settings">,
  suspicion: Suspicion,
  command: Command,
): readonly CacheKey[] {
  if (command.kind === "expireSession") return machine().keysTouchedByEndOf(command.sessionId)
  if (command.kind === "endLockDelay") return machine().keysTouchedByEndOfDelay(command.instance)
  if (command.kind !== "call") return []
  const { sessionId, requestNumber, operation } = command
  if (requestNumber > 0 && isBygone(machine(), sessionId, requestNumber)) return []
  const touched = machine().touchedKeys(operation, sessionId)
  const suspected = pathsNamedBy(operation).flatMap((named) => placesOf(named, settings.cellName))
  const unsettled = suspected.filter((path) => suspicion.mayComeOrGo(path))
  return unsettled.length === 0 ? touched : [...new Set([...touched, ...unsettled.flatMap(keysOfComingOrGoing)])]
}

/**
 * A retry of what has been carried out is answered from memory, or, if it is a straggler whose answer its client has
 * acknowledged long since, refused. Either way nothing changes, and above all the session is not to be struck off: its
 * client may have read again what it had written.
 */
function isBygone(machine: StateMachine, sessionId: SessionId, requestNumber: number): boolean {
  if (machine.session(sessionId) === undefined) return false
  return !machine.isOpen(sessionId, requestNumber) || machine.recall(sessionId, requestNumber) !== undefined
}

interface Named {
  readonly path: string
  /** What is there may go with this: by a delete, or because nothing keeps it any more. */
  readonly mayGo: boolean
}

/**
 * What is named by handle can't be created, and doesn't come back once it is gone. Nothing more than is needed: the
 * client of the session that writes must know which of its keys it is struck off, without being told.
 */
function pathsNamedBy(operation: MutatingOperation): readonly Named[] {
  switch (operation.kind) {
    case "open": {
      const mayCreate = operation.create !== "mustExist" && !operation.sequential
      return mayCreate ? [{ path: operation.path, mayGo: false }] : []
    }
    case "setContents":
    case "acquire":
    case "tryAcquire":
    case "release":
    case "delete": {
      const { node, kind } = operation
      return node.kind === "path" ? [{ path: node.path, mayGo: kind === "delete" || kind === "release" }] : []
    }
    case "transact":
      return [...operation.then, ...operation.otherwise].flatMap((step) => {
        return step.kind === "getStat" || step.kind === "getContentsAndStat" ? [] : pathsNamedBy(step)
      })
    default:
      return []
  }
}

/** Its path as keys spell it. With a node its directories may go, if they are ephemeral: so these count too. */
function placesOf({ path, mayGo }: Named, cellName: string): readonly string[] {
  const place = splitPath(path, cellName)
  if (place.kind === "refused") return []
  const places: string[] = []
  for (let at: string | undefined = formatPath(cellName, place.parts); at !== undefined; at = parentPathOf(at)) {
    places.push(at)
    if (!mayGo) break
  }
  return places
}
