/**
 * The lock of ZooKeeper's recipes: an ephemeral sequential node for each who wants it, the lowest has it, and everybody
 * else watches the one before. Neither npm client brings it along.
 */
export interface LockNodes {
  /** Resolves to the whole path; the number was put after `prefix`. */
  createEphemeral(prefix: string): Promise<string>
  createPermanent(path: string): Promise<void>
  childrenOf(path: string): Promise<readonly string[]>
  /** Resolves once there is no such node. */
  untilGone(path: string): Promise<void>
  delete(path: string): Promise<void>
}

/** Of those this process has made already. */
const directories = new Set<string>()

export async function acquireZooKeeperLock(nodes: LockNodes, directory: string): Promise<() => Promise<void>> {
  if (!directories.has(directory)) {
    await nodes.createPermanent(directory)
    directories.add(directory)
  }
  const own = await nodes.createEphemeral(`${directory}/wants-`)
  for (;;) {
    const before = (await nodes.childrenOf(directory))
      .map((name) => `${directory}/${name}`)
      .filter((path) => path < own)
    const next = before.sort().at(-1)
    if (next === undefined) return () => nodes.delete(own)
    await nodes.untilGone(next)
  }
}
