/** What fencing costs where it is done: no system runs, this is arithmetic in one thread of one process. */
import { generateKeyPairSync, sign } from "node:crypto"
import nacl from "tweetnacl"
import { type SequencerStatement, assemble, signingInput } from "../../src/contract/sequencer.ts"
import { Fence } from "../../src/fence/fence.ts"
import { fixedKeys } from "../../src/fence/keys.ts"
import { nodeVerify } from "../../src/fence/node/node-verify.ts"
import { type VerifySignature, verifyWithTweetnacl } from "../../src/fence/signatures.ts"
import { SequencerVerifier } from "../../src/fence/verifier.ts"
import { medianOf } from "../measure/latencies.ts"
import type { BenchContext, Workload } from "../workload.ts"

/** As many as a verifier remembers, so that none of the warm ones is forgotten. */
const warmCount = 1_000
/** Between two looks at the clock; a round of the slowest takes some 50 ms. */
const callsPerLook = 10
const keyId = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

export const sequencers: Workload = {
  name: "sequencers",
  meaning: "sequencers signed and verified per second, by Node's Ed25519 and in plain JavaScript; warm: seen before",
  async run(context: BenchContext): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    const { secretKey } = nacl.sign.keyPair()
    const { x } = publicKey.export({ format: "jwk" })
    const keys = fixedKeys({ keys: [{ kty: "OKP", crv: "Ed25519", kid: keyId, x }] })
    const signByNode = (signed: string): Uint8Array => sign(null, Buffer.from(signed), privateKey)
    const signInJavaScript = (signed: string): Uint8Array => nacl.sign.detached(Buffer.from(signed), secretKey)
    let generation = 0
    const fresh = (signer: (signed: string) => Uint8Array): string => {
      generation += 1
      const signed = signingInput({ ...statement, lockGeneration: generation }, keyId)
      return assemble(signed, signer(signed))
    }

    await report(context, "sign, Node", () => void fresh(signByNode))
    await report(context, "sign, tweetnacl", () => void fresh(signInJavaScript))
    for (const [name, verifySignature] of implementations) {
      // What is verified cold must be new to the verifier each time, and is signed before the clock runs.
      const verifier = new SequencerVerifier({ keys, verifySignature })
      const batch = (): readonly string[] => Array.from({ length: callsPerLook }, () => fresh(signByNode))
      await report(context, `verify cold, ${name}`, (text) => mustBeGenuine(verifier, text), batch)
      const seen = Array.from({ length: warmCount }, () => fresh(signByNode))
      for (const text of seen) mustBeGenuine(verifier, text)
      await report(context, `verify warm, ${name}`, (text) => mustBeGenuine(verifier, text), cycling(seen))
    }
    const fence = new Fence({ verifier: { keys, verifySignature: nodeVerify }, paths: statement.path })
    const shown = fresh(signByNode)
    await report(context, "admit warm, marks in memory", async () => {
      const { kind } = await fence.admit(shown)
      if (kind !== "admitted") throw new Error("the holder was refused")
    })
  },
}

const implementations: readonly (readonly [string, VerifySignature])[] = [
  ["Node", nodeVerify],
  ["tweetnacl", verifyWithTweetnacl],
]

const statement: SequencerStatement = {
  cell: "bench",
  cellId: "0123456789abcdef",
  path: "/ls/bench/service/job",
  instance: 4711,
  mode: "exclusive",
  lockGeneration: 1,
  epoch: 3,
  principal: "CN=worker-7,O=example",
  issuedAt: 1_700_000_000,
}

function mustBeGenuine(verifier: SequencerVerifier, text: string): void {
  if (verifier.verify(text).kind !== "genuine") throw new Error("a genuine sequencer was refused")
}

/** Texts that come from afar are new objects, whose hash has to be computed before they can be looked up. */
function cycling(seen: readonly string[]): () => readonly string[] {
  let at = 0
  return () => {
    const next = seen.slice(at, at + callsPerLook)
    at = (at + callsPerLook) % seen.length
    return next.map((text) => Buffer.from(text).toString("latin1"))
  }
}

/** `batch` makes what the next calls get, and is not counted. */
async function report(
  context: BenchContext,
  subject: string,
  call: (text: string) => void | Promise<void>,
  batch: () => readonly string[] = () => nothing,
): Promise<void> {
  const rounds: number[] = []
  const { roundCount, seconds } = context.settings
  for (let round = 0; round <= roundCount; round += 1) {
    const perSecond = await measure(seconds * 1000, call, batch)
    // The first round warms the engine up.
    if (round > 0) rounds.push(perSecond)
  }
  context.progress(`${subject}: done`)
  context.report(subject, { "per second": medianOf(rounds), "microseconds each": 1e6 / medianOf(rounds) })
}

const nothing: readonly string[] = Array.from({ length: callsPerLook }, () => "")

async function measure(
  forMs: number,
  call: (text: string) => void | Promise<void>,
  batch: () => readonly string[],
): Promise<number> {
  let spentMs = 0
  let count = 0
  const endsAt = performance.now() + forMs
  while (performance.now() < endsAt) {
    const texts = batch()
    const beganAt = performance.now()
    for (const text of texts) {
      const pending = call(text)
      if (pending !== undefined) await pending
    }
    spentMs += performance.now() - beganAt
    count += texts.length
  }
  return (count * 1000) / spentMs
}
