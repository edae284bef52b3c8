/**
 * What may be the name of a principal. It becomes a line of an access control list, and a list must not be able to say
 * more than one name in a line, or less than one.
 */
import { anonymous } from "../contract/acl.ts"
import { limits } from "../contract/limits.ts"

/** Also no blank at either end, and no `#`, which begins a comment. */
const pattern = /^[^\p{Cc}\p{Zl}\p{Zp}\s#](?:[^\p{Cc}\p{Zl}\p{Zp}#]*[^\p{Cc}\p{Zl}\p{Zp}\s#])?$/u

/** Why `name` can't be a principal's; undefined if it can. */
export function objectionToPrincipal(name: string): string | undefined {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > limits.principalBytesMax) {
    return `the name of a principal takes 1 to ${limits.principalBytesMax} bytes, not ${bytes}`
  }
  if (pattern.test(name)) return undefined
  return "the name of a principal holds no control characters, no #, and no blank at either end"
}

/** Likewise, for one that a certificate has to vouch for. */
export function objectionToAuthenticated(name: string): string | undefined {
  return name === anonymous ? `nobody with a certificate is called ${anonymous}` : objectionToPrincipal(name)
}
