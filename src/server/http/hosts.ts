/**
 * Under which names a door without TLS may be called. A page of a stranger can have its own name resolved to this
 * machine ("DNS rebinding"), and a browser then takes this door for the page's own site. What such a page can't do is
 * call the door by an address, by `localhost`, or by a name that the cell's configuration has for it. (With TLS the
 * certificate settles this.)
 */
import { isIP } from "node:net"
import { isLoopback, splitAddress } from "../../base/address.ts"

export interface DoorHosts {
  /** Of a header `Host`, with or without a port. */
  isOwn(host: string): boolean
  /** Whether nobody but this machine can reach the door, so that whoever calls it by another name is such a page. */
  readonly isLoopback: boolean
}

/** `own`: where the door listens; `all`: the doors of all replicas. */
export function doorHosts(own: string, all: readonly string[]): DoorHosts {
  const named = new Set(all.map(nameIn))
  return {
    isOwn(host) {
      const name = nameIn(host)
      return isIP(name) !== 0 || isLocalName(name) || named.has(name)
    },
    isLoopback: isLoopback(nameIn(own)),
  }
}

function nameIn(host: string): string {
  const name = splitAddress(host)?.host ?? host
  return name.replace(/^\[|\]$/g, "").toLowerCase()
}

/** RFC 6761, 6.3: no resolver asks anybody about these. */
function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost")
}
