/**
 * Stands before every method of every service: finds out who calls, from the certificate that the connection was made
 * with, and lets through what the table of policies allows. Nothing that a client says of itself counts. A replica that
 * forwards a call says for whom, and is believed, because its certificate shows that it is a replica.
 */
import type { Socket } from "node:net"
import { type PeerCertificate, TLSSocket } from "node:tls"
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js"
import { present } from "../../base/assert.ts"
import { anonymous } from "../../contract/acl.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { ReplicaTls } from "../../host/replica-tls.ts"
import { statusOf } from "../../wire/error-details.ts"
import { lockService } from "../../wire/load.ts"
import { principalOfClient } from "../client-principal.ts"
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
            const caller =
              tls === undefined
                ? everybody
                : identify(tls, call.getAuthContext().sslPeerCertificate, forwardedPrincipal(metadata))
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

/** The same of a connection that carries one `Connect` stream in frames. Nobody opens one for somebody else. */
export function streamPrincipal(socket: Socket, { tls, administrators }: GatekeeperOptions): string | Refusal {
  const caller = tls === undefined ? everybody : identify(tls, certificateOf(socket), undefined)
  if (caller.kind === "refused") return caller
  const refusal = objectionTo(caller, lockService.Connect.path, administrators)
  return (
    refusal ?? present(caller.kind === "principal" ? caller.principal : undefined, "the policy of Connect wants one")
  )
}

const everybody: Caller = { kind: "principal", principal: anonymous }

function certificateOf(socket: Socket): PeerCertificate | undefined {
  // An empty object where the caller has shown none, whatever the type says.
  const certificate: Partial<PeerCertificate> = socket instanceof TLSSocket ? socket.getPeerCertificate() : {}
  return certificate.raw === undefined ? undefined : (certificate as PeerCertificate)
}

/** `forwarded`: for whom the caller says that it calls. */
function identify(
  tls: ReplicaTls,
  certificate: PeerCertificate | undefined,
  forwarded: string | undefined,
): Caller | Refusal {
  if (certificate === undefined) return refuse("UNAUTHENTICATED", "This cell asks for a client's certificate.")
  const bearer = tls.bearerOf(certificate)
  switch (bearer.kind) {
    case "replica":
      return forwarded === undefined ? { kind: "replica" } : { kind: "principal", principal: forwarded }
    case "client": {
      const principal = principalOfClient(bearer)
      return typeof principal === "string" ? { kind: "principal", principal } : principal
    }
    case "stranger":
      return refuse("UNAUTHENTICATED", `The caller is nobody here: ${bearer.reason}.`)
  }
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
