/**
 * For resources that are guarded by a lock: refuse whoever has lost it. Runs in Node, in browsers and at the edge; loads
 * no native code and nothing of the client library.
 *
 * ```ts
 * const fence = new Fence({
 *   verifier: { keys: remoteKeys("http://127.0.0.1:4401/.well-known/jwks.json") },
 *   paths: "/ls/local/job",
 * })
 * const admission = await fence.admit(request.headers["claviger-sequencer"])
 * if (admission.kind === "refused") return answer(409, admission)
 * ```
 *
 * Marks in memory are forgotten with the process: `claviger/fence/node` has some that are kept in a file, and
 * `claviger/fence/postgres` some that are kept beside what they guard.
 */
export { Fence, type Admission, type Admitted, type AnyFence, type FenceOptions, type Requirement } from "./fence.ts"
export { CellFence, type CellFenceOptions, type SequencerOracle } from "./cell-fence.ts"
export { SequencerVerifier, type Genuine, type Verdict, type VerifierOptions } from "./verifier.ts"
export { fixedKeys, type Freshness, type KeySource } from "./keys.ts"
export { remoteKeys, type FetchKeys, type RemoteKeysOptions } from "./remote-keys.ts"
export { compareMarks, type HighWaterMarks, type Mark, type Raising } from "./marks.ts"
export { memoryMarks, type MemoryMarksOptions } from "./memory-marks.ts"
export type { RefusalReason, Refused } from "./refusals.ts"
export { isWorthRepeating, type Passage, problemOf, type RefusalProblem, sequencerHeader } from "./guarding.ts"
export type { VerifySignature } from "./signatures.ts"
export type { SequencerStatement } from "../contract/sequencer.ts"
export type { LockMode } from "../contract/lock-mode.ts"
export type { ErrorCode } from "../contract/errors.ts"
