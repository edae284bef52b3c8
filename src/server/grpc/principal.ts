/**
 * Whom the gRPC door takes a caller for. What a caller is allowed depends on this name alone, so it comes from the
 * connection that the call arrived on and never from anything that the caller says in the call itself.
 */
import type { Metadata, ServerUnaryCall } from "@grpc/grpc-js"
import { present } from "../../base/assert.ts"

/** What there is to be known about the maker of a call, unary or stream. */
export type CallOrigin = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "getPeer" | "metadata">

/** By the metadata of the call, of which every call has its own. What is in them plays no part. */
const principals = new WeakMap<Metadata, string>()

/** The gatekeeper has found out who makes the call with these metadata. */
export function vouchFor(metadata: Metadata, principal: string): void {
  principals.set(metadata, principal)
}

/** The principal behind a call that the gatekeeper has let through. */
export function principalOf({ metadata }: CallOrigin): string {
  return present(principals.get(metadata), "no call of the lock service gets past the gatekeeper without a principal")
}
