/** Whom a client's certificate names: the same at every door. */
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Bearer } from "../host/replica-tls.ts"
import { objectionToAuthenticated } from "./principal-name.ts"

/**
 * One URI, which is how SPIFFE names workloads; else one common name, which must not look like a URI: an authority may
 * be careful with the one and not with the other. Of several names none is taken, because nobody could say which.
 */
export function principalOfClient({ uris, commonNames }: Extract<Bearer, { kind: "client" }>): string | Refusal {
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
  return name
}
