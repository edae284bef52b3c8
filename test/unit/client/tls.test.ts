/** What a client is told when its certificates and those of a replica don't go together. */
import { afterAll, afterEach, describe, expect, onTestFinished, test } from "vitest"
import { connect, type ClientTls } from "../../../src/client/index.ts"
import { transportOver, type WireKind } from "../../../src/client/transport-over.ts"
import type { Refusal } from "../../../src/contract/errors.ts"
import { silentLogger } from "../../../src/host/logger.ts"
import { GuardedListener } from "../../../src/host/guarded-listener.ts"
import { pem, type Issued } from "../../support/certificates.ts"
import { CellCertificates } from "../../support/tls-cell.ts"
import { fileStat } from "../wire/samples.ts"
import { closeAll, openDoor } from "../server/loopback.ts"
import { ScriptedCell } from "../server/scripted-cell.ts"
import { cellName, closeSecureDoors, openSecureDoor } from "../server/secure-loopback.ts"

const certificates = new CellCertificates(cellName)
afterEach(closeSecureDoors)
afterEach(closeAll)
afterAll(() => {
  certificates[Symbol.dispose]()
})

/** How a stream to the address ends. */
async function endOf(
  wire: WireKind,
  address: string,
  tls?: ClientTls,
): Promise<{ reason: string; refusal: Refusal | undefined }> {
  const transport = await transportOver(wire, tls)
  onTestFinished(() => {
    transport.close()
  })
  return await new Promise((resolve) => {
    transport.open(address, {
      onResults: () => undefined,
      onEnd: (reason, refusal) => {
        resolve({ reason, refusal })
      },
    })
  })
}

type Expecting = (address: string, tls: ClientTls | undefined, sentence: string) => Promise<void>

function refusalOver(wire: WireKind): Expecting {
  return async (address, tls, sentence) => {
    const { refusal } = await endOf(wire, address, tls)
    expect(refusal).toMatchObject({ code: "UNAUTHENTICATED" })
    expect(refusal?.detail).toContain(sentence)
  }
}

/** A port that shows this certificate and takes nobody further. */
async function portShowing(shown: Issued): Promise<string> {
  const listener = await GuardedListener.open({
    address: "127.0.0.1:0",
    tls: certificates.replica(1, shown).listening("everybody"),
    onConnection: (socket) => void socket.destroy(),
    log: silentLogger,
  })
  onTestFinished(() => {
    listener.close()
  })
  return `127.0.0.1:${listener.port}`
}

describe.each(["frames", "grpc"] as const)("a client with certificates, over %s", (wire) => {
  const expectRefusal = refusalOver(wire)

  test("is served", async () => {
    const master = new ScriptedCell()
    master.answerAll = () => ({ kind: "getStat", stat: fileStat })
    const door = await openSecureDoor(certificates, master)
    const cell = await connect({ replicas: [door.address], tls: certificates.client("alice"), wire })
    expect(await cell.getStat("/ls/local/a")).toEqual(fileStat)
    await cell.close()
  })

  test("that its cell does not know is told so", async () => {
    const door = await openSecureDoor(certificates, new ScriptedCell())
    const foreign = certificates.workshop.authority("other").issue({ commonName: "alice" })
    await expectRefusal(door.address, certificates.client(foreign), "it does not accept this client's certificate")
  })

  test("that has no name for a list is told so by the replica", async () => {
    const door = await openSecureDoor(certificates, new ScriptedCell())
    await expectRefusal(door.address, certificates.client("anonymous"), "nobody with a certificate is called anonymous")
  })

  test("does not trust a replica of another authority", async () => {
    const door = await openSecureDoor(certificates, new ScriptedCell())
    const certificateAuthority = pem(certificates.workshop.authority("other").certificate)
    const tls = { ...certificates.client("alice"), certificateAuthority }
    await expectRefusal(door.address, tls, "an authority that this client does not trust")
  })

  test("does not trust a replica whose certificate has expired", async () => {
    const address = await portShowing(certificates.peers.issueForReplica(1, cellName, { days: -1 }))
    await expectRefusal(address, certificates.client("alice"), "its certificate has expired")
  })

  test("does not trust a replica whose certificate is for another host", async () => {
    const address = await portShowing(certificates.peers.issue({ alternativeNames: `DNS:replica-1.${cellName}` }))
    await expectRefusal(address, certificates.client("alice"), "its certificate is for another host")
  })

  test("is told that a replica speaks plain text", async () => {
    const door = await openDoor(new ScriptedCell())
    await expectRefusal(door.address, certificates.client("alice"), "it speaks plain text and no TLS")
  })

  test("that can't be used is refused by connect", async () => {
    const replicas = ["127.0.0.1:1"]
    const alice = certificates.client("alice")
    const expired = certificates.client(certificates.clients.issue({ commonName: "alice", days: -1 }))
    const refused = async (tls: ClientTls): Promise<unknown> =>
      await connect({ replicas, tls, wire }).catch((e: unknown) => e)
    expect(await refused({ ...alice, privateKey: certificates.client("bob").privateKey })).toMatchObject({
      code: "INVALID_ARGUMENT",
    })
    expect(await refused({ ...alice, certificate: "/etc/alice.pem" })).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(await refused({ ...alice, certificateAuthority: "/etc/a.pem" })).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(await refused(expired)).toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringContaining("has expired on") as unknown,
    })
  })
})

describe.each(["frames", "grpc"] as const)("a client in plain text, over %s", (wire) => {
  const expectRefusal = refusalOver(wire)

  test("is told that a replica may want TLS", async () => {
    const door = await openSecureDoor(certificates, new ScriptedCell())
    await expectRefusal(door.address, undefined, "it may want TLS")
  })

  test("is told of nothing but the connection where nobody listens", async () => {
    const { reason, refusal } = await endOf(wire, "127.0.0.1:1")
    expect(refusal).toBeUndefined()
    expect(reason).toContain("ECONNREFUSED")
  })
})

test("a cell that wants other certificates is named as the reason when the caller has waited long enough", async () => {
  const door = await openSecureDoor(certificates, new ScriptedCell())
  const cell = await connect({ replicas: [door.address] })
  const asked = cell.getStat("/ls/local/a", { signal: AbortSignal.timeout(500) })
  await expect(asked).rejects.toMatchObject({ code: "UNAUTHENTICATED" })
  await cell.close()
})
