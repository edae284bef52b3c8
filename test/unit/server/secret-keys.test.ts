/** Private keys stay private: whatever a cell says, at any door and in its log, no seed is in it. */
import { Client, Metadata, credentials } from "@grpc/grpc-js"
import { describe, expect, test, vi } from "vitest"
import { connect } from "../../../src/client/index.ts"
import { ReplicaAdmin } from "../../../src/client/admin.ts"
import type { Logger } from "../../../src/host/logger.ts"
import { lockService } from "../../../src/wire/load.ts"
import { ask } from "../../support/http-request.ts"
import { servedCell } from "../../support/served-cell.ts"

/** Everything that was ever said. */
const said: string[] = []
const note = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields, bytesToo)}`)
const log: Logger = { info: note, warn: note, error: note }
const cell = servedCell("local", log)

/** Every way in which bytes could slip into a text. */
function writtenWays(seed: Uint8Array): readonly string[] {
  const buffer = Buffer.from(seed)
  const encodings = (["hex", "base64url", "latin1"] as const).map((encoding) => buffer.toString(encoding))
  // Without what depends on where in a longer text it begins and ends.
  return [...encodings, buffer.toString("base64").slice(0, 40), [...seed].join(), [...seed].join(", ")]
}

function bytesToo(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? [...value].join() : value
}

const httpPaths = [
  ...["/livez", "/readyz", "/healthz", "/metrics", "/.well-known/jwks.json", "/v1/openapi.json", "/v1/sessions"],
  ...["/v1/directories/", "/v1/files/acl/administrators", "/v1/files/%00", "/v1/files/meta", "/nowhere"],
]

describe("the seeds of signing keys", () => {
  test("are in no answer, no refusal and no line of the log, before and after they take turns", async () => {
    const seeds: Uint8Array[] = []
    const keep = (): void => void seeds.push(...cell.master.replica.host.signingKeys().map(({ seed }) => seed))
    await using client = await connect({ replicas: [cell.master.grpc], name: "somebody", keepAlives: "main" })
    const session = await client.openSession({ caching: false })
    await using lock = await session.acquire("/ls/local/job")
    keep()
    const publicKeys = new Set<string>()
    for (const revoke of [false, false, true]) {
      const rotated = await session.rotateSigningKeys({ revoke })
      for (const { keyId } of rotated) publicKeys.add(keyId)
      keep()
      said.push(JSON.stringify(rotated, bytesToo), lock.sequencer)
      const list = await session.listSessions()
      said.push(JSON.stringify([list, await session.getLock("/ls/local/job"), await session.getListing("/ls/local")]))
      for (const { grpc, http } of [cell.master, cell.other]) {
        said.push(...(await Promise.all(httpPaths.map(async (path) => textOf(await ask(http, { path }))))))
        said.push(...(await adminAnswers(grpc)))
      }
      said.push(await rawRotation(cell.other.grpc))
    }
    keep()
    expect(publicKeys.size).toBeGreaterThan(4)
    expect(seeds.length).toBeGreaterThan(8)
    const everything = said.join("\n")
    // Whoever searches must be able to find: public keys are there.
    for (const keyId of publicKeys) expect(everything).toContain(keyId)
    expect(said.length).toBeGreaterThan(50)
    for (const seed of seeds) for (const written of writtenWays(seed)) expect(everything.includes(written)).toBe(false)
  })

  test("are those of every replica, which verifies what the master signs", async () => {
    const keysOf = async (grpc: string): Promise<string> => {
      const admin = new ReplicaAdmin(grpc)
      try {
        return JSON.stringify((await admin.getSequencerKeys()).keys, bytesToo)
      } finally {
        admin.close()
      }
    }
    await vi.waitFor(async () => expect(await keysOf(cell.other.grpc)).toBe(await keysOf(cell.master.grpc)))
  })
})

function textOf({ status, headers, bytes }: Awaited<ReturnType<typeof ask>>): string {
  return `${status} ${JSON.stringify(headers)} ${bytes.toString("latin1")}`
}

async function adminAnswers(grpc: string): Promise<string[]> {
  const admin = new ReplicaAdmin(grpc)
  try {
    const answers = [admin.getStatus(), admin.getCellStatus(), admin.getSequencerKeys()]
    return (await Promise.all(answers)).map((answer) => JSON.stringify(answer, bytesToo))
  } finally {
    admin.close()
  }
}

/** The bytes of an answer as they come over the wire, from a replica that passes the call on to the master. */
async function rawRotation(grpc: string): Promise<string> {
  const client = new Client(grpc, credentials.createInsecure())
  const { path, requestSerialize } = lockService.RotateSigningKeys
  try {
    return await new Promise((resolve, reject) => {
      const asText = (bytes: Buffer): string => bytes.toString("latin1")
      client.makeUnaryRequest(
        path,
        requestSerialize,
        asText,
        { revoke: false },
        new Metadata(),
        (error, answer = "") => {
          if (error === null) resolve(answer)
          else reject(error)
        },
      )
    })
  } finally {
    client.close()
  }
}
