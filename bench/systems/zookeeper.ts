/** ZooKeeper as Debian packages it, with the settings of its own example; many clients of one address are let in. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import { freePortBlock } from "../../test/system/support/free-ports.ts"
import type { Contender } from "../system-under-test.ts"
import { RunningPeer, type MemberStanding } from "./peer.ts"

const [java, library] = ["/usr/bin/java", "/usr/share/java/zookeeper.jar"]
/** As `zkServer.sh` starts it: the heap of its scripts. */
const javaSettings = ["-Xmx1000m", "-Dzookeeper.4lw.commands.whitelist=srvr"]
const serverClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

export const zookeeper: Contender = {
  name: "zookeeper",
  absence: () => {
    return existsSync(java) && existsSync(library)
      ? undefined
      : "there is no ZooKeeper here (Debian: apt-get install zookeeper)"
  },
  start: async (directory, memberCount) => {
    const portBase = await freePortBlock(memberCount * 3)
    const places = Array.from({ length: memberCount }, (_, place) => place)
    const [quorumPorts, electionPorts] = [portBase + memberCount, portBase + 2 * memberCount]
    const servers = places.map(
      (place) => `server.${place + 1}=127.0.0.1:${quorumPorts + place}:${electionPorts + place}`,
    )
    return RunningPeer.start({
      directory,
      settings: "tickTime 2000, initLimit 10, syncLimit 5, maxClientCnxns 0, -Xmx1000m",
      addresses: places.map((place) => `127.0.0.1:${portBase + place}`),
      commandOf: (id, memberDirectory) => {
        mkdirSync(memberDirectory, { recursive: true })
        writeFileSync(join(memberDirectory, "myid"), `${id}\n`)
        const file = join(directory, `member-${id}.cfg`)
        const settings = [
          ...["tickTime=2000", "initLimit=10", "syncLimit=5", "maxClientCnxns=0", "admin.enableServer=false"],
          ...[`dataDir=${memberDirectory}`, `clientPort=${portBase + id - 1}`, "clientPortAddress=127.0.0.1"],
          ...servers,
        ]
        writeFileSync(file, `${settings.join("\n")}\n`)
        const args = [...javaSettings, "-cp", library, serverClass, file]
        return { program: java, args, logFile: join(directory, `member-${id}.log`) }
      },
      ask: askServer,
    })
  },
}

/** The four-letter command `srvr`. */
async function askServer(address: string): Promise<MemberStanding> {
  const [host, port] = address.split(":")
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ""
    const socket = connect(Number(port), host, () => socket.write("srvr"))
    socket.setEncoding("utf8").setTimeout(2_000, () => socket.destroy(new Error("it does not answer")))
    socket.on("data", (part: string) => (text += part))
    socket.on("error", reject).on("close", () => resolve(text))
  })
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(answer)?.[1]
  const [mode, zxid] = [field("Mode"), field("Zxid")]
  if (mode === undefined || zxid === undefined) throw new Error(`it does not serve: ${answer}`)
  const version = field("Zookeeper version")?.split("-")[0] ?? "unknown"
  // The number within the leader's reign: a follower serves nobody before it has what came before that.
  return { isLeader: mode === "leader", appliedThrough: Number(zxid) % 2 ** 32, version }
}
