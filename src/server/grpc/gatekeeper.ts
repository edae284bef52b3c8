/**
 * Stands before every method of every service: finds out who calls, from the certificate that the connection was made
 * with, and lets through what the table of policies allows. Nothing that a client says of itself counts. A replica that
 * forwards a call says for whom, and is believed, because its certificate shows that it is a replica.
 */
import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js"
import { anonymous } from "../../contract/acl.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { Bearer, ReplicaTls } from "../../host/replica-tls.ts"
import { statusOf } from "../../wire/error-details.ts"
import { objectionToAuthenticated } from "../principal-name.ts"
import { forwardedPrincipal } from "./forwarding.ts"
import { policyOf } from "./method-policies.ts"
import { vouchFor } from "./principal.ts"

export interface GatekeeperOptions {
  /** Undefined: everybody is anonymous. */
  readonly tls: ReplicaTls | undefined
  readonly administrators: readonly string[]
}

type Caller =
  | { readonly kind: "principal"; readonly principal: string }
  /** Another replica, on its own account. */
  | { readonly kind: "replica" }

export function gatekeeper({ tls, administrators }: GatekeeperOptions): ServerInterceptor {
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const caller = tls === undefined ? everybody : identify(tls, call, metadata)
            const refusal = caller.kind === "refused" ? caller : objectionTo(caller, path, administrators)
            if (refusal !== undefined) {
              call.sendStatus(statusOf(refusal))
              return
            }
            if (caller.kind === "principal") vouchFor(metadata, caller.principal)
            proceed(metadata)
          },
        })
      },
    })
}

const everybody: Caller = { kind: "principal", principal: anonymous }

function identify(tls: ReplicaTls, call: ServerInterceptingCallInterface, metadata: Metadata): Caller | Refusal {
  const { sslPeerCertificate } = call.getAuthContext()
  if (sslPeerCertificate === undefined) return refuse("UNAUTHENTICATED", "This cell asks for a client's certificate.")
  const bearer = tls.bearerOf(sslPeerCertificate)
  switch (bearer.kind) {
    case "replica": {
      const principal = forwardedPrincipal(metadata)
      return principal === undefined ? { kind: "replica" } : { kind: "principal", principal }
    }
    case "client":
      return principalOfClient(bearer)
    case "stranger":
      return refuse("UNAUTHENTICATED", `The caller is nobody here: ${bearer.reason}.`)
  }
}

/**
 * One URI, which is how SPIFFE names workloads; else one common name, which must not look like a URI: an authority may
 * be careful with the one and not with the other. Of several names none is taken, because nobody could say which.
 */
function principalOfClient({ uris, commonNames }: Extract<Bearer, { kind: "client" }>): Caller | Refusal {
  const [name, ...others] = uris.length > 0 ? uris : commonNames
  if (name === undefined || others.length > 0) {
    const wanted = "one URI among its alternative names, or else one common name"
    return refuse("UNAUTHENTICATED", `A client's certificate names its principal by ${wanted}.`)
  }
  const objection = objectionToAuthenticated(name)
  if (objection !== undefined) return refuse("UNAUTHENTICATED", `In the certificate, ${objection}.`)
  if (uris.length === 0 && name.includes(":")) {
    return refuse("UNAUTHENTICATED", "A common name with a colon is no principal: it could pass for a URI.")
  }
  return { kind: "principal", principal: name }
}

function objectionTo(caller: Caller, path: string, administrators: readonly string[]): Refusal | undefined {
  const policy = policyOf(path)
  switch (policy) {
    case "anyone":
    case "authenticated":
      return undefined
    case "principal":
      return caller.kind === "principal"
        ? undefined
        : refuse("PERMISSION_DENIED", "A replica has no calls of its own here.")
    case "administrator": {
      if (caller.kind === "principal" && administrators.includes(caller.principal)) return undefined
      const who = caller.kind === "principal" ? caller.principal : "a replica"
      return refuse("PERMISSION_DENIED", `${path} is for administrators of the cell, and ${who} is none.`)
    }
    case undefined:
      return refuse("PERMISSION_DENIED", `Nobody may call ${path}.`)
  }
}
