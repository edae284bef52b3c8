/** Signing keys of a whole cell, on virtual time: what becomes of sequencers when keys take turns, and masters too. */
import { compactVerify, importJWK } from "jose"
import { describe, expect, test } from "vitest"
import type { SequencerKey, Session } from "../../../src/client/index.ts"
import { createTestCell, type TestCell } from "../../../src/testing/index.ts"

const path = "/ls/local/job"

async function sessionOf(cell: TestCell, name: string): Promise<Session> {
  return await (await cell.connect({ name })).openSession()
}

/** Whether somebody who knows nothing but these public keys finds the signature good. */
async function isSignedByOneOf(keys: readonly SequencerKey[], sequencer: string): Promise<boolean> {
  const { kid } = JSON.parse(Buffer.from(sequencer.split(".")[0] ?? "", "base64url").toString()) as { kid: string }
  const known = keys.find(({ keyId }) => keyId === kid)
  if (known === undefined) return false
  const x = Buffer.from(known.publicKey).toString("base64url")
  await compactVerify(sequencer, await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA"))
  return true
}

describe("a rotation", () => {
  test("leaves the sequencers of held locks valid, through fail-overs and restarts, however often it happens", async () => {
    await using cell = await createTestCell()
    const [holder, root] = [await sessionOf(cell, "holder"), await sessionOf(cell, "root")]
    const reader = await cell.connect()
    await using lock = await holder.acquire(path)
    for (let count = 0; count < 3; count += 1) {
      const keys = await root.rotateSigningKeys()
      expect(await isSignedByOneOf(keys, lock.sequencer)).toBe(true)
      expect(await reader.checkSequencer(lock.sequencer)).toMatchObject({ valid: true })
      const killed = await cell.killMaster()
      expect(await reader.checkSequencer(lock.sequencer)).toMatchObject({ valid: true })
      await holder.set("/ls/local/kept", "written under the lock", { underSequencer: lock.sequencer })
      cell.restart(killed)
      await cell.advance(1_000)
    }
    expect(lock.isHeld).toBe(true)
  })

  test("surprises nobody who fetched the keys since the one before", async () => {
    await using cell = await createTestCell()
    const root = await sessionOf(cell, "root")
    let fetched = await root.rotateSigningKeys()
    for (let count = 0; count < 3; count += 1) {
      const now = await root.rotateSigningKeys()
      const lock = await root.acquire(`${path}-${count}`)
      expect(await isSignedByOneOf(fetched, lock.sequencer)).toBe(true)
      fetched = now
    }
  })

  test("is done once, though its master dies before it can answer", async () => {
    await using cell = await createTestCell()
    const root = await sessionOf(cell, "root")
    const before = await root.rotateSigningKeys()
    const asked = root.rotateSigningKeys()
    await cell.advance(1)
    await cell.killMaster()
    const after = await asked
    const nextOf = (keys: readonly SequencerKey[]): string | undefined => keys.at(-1)?.keyId
    expect(after.find(({ state }) => state === "current")?.keyId).toBe(nextOf(before))
  })

  test("drops what nobody needs: without held locks, one retired key is left", async () => {
    await using cell = await createTestCell()
    const root = await sessionOf(cell, "root")
    for (let count = 0; count < 40; count += 1) await root.rotateSigningKeys()
    expect((await root.rotateSigningKeys()).map(({ state }) => state)).toEqual(["retired", "current", "next"])
  })
})

describe("a revocation", () => {
  test("makes all earlier sequencers worthless, and leaves the locks held", async () => {
    await using cell = await createTestCell()
    const [holder, root] = [await sessionOf(cell, "holder"), await sessionOf(cell, "root")]
    const reader = await cell.connect()
    const handle = await holder.open(path, { mode: "write", create: "mayCreate" })
    const lock = await handle.acquire()
    const keys = await root.rotateSigningKeys({ revoke: true })
    expect(keys.map(({ state }) => state)).toEqual(["current", "next"])
    const verdict = await reader.checkSequencer(lock.sequencer)
    expect(verdict).toMatchObject({ valid: false, reason: expect.stringContaining("has given up") as string })
    const write = holder.set("/ls/local/a", "x", { underSequencer: lock.sequencer })
    await expect(write).rejects.toMatchObject({ code: "SEQUENCER_MALFORMED" })

    const renewed = await handle.getSequencer()
    expect(await isSignedByOneOf(keys, renewed)).toBe(true)
    expect(await reader.checkSequencer(renewed)).toMatchObject({ valid: true })
    expect(lock.isHeld).toBe(true)
    await cell.killMaster()
    expect(await reader.checkSequencer(lock.sequencer)).toMatchObject({ valid: false })
    expect(await reader.checkSequencer(renewed)).toMatchObject({ valid: true })
  })

  test("wants a word that is true or false", async () => {
    await using cell = await createTestCell()
    const root = await sessionOf(cell, "root")
    const asked = root.rotateSigningKeys({ revoke: "yes" as unknown as boolean })
    await expect(asked).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })
})
