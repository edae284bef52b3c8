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
