/** A process that makes load, and nothing else: it does what its parent asks for, and ends with it. */
import { LoadService } from "./load-service.ts"
import type { Answered, Asked } from "./load.ts"

const service = new LoadService()

process.on("message", ({ number, method, order }: Asked) => {
  const answer = (answered: Answered): void => void process.send?.(answered)
  const work = (service[method] as (order: unknown) => Promise<unknown>).call(service, order)
  work.then(
    (outcome) => answer({ kind: "done", number, outcome }),
    (reason: unknown) =>
      answer({ kind: "failed", number, reason: reason instanceof Error ? reason.message : String(reason) }),
  )
})
process.on("disconnect", () => process.exit())
// Ctrl-C goes to everybody at a terminal: it is the parent who ends things, in order.
process.on("SIGINT", () => undefined)
