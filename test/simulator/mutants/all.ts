/** Every planted bug there is. */
import { cacheMutants } from "./caches.ts"
import { clientMutants } from "./clients.ts"
import { keyMutants } from "./keys.ts"
import type { Mutant } from "./mutant.ts"
import { paxosMutants } from "./paxos.ts"
import { replicaMutants } from "./replica.ts"
import { stateMachineMutants } from "./state-machine.ts"

export const mutants: readonly Mutant[] = [
  ...paxosMutants,
  ...replicaMutants,
  ...stateMachineMutants,
  ...cacheMutants,
  ...clientMutants,
  ...keyMutants,
]
