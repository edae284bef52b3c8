/** What is not counted as it happens, but read when somebody asks: one table for each source, one line for each gauge. */
import { Gauge, type Registry } from "prom-client"
import type { ReplicaRole, ReplicaStatus } from "../../contract/requests.ts"
import type { HostMeasures } from "../../host/meter.ts"
import type { NameLoad } from "../names/name-service.ts"
import { obstacles } from "../readiness.ts"

/** By name, with a sentence for people, and the way to read it. */
export type GaugeTable<Facts> = Readonly<Record<string, readonly [help: string, read: (facts: Facts) => number]>>

/** What every replica says of itself at its doors. */
export const statusGauges: GaugeTable<ReplicaStatus> = {
  claviger_ready: ["1 if this replica is fit to be asked, as /readyz says.", (status) => Number(isReady(status))],
  claviger_master: ["Id of the replica that this one takes for the master; 0: none.", ({ master }) => master],
  claviger_epoch: ["Number of the mastership, as far as this replica has applied it.", ({ epoch }) => epoch],
  claviger_can_lose: [
    "How many more voting replicas the cell can lose and still serve, at the master; -1 elsewhere.",
    ({ canLose }) => canLose,
  ],
  claviger_chosen_slot: ["Every slot up to this one is known to be chosen.", ({ chosenThrough }) => chosenThrough],
  claviger_applied_slot: ["Every slot up to this one is applied.", ({ appliedThrough }) => appliedThrough],
  claviger_sessions: ["Sessions of the cell.", ({ sessionCount }) => sessionCount],
  claviger_nodes: ["Files and directories, the root included.", ({ nodeCount }) => nodeCount],
}

/** What only the process that runs the replica knows. */
export const hostGauges: GaugeTable<HostMeasures> = {
  claviger_ballot_round: ["Round of the highest ballot that this replica has promised.", (host) => host.ballotRound],
  claviger_log_slots: ["Slots of the log that are kept in memory.", (host) => host.logSlots],
  claviger_log_bytes: ["Bytes of the log that are kept in memory.", (host) => host.logBytes],
  claviger_reachable_replicas: [
    "Other replicas to or from which there is a connection.",
    (host) => host.reachableReplicas.length,
  ],
  claviger_node_bytes: ["Bytes of all names and contents.", (host) => host.nodeBytes],
  claviger_locks_held: ["Nodes whose lock is held.", (host) => host.locksHeld],
  claviger_lock_waiters: ["Acquires that wait in the queues of locks.", (host) => host.lockWaiters],
  claviger_lock_delays: ["Locks that are barred because their holder was lost.", (host) => host.lockDelays],
  claviger_outstanding_calls: ["Calls that this replica has not answered yet.", (host) => host.outstandingCalls],
  claviger_waiting_requests: ["Requests in the input queue.", (host) => host.waitingRequests],
  claviger_caching_sessions: ["Sessions that may cache, at the master.", ({ service }) => service.cachingSessions],
  claviger_cache_registrations: [
    "How often a key is registered for a session's cache, at the master.",
    ({ service }) => service.cacheRegistrations,
  ],
  claviger_parked_keepalives: ["KeepAlives that are parked, at the master.", ({ service }) => service.parkedKeepAlives],
  claviger_held_mutations: [
    "Mutations that wait for caches, or for earlier ones of their session, at the master.",
    ({ service }) => service.heldMutations,
  ],
  claviger_pending_commands: [
    "Commands that have not reached the log, the held ones included, at the master.",
    ({ service }) => service.pendingCommands,
  ],
  claviger_pending_bytes: ["Bytes of their contents, at the master.", ({ service }) => service.pendingBytes],
}

/** Of the look-ups of names at this replica. */
export const nameGauges: GaugeTable<NameLoad> = {
  claviger_watched_names: ["Names that this replica watches for somebody.", ({ watchedNames }) => watchedNames],
  claviger_name_waits: ["Look-ups that wait for a name to change.", ({ nameWaits }) => nameWaits],
  claviger_event_streams: ["Open event streams.", ({ eventStreams }) => eventStreams],
}

/** Returns the way to bring the gauges up to date. All are read from the same facts, which are asked for once. */
export function gaugesFrom<Facts>(registry: Registry, table: GaugeTable<Facts>, ask: () => Facts): () => void {
  const gauges = Object.entries(table).map(([name, [help, read]]) => {
    return { gauge: new Gauge({ name, help, registers: [registry] }), read }
  })
  return () => {
    const facts = ask()
    for (const { gauge, read } of gauges) gauge.set(read(facts))
  }
}

/** One series for each role, of which one is 1: so that both a sum over a cell and a change in time can be asked for. */
export function roleGauge(registry: Registry, status: () => ReplicaStatus): () => void {
  const help = "1 for the role that this replica has, 0 for the others."
  const gauge = new Gauge({ name: "claviger_role", help, labelNames: ["role"], registers: [registry] })
  return () => {
    const { role } = status()
    for (const each of roles) gauge.labels(each).set(Number(each === role))
  }
}

const roles: readonly ReplicaRole[] = ["master", "replica", "learner"]

function isReady(status: ReplicaStatus): boolean {
  return obstacles(status).length === 0
}
