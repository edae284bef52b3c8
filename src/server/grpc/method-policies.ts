/**
 * Who may call what, for every method of every service at the gRPC door. What is not on this list nobody may call: a
 * service that somebody forgets to list is shut, and not open (etcd has had that the wrong way round more than once).
 */

/**
 * - `anyone`: whoever got in at the door.
 * - `authenticated`: a principal, or another replica of the cell on its own account.
 * - `principal`: somebody whom access control lists can name. Without TLS that is everybody, under one name.
 * - `administrator`: one of the principals that the configuration lists as such.
 */
export type Policy = "anyone" | "authenticated" | "principal" | "administrator"

const policies: Readonly<Record<string, Readonly<Record<string, Policy>>>> = {
  "claviger.v1.LockService": {
    CreateSession: "principal",
    KeepAlive: "principal",
    CloseSession: "principal",
    Subscribe: "principal",
    Unsubscribe: "principal",
    Resume: "principal",
    ListSessions: "principal",
    Open: "principal",
    Close: "principal",
    GetContentsAndStat: "principal",
    GetStat: "principal",
    ReadDir: "principal",
    SetContents: "principal",
    Delete: "principal",
    SetAcl: "principal",
    CheckAccess: "principal",
    Transact: "principal",
    Acquire: "principal",
    TryAcquire: "principal",
    CancelAcquire: "principal",
    Release: "principal",
    GetLock: "principal",
    GetSequencer: "principal",
    CheckSequencer: "principal",
    // Who administers the cell, its own list says.
    RotateSigningKeys: "principal",
    GetSequencerKeys: "authenticated",
    Connect: "principal",
  },
  "claviger.admin.v1.AdminService": {
    GetStatus: "authenticated",
    GetCellStatus: "authenticated",
    StepDown: "administrator",
  },
  "grpc.health.v1.Health": { Check: "anyone", List: "anyone", Watch: "anyone" },
  // What it tells is in the proto files, which are public.
  "grpc.reflection.v1.ServerReflection": { ServerReflectionInfo: "anyone" },
  "grpc.reflection.v1alpha.ServerReflection": { ServerReflectionInfo: "anyone" },
}

/** `path` as gRPC writes it, `/package.Service/Method`. Undefined: nobody may. */
export function policyOf(path: string): Policy | undefined {
  const [, service = "", method = ""] = path.split("/")
  const methods = Object.hasOwn(policies, service) ? policies[service] : undefined
  return methods !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined
}
