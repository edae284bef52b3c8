/**
 * One lock that many want: it goes from one to the next as fast as the system hands it on. The lock of etcd's npm client
 * does not wait, so etcd is seen through its own lock service, which does.
 */
import { throughput, type LoadShape } from "./throughput.ts"

export const handOff = throughput({
  name: "hand-off",
  meaning:
    "one lock wanted by N clients, who hold it for a turn of the event loop; times: release asked, next one has it",
  work: "handOff",
  clients: {
    claviger: ["library"],
    etcd: ["plain http2"],
    zookeeper: ["node-zookeeper-client", "plain tcp"],
  },
  shapes: [2, 32].map(wantedBy),
})

function wantedBy(clientCount: number): LoadShape {
  return { subject: `${clientCount} clients`, processCount: 1, clientCount, levels: () => [clientCount] }
}
