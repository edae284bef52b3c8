/** Locks, held for a while and used to guard writes; and ephemeral files, which say who is there. */
import { CellError, type AcquireOptions, type Lock, type Session } from "../../../src/client/index.ts"
import { put } from "./file-errands.ts"
import { attempt, type Errand, filePaths, livePath, lockPaths, pause, type Tools } from "./tools.ts"

export const holdLock: Errand = async (session, tools) => {
  const path = tools.dice.pick(lockPaths)
  const signal = tools.dice.chance(1, 8) ? impatience(tools) : undefined
  const waitMs = tools.dice.chance(1, 8) ? tools.dice.between(1, 2 * tools.holdMsMax) : undefined
  const outcome = await attempt(session.acquire(path, { ...termsOf(tools), signal, waitMs }), tools)
  if (outcome.kind === "done") await hold(session, path, outcome.value, tools)
}

export const tryLock: Errand = async (session, tools) => {
  const path = tools.dice.pick(lockPaths)
  const outcome = await attempt(session.tryAcquire(path, termsOf(tools)), tools)
  if (outcome.kind === "done" && outcome.value !== undefined) await hold(session, path, outcome.value, tools)
}

function termsOf({ dice }: Tools): Pick<AcquireOptions, "mode" | "lockDelayMs" | "keep"> {
  return {
    mode: dice.chance(1, 4) ? "shared" : "exclusive",
    lockDelayMs: dice.pick([0, 0, 1_000, 5_000]),
    keep: dice.chance(1, 3),
  }
}

/** Fires some time, and ends the wait here. */
function impatience({ process, dice, holdMsMax }: Tools): AbortSignal {
  const controller = new AbortController()
  process.surroundings.schedule(dice.between(1, 2 * holdMsMax), () => {
    controller.abort(new DOMException("it takes too long", "AbortError"))
  })
  return controller.signal
}

async function hold(session: Session, path: string, lock: Lock, tools: Tools): Promise<void> {
  const { checkers, timeline, process, clock, dice, mark } = tools
  mark("lock held")
  const end = checkers.lostInTime.began(timeline.now, { path, lock, sessionId: session.sessionId, process, clock })
  lock.lost.addEventListener("abort", () => mark("lock lost"), { once: true })
  lock.wanted.addEventListener("abort", () => mark("lock wanted"), { once: true })
  tools.resource.send(path, lock, process)
  if (dice.chance(1, 2)) await guardedWrite(session, lock, tools)
  // Some hold on for so long that they may be lost meanwhile, by a cut alone.
  await pause(dice.between(1, tools.holdMsMax) * dice.pick([1, 1, 1, 6]), tools)
  // Looks neither at the clock nor at the lock, after a pause that may have been a long one.
  tools.resource.send(path, lock, process)
  // From here on nobody believes any more that it is held.
  end()
  await attempt(lock.release(), tools)
}

/** Who goes on holding the lock until the answer is there can't be told that its sequencer is stale. */
async function guardedWrite(session: Session, lock: Lock, tools: Tools): Promise<void> {
  const path = tools.dice.pick(filePaths)
  let isStale = false
  await put(tools, [tools.uniqueValue()], async ([value = ""]) => {
    try {
      await session.set(path, value, { underSequencer: lock.sequencer })
    } catch (reason) {
      // Once its lock is lost, the key that signed it may be gone too; but not before.
      isStale = ["SEQUENCER_STALE", "SEQUENCER_MALFORMED"].includes(CellError.from(reason).code)
      throw reason
    }
  })
  if (!isStale || !lock.isHeld) return
  const { findings, timeline, process } = tools
  findings.report("sequencer", timeline.now, `${process.name} holds ${lock.path}, but its sequencer is refused`)
}

/** A file that is there as long as this program has it open. */
export const appear: Errand = async (session, tools) => {
  const { dice } = tools
  const sequential = dice.chance(1, 2)
  const path = sequential ? `${livePath}/turn-` : `${livePath}/${dice.pick(["p", "q", "r"])}`
  const options = { mode: "write", create: "mustCreate", ephemeral: true, sequential } as const
  const outcome = await attempt(session.open(path, options), tools)
  if (outcome.kind === "failed") return
  tools.mark(sequential ? "sequential" : "ephemeral")
  await pause(dice.between(1, 4 * tools.holdMsMax), tools)
  if (!dice.chance(1, 4)) await outcome.value.close()
  // Else it goes away with the session.
}
