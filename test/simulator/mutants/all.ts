/** Every planted bug there is. */
import type { Mutant } from "./mutant.ts"
import { paxosMutants } from "./paxos.ts"
import { replicaMutants } from "./replica.ts"
import { stateMachineMutants } from "./state-machine.ts"

export const mutants: readonly Mutant[] = [...paxosMutants, ...replicaMutants, ...stateMachineMutants]
