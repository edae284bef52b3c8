/** Addresses as configurations spell them: `host:port`. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, with an IPv6 address as host in brackets. */
export function splitAddress(address: string): Address | undefined {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/\s[\]]+)):(\d{1,5})$/.exec(address)
  if (found === null) return undefined
  const [, inBrackets, plain, digits] = found
  const port = Number(digits)
  return port <= 65_535 ? { host: inBrackets ?? plain ?? "", port } : undefined
}

/** Whether only programs on this machine can reach it. A name other than `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)
}
