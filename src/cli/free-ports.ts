/** Which of some addresses can't be listened at: found out before anything is started, or written down. */
import { createServer } from "node:net"

export async function takenAddresses(addresses: readonly string[]): Promise<readonly string[]> {
  const probed = await Promise.all(addresses.map(async (address) => ({ address, isFree: await isFree(address) })))
  return probed.filter(({ isFree }) => !isFree).map(({ address }) => address)
}

async function isFree(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(":")
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "")
  const port = Number(address.slice(colon + 1))
  return await new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => {
      resolve(false)
    })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}
