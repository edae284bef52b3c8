/** For whom a replica looks names up: the cell hears the caller's principal, and decides by that. */
import { afterAll, afterEach, describe, expect, test } from "vitest"
import type { Outcome, Reply, Request } from "../../../../src/contract/requests.ts"
import type { Ticket } from "../../../../src/server/cell.ts"
import { ask, type HttpAnswer } from "../../../support/http-request.ts"
import { CellCertificates } from "../../../support/tls-cell.ts"
import { statOf } from "../../client/scripted-cell.ts"
import { ScriptedCell } from "../scripted-cell.ts"
import { cellName, closeSecureDoors, openSecureDoor, type SecureDoor } from "../secure-loopback.ts"

const certificates = new CellCertificates(cellName)

afterEach(closeSecureDoors)
afterAll(() => {
  certificates[Symbol.dispose]()
})

/** A master with one file, for whoever asks, but for mallory. KeepAlives are parked. */
class Master extends ScriptedCell {
  override answerAll = ({ principal, operation }: Request): Outcome => {
    switch (operation.kind) {
      case "createSession":
        return { kind: "createSession", sessionId: 7, sessionLeaseMs: operation.sessionLeaseMs }
      case "getContentsAndStat":
        if (principal === "mallory") return { kind: "refused", code: "PERMISSION_DENIED", detail: "not mallory's" }
        return { kind: "getContentsAndStat", contents: Buffer.from("on"), stat: statOf("/ls/test/config") }
      default:
        return { kind: "closeSession" }
    }
  }

  override submit(request: Request, onReply: (reply: Reply) => void): Ticket {
    return super.submit(request, request.operation.kind === "keepAlive" ? () => undefined : onReply)
  }
}

interface Scene {
  readonly master: Master
  readonly lookUp: (caller: string | undefined) => Promise<HttpAnswer>
}

/** Lookups at a replica that is not the master. */
async function scene(anonymousLookups: boolean): Promise<Scene> {
  const master = new Master({}, { cachable: true })
  const { address } = await openSecureDoor(certificates, master)
  const follower = new ScriptedCell({ role: "replica" })
  const options = { id: 2, grpc: { 1: address }, http: true, anonymousLookups } as const
  const door: SecureDoor = await openSecureDoor(certificates, follower, options)
  const lookUp = async (caller: string | undefined): Promise<HttpAnswer> => {
    const { certificateAuthority: ca, certificate: cert, privateKey: key } = certificates.client(caller ?? "nobody")
    const tls = caller === undefined ? { ca } : { ca, cert, key }
    return await ask(door.http, { path: "/v1/names/config", tls })
  }
  return { master, lookUp }
}

function principals({ submitted }: Master): ReadonlySet<string> {
  return new Set(submitted.map(({ request }) => request.principal))
}

describe("a lookup at a replica that has certificates", () => {
  test("is made in the name of its caller, in a session of that caller's", async () => {
    const { master, lookUp } = await scene(false)
    expect((await lookUp("alice")).status).toBe(200)
    expect(principals(master)).toEqual(new Set(["alice"]))
    expect(master.submitted.map(({ request }) => request.operation.kind)).toContain("createSession")
  })

  test("tells nobody what another caller was told", async () => {
    const { lookUp } = await scene(false)
    expect((await lookUp("alice")).status).toBe(200)
    expect((await lookUp("mallory")).status).toBe(403)
  })

  test("is refused without a certificate, and does not reach the cell", async () => {
    const { master, lookUp } = await scene(false)
    expect((await lookUp(undefined)).status).toBe(401)
    expect(master.submitted).toEqual([])
  })

  test("is made in nobody's name where the cell answers lookups of anybody", async () => {
    const { master, lookUp } = await scene(true)
    expect((await lookUp(undefined)).status).toBe(200)
    expect(principals(master)).toEqual(new Set(["anonymous"]))
  })
})
