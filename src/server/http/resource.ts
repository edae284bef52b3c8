/** What a resource of the HTTP door is: a function that adds its routes, given what all of them share. */
import type { FastifyInstance } from "fastify"
import type { ReplicaStatus } from "../../contract/requests.ts"
import type { CellPicture } from "../cell-picture.ts"
import type { Metrics } from "../metrics/metrics.ts"
import type { NameService } from "../names/name-service.ts"
import type { PublicJwk } from "../signing-key.ts"
import type { AnyReplica } from "./any-replica.ts"
import type { Calls } from "./calls.ts"

export interface DoorContext {
  readonly cellName: string
  /** For one operation per request, which is nearly always. */
  readonly calls: Calls
  /** For everything else: the cell itself, whoever is master. */
  readonly anyReplica: AnyReplica
  readonly status: () => ReplicaStatus
  readonly picture: CellPicture
  readonly metrics: Metrics
  readonly names: NameService
  /** Those by which sequencers can be verified; none: this replica has not learned them yet. */
  readonly publicKeys: () => readonly PublicJwk[]
}

/**
 * Each resource has a scope of its own: hooks and parsers that it adds are seen by nobody else. A route says in
 * `config.access` who may use it (see principal.ts), and in its schema everything that it takes.
 */
export type Resource = (fastify: FastifyInstance, context: DoorContext) => void
