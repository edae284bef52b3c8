/** Locks without contention: every caller acquires and releases a lock of its own. */
import { manyClients, oneClient, throughput } from "./throughput.ts"

export const locks = throughput({
  name: "locks",
  meaning: "acquire and release of distinct locks; one call is both",
  work: "lock",
  clients: {
    claviger: ["library"],
    etcd: ["etcd3", "plain http2"],
    zookeeper: ["node-zookeeper-client", "plain tcp"],
  },
  shapes: [oneClient, manyClients],
})
