/** Reads that the system answers, not the client: linearizable, but for ZooKeeper's own kind, which is shown beside. */
import { manyClients, oneClient, throughput } from "./throughput.ts"

export const reads = throughput({
  name: "reads",
  meaning: "reads of 256 bytes without a cache, linearizable unless the client says `stale`; each is compared",
  work: "read",
  clients: {
    claviger: ["library"],
    etcd: ["etcd3", "plain http2"],
    zookeeper: ["plain tcp", "plain tcp, stale reads"],
  },
  shapes: [oneClient, manyClients],
})
