/** Who gets through the gRPC door of a cell with certificates, as whom, and to what. */
import { get } from "node:https"
import { Client, credentials, Metadata, Server, ServerCredentials, status, type ServiceDefinition } from "@grpc/grpc-js"
import { afterAll, afterEach, describe, expect, test, vi } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { silentLogger } from "../../../../src/host/logger.ts"
import { gatekeeper } from "../../../../src/server/grpc/gatekeeper.ts"
import { policyOf } from "../../../../src/server/grpc/method-policies.ts"
import { refusalFromError } from "../../../../src/wire/error-details.ts"
import { adminService } from "../../../../src/wire/load.ts"
import { pem, type Issued } from "../../../support/certificates.ts"
import { CellCertificates } from "../../../support/tls-cell.ts"
import { fileStat } from "../../wire/samples.ts"
import { type Door, TestStream, callUnary, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"
import { cellName, closeSecureDoors, openSecureDoor } from "../secure-loopback.ts"

const certificates = new CellCertificates(cellName)
afterEach(closeSecureDoors)
afterEach(closeAll)
afterAll(() => {
  certificates[Symbol.dispose]()
})

const getStat = { kind: "getStat", node: { kind: "path", path: "/ls/local/a" } } as const

function willing(): ScriptedCell {
  const cell = new ScriptedCell()
  cell.answerAll = () => ({ kind: "getStat", stat: fileStat })
  return cell
}

async function principalSeen(shown: Issued | string, metadata = new Metadata()): Promise<string | undefined> {
  const cell = willing()
  const door = await openSecureDoor(certificates, cell)
  await callUnary(door.as(shown), "getStat", getStat, { metadata })
  return cell.submitted[0]?.request.principal
}

/** The code with which a call of this kind is refused to whoever shows this certificate. */
async function refusalTo(shown: Issued | string, metadata = new Metadata()): Promise<string> {
  const cell = willing()
  const door = await openSecureDoor(certificates, cell)
  const error: unknown = await callUnary(door.as(shown), "getStat", getStat, { metadata }).catch(
    (reason: unknown) => reason,
  )
  expect(cell.submitted).toEqual([])
  return refusalFromError(error as Parameters<typeof refusalFromError>[0]).code
}

function stepDown(door: Door): Promise<{ readonly wasMaster: boolean }> {
  const { path, requestSerialize, responseDeserialize } = adminService.StepDown
  return new Promise((resolve, reject) => {
    door.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
      if (response === undefined) reject(error ?? new Error("neither answer nor error"))
      else resolve(response)
    })
  })
}

describe("the principal of a caller", () => {
  test("is the common name in its certificate, for calls and streams", async () => {
    expect(await principalSeen("alice")).toBe("alice")
    const cell = willing()
    const door = await openSecureDoor(certificates, cell)
    const stream = new TestStream(door.as("bob"))
    stream.send([getStat])
    await stream.whenReplied(1)
    expect(cell.submitted[0]?.request.principal).toBe("bob")
  })

  test("is the URI in its certificate, if there is one", async () => {
    const alternativeNames = "DNS:alice.example.org,URI:spiffe://example.org/alice"
    const shown = certificates.clients.issue({ commonName: "ignored", alternativeNames })
    expect(await principalSeen(shown)).toBe("spiffe://example.org/alice")
  })

  test("is not what the call says", async () => {
    const metadata = new Metadata()
    metadata.set("claviger-principal", "root")
    metadata.set("claviger-forwarded", "1")
    expect(await principalSeen("alice", metadata)).toBe("alice")
  })

  test("is anonymous where there are no certificates, whatever the call says", async () => {
    const cell = willing()
    const metadata = new Metadata()
    metadata.set("claviger-principal", "root")
    metadata.set("claviger-forwarded", "1")
    await callUnary(await openDoor(cell), "getStat", getStat, { metadata })
    expect(cell.submitted[0]?.request.principal).toBe("anonymous")
  })

  test("goes with a call that a follower forwards", async () => {
    const master = willing()
    const masterDoor = await openSecureDoor(certificates, master)
    const follower = new ScriptedCell({ role: "replica", replicaId: 2 })
    follower.answerAll = () => ({ ...refuse("NOT_MASTER", "replica 1 is"), masterHint: masterDoor.address })
    const followerDoor = await openSecureDoor(certificates, follower, { id: 2, grpc: { 1: masterDoor.address } })
    const shown = certificates.clients.issue({ commonName: "Jürgen Groß" })
    await callUnary(followerDoor.as(shown), "getStat", getStat)
    expect(master.submitted.map(({ request }) => request.principal)).toEqual(["Jürgen Groß"])
  })
})

describe("a caller is nobody", () => {
  test.each([
    ["without a name", {}],
    ["with a name that is too long", { alternativeNames: `URI:spiffe://example.org/${"x".repeat(256)}` }],
    ["with two URIs", { alternativeNames: "URI:spiffe://example.org/a,URI:spiffe://example.org/b" }],
    ["with two common names", { commonName: ["alice", "bob"] }],
    ["with a common name like a URI", { commonName: "spiffe://example.org/alice" }],
    ["with a name that a list could not hold", { commonName: "alice # not bob" }],
    ["called anonymous", { commonName: "anonymous" }],
  ])("%s", async (_how, wanted) => {
    expect(await refusalTo(certificates.clients.issue(wanted))).toBe("UNAUTHENTICATED")
  })

  test("with a replica's certificate of another cell", async () => {
    expect(await refusalTo(certificates.peers.issueForReplica(1, "other"))).toBe("UNAUTHENTICATED")
  })

  test("with a certificate from an authority below the one that may", async () => {
    const chain = certificates.clients.below("a department")
    const issued = chain.issue({ commonName: "alice" })
    const { certificateAuthority, certificate, privateKey } = certificates.client(issued)
    const door = await openSecureDoor(certificates, willing())
    expect(certificateAuthority).toBe(pem(certificates.peers.certificate))
    const both = certificates.workshop.write(`${certificate}${pem(chain.certificate)}`, privateKey)
    const error: unknown = await callUnary(door.as(both), "getStat", getStat).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: status.UNAUTHENTICATED })
  })
})

describe("another replica", () => {
  const forwarding = (principal: string): Metadata => {
    const metadata = new Metadata()
    metadata.set("claviger-principal", principal)
    metadata.set("claviger-forwarded", "1")
    return metadata
  }

  test("is believed for whom it forwards a call", async () => {
    expect(await principalSeen(certificates.peers.issueForReplica(2, cellName), forwarding("bob"))).toBe("bob")
  })

  test("has no calls of its own", async () => {
    const shown = certificates.peers.issueForReplica(2, cellName)
    expect(await refusalTo(shown)).toBe("PERMISSION_DENIED")
    expect(await refusalTo(shown, forwarding("a%0Ab"))).toBe("PERMISSION_DENIED")
    expect(await refusalTo(shown, forwarding("%"))).toBe("PERMISSION_DENIED")
  })

  test("is not whoever has a client's certificate in its name", async () => {
    const shown = certificates.clients.issueForReplica(2, cellName, { commonName: "mallory" })
    expect(await principalSeen(shown, forwarding("root"))).toBe("mallory")
  })

  test("may ask how we are", async () => {
    const door = await openSecureDoor(certificates, willing())
    const { path, requestSerialize, responseDeserialize } = adminService.GetStatus
    const { client } = door.as(certificates.peers.issueForReplica(2, cellName))
    const report = await new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
        if (response === undefined) reject(error ?? new Error("neither answer nor error"))
        else resolve(response)
      })
    })
    expect(report).toMatchObject({ cell: "test", replicaId: 1 })
  })
})

describe("administration", () => {
  test("is for administrators", async () => {
    const cell = willing()
    const door = await openSecureDoor(certificates, cell)
    await expect(stepDown(door.as("alice"))).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining("alice") as unknown,
    })
    expect(cell.handOverCount).toBe(0)
    expect(await stepDown(door.as("root"))).toEqual({ wasMaster: true })
    expect(cell.handOverCount).toBe(1)
  })
})

describe("the table of policies", () => {
  test("names every method of every service at the door", async () => {
    const served: string[] = []
    const spy = vi.spyOn(Server.prototype, "addService").mockImplementation((service: ServiceDefinition) => {
      served.push(...Object.values(service).map(({ path }) => path))
    })
    await openDoor(new ScriptedCell())
    spy.mockRestore()
    expect(served.length).toBeGreaterThan(25)
    expect(served.filter((path) => policyOf(path) === undefined)).toEqual([])
  })

  test("has nothing for what nobody has listed", () => {
    for (const path of ["/claviger.v1.LockService/Rob", "/no.such.Service/Do", "/constructor/name", "", "/"]) {
      expect(policyOf(path)).toBeUndefined()
    }
  })

  test("shuts a method that it doesn't name", async () => {
    const server = new Server({ interceptors: [gatekeeper({ tls: undefined, administrators: ["anonymous"] })] })
    const method = { ...adminService.StepDown, path: "/claviger.admin.v1.AdminService/Wipe" }
    const wiped = vi.fn()
    server.addService({ Wipe: method }, { Wipe: wiped })
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound)
        else reject(error)
      })
    })
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
    const refusal = await new Promise((resolve) => {
      client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, {}, resolve)
    })
    expect(refusal).toMatchObject({ code: status.PERMISSION_DENIED })
    expect(wiped).not.toHaveBeenCalled()
    client.close()
    server.forceShutdown()
  })
})

test("a certificate that was refused is logged once", async () => {
  const warned = vi.fn()
  const door = await openSecureDoor(certificates, willing(), { log: { ...silentLogger, warn: warned } })
  const shown = certificates.workshop.authority("other").issue({ commonName: "eve" })
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(callUnary(door.as(shown), "getStat", getStat)).rejects.toMatchObject({ code: status.UNAVAILABLE })
  }
  expect(warned).toHaveBeenCalledTimes(1)
})

test("the HTTP door speaks HTTPS if it is told to, and lets probes in without a certificate", async () => {
  const door = await openSecureDoor(certificates, willing(), { http: true })
  const answered = await new Promise<number | undefined>((resolve, reject) => {
    get(`${door.http}/livez`, { ca: pem(certificates.peers.certificate) }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on("error", reject)
  })
  expect(answered).toBe(200)
})
