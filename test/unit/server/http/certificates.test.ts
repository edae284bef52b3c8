/** Who gets what at the HTTP door of a cell with certificates, and as whom. */
import { afterAll, afterEach, describe, expect, test } from "vitest"
import { pem, type Issued } from "../../../support/certificates.ts"
import { type HttpAnswer, ask } from "../../../support/http-request.ts"
import { CellCertificates } from "../../../support/tls-cell.ts"
import { fileStat } from "../../wire/samples.ts"
import { ScriptedCell } from "../scripted-cell.ts"
import { cellName, closeSecureDoors, openSecureDoor } from "../secure-loopback.ts"

const certificates = new CellCertificates(cellName)
afterEach(closeSecureDoors)
afterAll(() => {
  certificates[Symbol.dispose]()
})

interface Visit {
  readonly answer: HttpAnswer
  /** As whom the cell was asked; undefined: it was not. */
  readonly principal: string | undefined
}

/** A visit over HTTPS by whoever shows this certificate, or none. */
async function visit(path: string, shown?: Issued | string): Promise<Visit> {
  const cell = new ScriptedCell()
  cell.answerAll = () => ({ kind: "getContentsAndStat", contents: new Uint8Array(), stat: fileStat })
  const { http } = await openSecureDoor(certificates, cell, { http: true })
  const ca = pem(certificates.peers.certificate)
  const { certificate: cert, privateKey: key } =
    shown === undefined ? { certificate: undefined, privateKey: undefined } : certificates.client(shown)
  const tls = cert === undefined || key === undefined ? { ca } : { ca, cert, key }
  const answer = await ask(http, { path, tls })
  return { answer, principal: cell.submitted[0]?.request.principal }
}

async function refusalTo(shown?: Issued | string): Promise<readonly unknown[]> {
  const { answer, principal } = await visit("/v1/files/a", shown)
  expect(principal).toBeUndefined()
  return [answer.status, (answer.json as { code: string }).code]
}

describe("with a certificate", () => {
  test("the caller is whom it names", async () => {
    expect((await visit("/v1/files/a", "alice")).principal).toBe("alice")
    const workload = certificates.clients.issue({ commonName: "x", alternativeNames: "URI:spiffe://here/job" })
    expect((await visit("/v1/files/a", workload)).principal).toBe("spiffe://here/job")
  })

  test("of a stranger's authority the caller is nobody", async () => {
    const other = certificates.workshop.authority("other").issue({ commonName: "alice" })
    expect(await refusalTo(other)).toEqual([401, "UNAUTHENTICATED"])
  })

  test("that names nobody, or could mean another kind of name, the caller is nobody", async () => {
    expect(await refusalTo("anonymous")).toEqual([401, "UNAUTHENTICATED"])
    expect(await refusalTo("spiffe://here/job")).toEqual([401, "UNAUTHENTICATED"])
  })

  test("that has expired, the caller is nobody", async () => {
    expect(await refusalTo(certificates.clients.issue({ commonName: "alice", days: -1 }))).toEqual([
      ...[401, "UNAUTHENTICATED"],
    ])
  })

  test("of a replica there is nothing to ask for", async () => {
    expect(await refusalTo(certificates.peers.issueForReplica(2, cellName))).toEqual([403, "PERMISSION_DENIED"])
  })
})

describe("without a certificate", () => {
  test("files are shut", async () => {
    expect(await refusalTo()).toEqual([401, "UNAUTHENTICATED"])
  })

  test.each(["/livez", "/readyz", "/healthz", "/.well-known/jwks.json", "/v1/openapi.json"])(
    "%s is open",
    async (path) => {
      expect((await visit(path)).answer.status).toBe(200)
    },
  )

  test("what is not there is not there", async () => {
    expect((await visit("/v1/nothing")).answer.status).toBe(404)
  })
})

describe("names", () => {
  // No name at all, so that what is refused here was let in.
  const path = "/v1/names/a%2fb"

  async function statusOf(anonymousLookups: boolean, asked: string): Promise<number> {
    const { http } = await openSecureDoor(certificates, new ScriptedCell(), { http: true, anonymousLookups })
    return (await ask(http, { path: asked, tls: { ca: pem(certificates.peers.certificate) } })).status
  }

  test("are shut to callers without a certificate, unless the configuration opens them", async () => {
    expect(await statusOf(false, path)).toBe(401)
    expect(await statusOf(true, path)).toBe(400)
  })

  test("are all that is opened so", async () => {
    expect(await statusOf(true, "/v1/files/a")).toBe(401)
    expect(await statusOf(true, "/v1/sessions")).toBe(401)
  })
})

test("over plain HTTP a cell with certificates has nobody to speak to but probes", async () => {
  const cell = new ScriptedCell()
  const { httpPort } = await openSecureDoor(certificates, cell)
  const door = `http://127.0.0.1:${httpPort}`
  expect((await ask(door, { path: "/livez" })).status).toBe(200)
  expect((await ask(door, { path: "/v1/files/a" })).status).toBe(401)
  expect(cell.submitted).toEqual([])
})
