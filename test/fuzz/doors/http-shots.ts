/** Sends the bytes of one shot to the HTTP door over a connection of its own, and hears what comes of it. */
import { type Socket, connect } from "node:net"
import { type HttpAnswer, readAnswers } from "./http-answers.ts"
import type { HttpShot } from "./http-ways.ts"

export type Heard =
  | { readonly kind: "answered"; readonly answers: readonly HttpAnswer[] }
  /** The door has hung up before it had answered everything. */
  | { readonly kind: "closed"; readonly answers: readonly HttpAnswer[] }
  /** Nobody waited for an answer. */
  | { readonly kind: "left" }
  /** Neither an answer nor an end. */
  | { readonly kind: "silent"; readonly answers: readonly HttpAnswer[] }

/** What is whole and does not ask to wait is answered within this, on however busy a machine. */
const insistMs = 20_000
/** Until the sending side is closed; what is not whole then never will be. */
const hintMs = 250
/** From then on. */
const closeMs = 10_000
/** A request takes ten seconds at most, and the door looks after them every second. */
const stallMs = 16_000

/** `door`: as `host:port`. */
export function shoot(door: string, shot: HttpShot): Promise<Heard> {
  return new Promise((resolve) => {
    const [host, port] = door.split(":")
    const socket = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true })
    const chunks: Buffer[] = []
    const patience = new Patience()
    const isHead = headsIn(shot)
    const settle = (kind: "answered" | "closed" | "silent", isOver: boolean): void => {
      patience.end()
      const { answers } = readAnswers(Buffer.concat(chunks), isHead, isOver)
      socket.destroy()
      resolve({ kind: kind === "closed" && answers.length >= shot.answers ? "answered" : kind, answers })
    }
    socket.on("data", (chunk) => {
      chunks.push(chunk)
      // To look costs more the more there is: many answers are looked at once they have stopped coming.
      if (shot.answers > 1) patience.last(50, () => countHeard() >= shot.answers && settle("answered", false))
      else if (countHeard() > 0) settle("answered", false)
    })
    const countHeard = (): number => readAnswers(Buffer.concat(chunks), isHead, false).answers.length
    socket.on("end", () => settle("closed", true))
    socket.on("close", () => settle("closed", true))
    socket.on("error", () => undefined)
    send(socket, shot.pieces, () => {
      if (shot.ending !== "leave") return
      socket.resetAndDestroy()
      patience.end()
      resolve({ kind: "left" })
    })
    const silent = (): void => settle("silent", false)
    if (shot.ending === "stall") patience.first(stallMs, silent)
    else if (shot.ending === "insist" && !shot.mayPark) patience.first(insistMs, silent)
    else {
      patience.first(hintMs, () => {
        socket.end()
        patience.first(closeMs, silent)
      })
    }
  })
}

/** In pieces that arrive apart, as far as the machine lets them. */
function send(socket: Socket, [piece, ...others]: readonly Buffer[], onSent: () => void): void {
  if (piece === undefined) {
    onSent()
    return
  }
  socket.write(piece, () => setImmediate(() => send(socket, others, onSent)))
}

/** Whether the answer of each number is to a HEAD. */
function headsIn({ pieces, answers }: HttpShot): (at: number) => boolean {
  const text = Buffer.concat(pieces).toString("latin1")
  if (answers === 1) return () => /^(\r\n)*HEAD /.test(text)
  // Of several nobody has been spoilt, and none of those drawn from the description is a HEAD.
  return () => false
}

/** Two timers that end together. */
class Patience {
  #first: NodeJS.Timeout | undefined
  #last: NodeJS.Timeout | undefined

  first(ms: number, onOver: () => void): void {
    clearTimeout(this.#first)
    this.#first = setTimeout(onOver, ms)
  }

  last(ms: number, onOver: () => void): void {
    clearTimeout(this.#last)
    this.#last = setTimeout(onOver, ms)
  }

  end(): void {
    clearTimeout(this.#first)
    clearTimeout(this.#last)
  }
}
