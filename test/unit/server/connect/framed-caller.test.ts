/** Frames at the door of a replica: who is let in, and what becomes of bytes that are none. */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { afterAll, afterEach, describe, expect, onTestFinished, test } from "vitest"
import { transportOver } from "../../../../src/client/transport-over.ts"
import type { CallResult } from "../../../../src/client/transport.ts"
import type { Refusal } from "../../../../src/contract/errors.ts"
import { encodeMessage, encodeRefusal, FrameReader, preamble } from "../../../../src/wire/frames.ts"
import { lockService } from "../../../../src/wire/load.ts"
import { messageBounds } from "../../../../src/wire/message-bounds.ts"
import { decodeRefusal } from "../../../../src/wire/refusals.ts"
import type { SignedRequest } from "../../../../src/wire/signed-forms.ts"
import { callToWire } from "../../../../src/wire/to-wire.ts"
import { type Issued } from "../../../support/certificates.ts"
import { CellCertificates } from "../../../support/tls-cell.ts"
import { fileStat } from "../../wire/samples.ts"
import { callUnary, closeAll, type Door, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"
import { cellName, closeSecureDoors, openSecureDoor, type SecureDoor } from "../secure-loopback.ts"

const certificates = new CellCertificates(cellName)
afterEach(closeAll)
afterEach(closeSecureDoors)
afterAll(() => {
  certificates[Symbol.dispose]()
})

const getStat = { kind: "getStat", node: { kind: "path", path: "/ls/local/a" } } as const
const request: SignedRequest = {
  ...{ sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0, forCache: false },
  ...{ underSequencer: "", operation: getStat },
}

function willing(): ScriptedCell {
  const cell = new ScriptedCell()
  cell.answerAll = () => ({ kind: "getStat", stat: fileStat })
  return cell
}

/** What becomes of a call over frames by whoever shows this certificate. */
async function callAs(door: SecureDoor, shown: Issued | string): Promise<CallResult | Refusal | string> {
  const transport = await transportOver("frames", certificates.client(shown))
  onTestFinished(() => {
    transport.close()
  })
  return await new Promise((resolve) => {
    const stream = transport.open(door.address, {
      onResults: ([result]) => {
        resolve(result ?? "an empty message")
      },
      onEnd: (reason, refusal) => {
        resolve(refusal ?? reason)
      },
    })
    stream.send({ callId: 1, request })
  })
}

describe("who calls in frames", () => {
  test("is the principal that the certificate names", async () => {
    const cell = willing()
    const door = await openSecureDoor(certificates, cell)
    expect(await callAs(door, "bob")).toMatchObject({ callId: 1, reply: { outcome: { kind: "getStat" } } })
    expect(cell.submitted.map((submitted) => submitted.request.principal)).toEqual(["bob"])
  })

  test("is not another replica, which has nothing to say here on its own account", async () => {
    const cell = willing()
    const door = await openSecureDoor(certificates, cell)
    const replica = certificates.peers.issueForReplica(2, cellName)
    expect(await callAs(door, replica)).toMatchObject({ kind: "refused", code: "PERMISSION_DENIED" })
    expect(cell.submitted).toEqual([])
  })

  test("is told if the certificate is nobody's", async () => {
    const cell = willing()
    const door = await openSecureDoor(certificates, cell)
    const stranger = certificates.peers.issueForReplica(1, "other")
    expect(await callAs(door, stranger)).toMatchObject({ kind: "refused", code: "UNAUTHENTICATED" })
    expect(cell.submitted).toEqual([])
  })
})

/** A caller of whom only the bytes are known. */
class RawCaller {
  readonly socket: Socket
  readonly #reader = new FrameReader(messageBounds.responseBytesMax)
  readonly #closed: Promise<unknown>
  #refusal: Refusal | undefined
  #messageCount = 0

  constructor(door: Door, ...said: readonly Uint8Array[]) {
    const [host, port] = door.address.split(":")
    this.socket = connect(Number(port), host)
    onTestFinished(() => void this.socket.destroy())
    this.#closed = once(this.socket, "close")
    this.socket.on("error", () => undefined)
    this.socket.on("data", (chunk: Buffer) => {
      this.#reader.push(chunk)
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
        if (frame.kind === "malformed") throw new Error(frame.reason)
        if (frame.kind === "message") this.#messageCount += 1
        else this.#refusal = decodeRefusal(frame.bytes)
      }
    })
    for (const bytes of said) this.socket.write(bytes)
  }

  async whenAnswered(): Promise<void> {
    while (this.#messageCount === 0) await once(this.socket, "data")
  }

  /** Why the replica has ended the connection. */
  async refusal(): Promise<Refusal | undefined> {
    await this.#closed
    return this.#refusal
  }
}

const message = lockService.Connect.requestSerialize({ calls: [callToWire(1, request)] })
const tooLong = Buffer.from([0, ...[0, 0x40, 0, 1]])

describe("bytes at the door", () => {
  test("may come one by one", async () => {
    const cell = willing()
    const bytes = Buffer.concat([preamble, encodeMessage(message)])
    const caller = new RawCaller(await openDoor(cell))
    caller.socket.setNoDelay(true)
    for (const byte of bytes) caller.socket.write(Buffer.from([byte]))
    await caller.whenAnswered()
    expect(cell.submitted).toHaveLength(1)
  })

  test.each<readonly [string, Uint8Array, string]>([
    ["of another version", Buffer.from("CLAVIGER/2\n"), "another version"],
    ["of an unknown kind", Buffer.concat([preamble, Buffer.from([7, 0, 0, 0, 0])]), "unknown kind"],
    ["that say a message is too long", Buffer.concat([preamble, tooLong]), "4194305 bytes"],
    ["that are no message", Buffer.concat([preamble, encodeMessage(Buffer.from([0xff]))]), "no message"],
    ["that refuse the replica", Buffer.concat([preamble, encodeRefusal(message)]), "for a replica to refuse"],
  ])("%s are refused in words, and nothing after them is heard", async (_what, bytes, sentence) => {
    const cell = willing()
    const caller = new RawCaller(await openDoor(cell), bytes, encodeMessage(message))
    expect(await caller.refusal()).toMatchObject({
      code: "INVALID_ARGUMENT",
      detail: expect.stringContaining(sentence) as unknown,
    })
    expect(cell.submitted).toEqual([])
  })

  test("that are no frames take with them what is under way, and nothing else", async () => {
    const cell = new ScriptedCell()
    const door = await openDoor(cell)
    const caller = new RawCaller(door, preamble, encodeMessage(message))
    await cell.whenSubmitted(1)
    caller.socket.write(Buffer.from("nonsense"))
    expect(await caller.refusal()).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(cell.abandoned).toEqual([1])
    cell.answerAll = () => ({ kind: "getStat", stat: fileStat })
    expect(await callUnary(door, "getStat", getStat)).toMatchObject({ reply: { outcome: { kind: "getStat" } } })
  })

  test("of a caller that keeps its side open after a refusal are waited for no longer than a moment", async () => {
    const door = await openDoor(new ScriptedCell())
    const [host, port] = door.address.split(":")
    const socket = connect({ port: Number(port), host, allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.write(Buffer.from("CLAVIGER/?"))
    socket.resume()
    await once(socket, "end")
    const gone = once(socket, "error")
    const knocking = setInterval(() => void socket.write("x"), 50)
    onTestFinished(() => {
      clearInterval(knocking)
    })
    await gone
  })
})
