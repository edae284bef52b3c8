/** Stands for a frozen replica: the kernel takes its connections, and that is all. */
import { createServer, type AddressInfo, type Socket } from "node:net"
import { onTestFinished } from "vitest"

/** Its address. It goes when the test is over. */
export async function silentServer(): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
