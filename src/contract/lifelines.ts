/** Calls that keep a session alive or set others free. They have room left where everything else is refused. */
import type { OperationKind } from "./requests.ts"

export const lifelines: ReadonlySet<OperationKind> = new Set<OperationKind>([
  "keepAlive",
  "closeSession",
  "release",
  "cancelAcquire",
])
