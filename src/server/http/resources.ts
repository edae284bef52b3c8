/** Every resource of the HTTP door. */
import type { Resource } from "./resource.ts"
import { directories } from "./routes/directories.ts"
import { files } from "./routes/files.ts"
import { keySet } from "./routes/key-set.ts"
import { locks } from "./routes/locks.ts"
import { metricsResource } from "./routes/metrics.ts"
import { names } from "./routes/names.ts"
import { probes } from "./routes/probes.ts"
import { sequencers } from "./routes/sequencers.ts"
import { sessions } from "./routes/sessions.ts"
import { transactions } from "./routes/transactions.ts"

export const resources: readonly Resource[] = [
  probes,
  metricsResource,
  files,
  directories,
  sessions,
  locks,
  sequencers,
  transactions,
  names,
  keySet,
]
