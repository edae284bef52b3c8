/** Writes of 256 bytes to distinct files. At the end every file is read back. */
import { manyClients, oneClient, throughput } from "./throughput.ts"

export const writes = throughput({
  name: "writes",
  meaning: "writes of 256 bytes to distinct files, each durable at a majority; all read back at the end",
  work: "write",
  clients: {
    claviger: ["library"],
    etcd: ["etcd3", "plain http2"],
    zookeeper: ["node-zookeeper-client", "plain tcp"],
  },
  shapes: [oneClient, manyClients],
})
