/** Ports for cells under test: a block in a row, none of which anybody listens at. */
import { createServer } from "node:net"

/** Below the range from which systems draw ports for outgoing connections, so that nobody takes one by chance. */
const firstPort = 14_000
const lastPort = 32_000

/** Blocks that this process has looked at: whoever was given one may not listen there yet. */
const spokenFor: { readonly base: number; readonly count: number }[] = []

/** The first of `count` free ports in a row. Starts looking at a place that differs between processes. */
export async function freePortBlock(count: number): Promise<number> {
  const blockCount = Math.floor((lastPort - firstPort) / count)
  const start = process.pid % blockCount
  for (let step = 0; step < blockCount; step += 1) {
    const base = firstPort + ((start + step) % blockCount) * count
    if (isSpokenFor(base, count)) continue
    spokenFor.push({ base, count })
    if (await areFree(base, count)) return base
  }
  throw new Error(`no ${count} free ports in a row between ${firstPort} and ${lastPort}`)
}

function isSpokenFor(base: number, count: number): boolean {
  return spokenFor.some((other) => base < other.base + other.count && other.base < base + count)
}

async function areFree(base: number, count: number): Promise<boolean> {
  for (let port = base; port < base + count; port += 1) if (!(await isFree(port))) return false
  return true
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)))
  })
}
