/** Which of some addresses can't be listened at: found out before anything is started, or written down. */
import { createServer } from "node:net"
import { splitAddress } from "../base/address.ts"
import { present } from "../base/assert.ts"

export async function takenAddresses(addresses: readonly string[]): Promise<readonly string[]> {
  const probed = await Promise.all(addresses.map(async (address) => ({ address, isFree: await isFree(address) })))
  return probed.filter(({ isFree }) => !isFree).map(({ address }) => address)
}

async function isFree(address: string): Promise<boolean> {
  const { host, port } = present(splitAddress(address), "the addresses of a cell were parsed")
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
