/**
 * Whether the caller of a request is still there. Asked of the connection: of requests that were sent one behind another
 * without waiting for answers, Node tells only the first that the connection has ended.
 */
import type { Socket } from "node:net"
import type { FastifyReply } from "fastify"

/** Of requests that have not been answered yet. */
const waitingOn = new WeakMap<Socket, Set<AbortController>>()

/** Fires when the caller has gone before it had its whole answer. */
export function whenGone({ raw, request: { socket } }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const waiting = waitingOn.get(socket) ?? watch(socket)
  waiting.add(controller)
  raw.once("close", () => {
    waiting.delete(controller)
    if (!raw.writableFinished) controller.abort()
  })
  if (socket.destroyed) controller.abort()
  return controller.signal
}

/** How many requests of this connection wait for their answers, as far as they care whether the caller is there. */
export function waitingCount(socket: Socket): number {
  return waitingOn.get(socket)?.size ?? 0
}

function watch(socket: Socket): Set<AbortController> {
  const waiting = new Set<AbortController>()
  waitingOn.set(socket, waiting)
  socket.once("close", () => {
    for (const controller of waiting) controller.abort()
    waiting.clear()
  })
  return waiting
}
