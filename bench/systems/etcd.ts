/** etcd as Debian packages it, with its defaults; every member answers clients on loopback without TLS. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { freePortBlock } from "../../test/system/support/free-ports.ts"
import { EtcdChannel } from "../clients/etcd-channel.ts"
import type { Contender } from "../system-under-test.ts"
import { RunningPeer } from "./peer.ts"

export const etcd: Contender = {
  name: "etcd",
  absence: () => {
    const isThere = spawnSync("etcd", ["--version"]).status === 0
    return isThere ? undefined : "there is no etcd here (Debian: apt-get install etcd-server)"
  },
  start: async (directory, memberCount) => {
    const portBase = await freePortBlock(memberCount * 2)
    const urlOf = (port: number): string => `http://127.0.0.1:${port}`
    const places = Array.from({ length: memberCount }, (_, place) => place)
    const everybody = places.map((place) => `member-${place + 1}=${urlOf(portBase + memberCount + place)}`).join(",")
    return RunningPeer.start({
      directory,
      settings: "defaults",
      addresses: places.map((place) => `127.0.0.1:${portBase + place}`),
      commandOf: (id, memberDirectory) => {
        const [clientUrl, peerUrl] = [urlOf(portBase + id - 1), urlOf(portBase + memberCount + id - 1)]
        const settings: Readonly<Record<string, string>> = {
          name: `member-${id}`,
          "data-dir": memberDirectory,
          "listen-client-urls": clientUrl,
          "advertise-client-urls": clientUrl,
          "listen-peer-urls": peerUrl,
          "initial-advertise-peer-urls": peerUrl,
          "initial-cluster": everybody,
          "initial-cluster-state": "new",
          logger: "zap",
          "log-level": "warn",
        }
        const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
        return { program: "etcd", args, logFile: join(directory, `member-${id}.log`) }
      },
      ask: async (address) => {
        // A new one each time: members come and go.
        const channel = new EtcdChannel(address)
        const status = await channel.call("Maintenance", "Status", {}).finally(() => channel.close())
        if (Number(status["leader"]) === 0) throw new Error("it knows of no leader")
        return {
          isLeader: status["leader"] === (status["header"] as { readonly member_id: string }).member_id,
          appliedThrough: Number(status["raftAppliedIndex"]),
          version: String(status["version"]),
        }
      },
    })
  },
}
