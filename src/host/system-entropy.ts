/** The operating system's randomness: for secrets, names of transfers and the seeds of the deterministic floors. */
import { randomBytes } from "node:crypto"
import type { Entropy } from "./ports.ts"

export const systemEntropy: Entropy = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
}
