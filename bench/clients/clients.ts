/**
 * The clients that the load comes from, by system and name. A peer has the one a user of TypeScript would install, and
 * one without a library, for where the first would be measured instead of the peer.
 */
import type { OpenClient } from "../bench-client.ts"

const clients: Readonly<Record<string, Readonly<Record<string, () => Promise<OpenClient>>>>> = {
  claviger: {
    library: async () => opens((await import("./claviger.ts")).ClavigerClient),
  },
  etcd: {
    etcd3: async () => opens((await import("./etcd3.ts")).Etcd3Client),
    "etcd3, deadline 0.5 s": async () => {
      const { Etcd3Client } = await import("./etcd3.ts")
      return (options) => Etcd3Client.open(options, 500)
    },
    "plain http2": async () => opens((await import("./etcd-http2.ts")).EtcdHttp2Client),
  },
  zookeeper: {
    "node-zookeeper-client": async () => opens((await import("./zookeeper-npm.ts")).ZooKeeperNpmClient),
    "plain tcp": async () => {
      const { ZooKeeperPipelinedClient } = await import("./zookeeper-pipelined.ts")
      return (options) => ZooKeeperPipelinedClient.open(options, "linearizable")
    },
    "plain tcp, stale reads": async () => {
      const { ZooKeeperPipelinedClient } = await import("./zookeeper-pipelined.ts")
      return (options) => ZooKeeperPipelinedClient.open(options, "local")
    },
  },
}

function opens(client: { open: OpenClient }): OpenClient {
  return (options) => client.open(options)
}

/** Loads no library but the client's own. */
export async function clientOf(system: string, name: string): Promise<OpenClient> {
  const load = clients[system]?.[name]
  if (load === undefined) throw new Error(`${system} has no client "${name}"`)
  return await load()
}
