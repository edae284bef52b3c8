/**
 * Whom the HTTP door takes a caller for, and what it lets them near. Where the cell has certificates, the door asks for
 * one and does not insist: probes have none. Every route says who may use it; one that says nothing is for principals.
 */
import { TLSSocket } from "node:tls"
import type { FastifyRequest } from "fastify"
import { present } from "../../base/assert.ts"
import { anonymous } from "../../contract/acl.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { ReplicaTls } from "../../host/replica-tls.ts"
import { principalOfClient } from "../client-principal.ts"

/**
 * - `anyone`: probes, and what is public anyway.
 * - `lookup`: anyone where the cell's configuration says `anonymousLookups`, else a principal.
 * - `principal`: somebody whom access control lists can name. Without TLS that is everybody, under one name.
 */
type Access = "anyone" | "lookup" | "principal"

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access
  }
}

export interface AdmissionOptions {
  /** Undefined: everybody is anonymous. */
  readonly tls: ReplicaTls | undefined
  readonly anonymousLookups: boolean
}

const principals = new WeakMap<FastifyRequest, string>()

/** The principal behind a request that was admitted to a route which asks for one. */
export function principalOf(request: FastifyRequest): string {
  return present(principals.get(request), "a route that is open to anyone asks nothing of the cell")
}

/** Finds out who calls, and refuses whoever may not use the route. */
export function admit(request: FastifyRequest, { tls, anonymousLookups }: AdmissionOptions): Refusal | undefined {
  const access = request.routeOptions.config.access ?? "principal"
  if (request.is404 || access === "anyone") return undefined
  const principal = tls === undefined ? anonymous : certified(request, tls)
  if (typeof principal === "string") {
    principals.set(request, principal)
    return undefined
  }
  if (access !== "lookup" || !anonymousLookups || principal.kind !== "nobody") {
    return principal.kind === "refused" ? principal : noCertificate
  }
  principals.set(request, anonymous)
  return undefined
}

const noCertificate = refuse("UNAUTHENTICATED", "This cell asks for a client's certificate, over HTTPS.")

function certified({ socket }: FastifyRequest, tls: ReplicaTls): string | Refusal | { readonly kind: "nobody" } {
  if (!(socket instanceof TLSSocket)) return { kind: "nobody" }
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return { kind: "nobody" }
  if (!socket.authorized) {
    return refuse("UNAUTHENTICATED", `The certificate can't be verified: ${String(socket.authorizationError)}.`)
  }
  const bearer = tls.bearerOf(socket.getPeerCertificate())
  switch (bearer.kind) {
    case "replica":
      return refuse("PERMISSION_DENIED", "A replica has no calls of its own here.")
    case "client":
      return principalOfClient(bearer)
    case "stranger":
      return refuse("UNAUTHENTICATED", `The caller is nobody here: ${bearer.reason}.`)
  }
}
