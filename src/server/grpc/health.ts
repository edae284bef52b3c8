/**
 * The standard `grpc.health.v1.Health`: load balancers and orchestrators ask it, or watch it, to know whom to send calls
 * to. What a replica knows changes without anybody saying so here, so it is looked at several times a second.
 */
import type { Server } from "@grpc/grpc-js"
import { HealthImplementation, type ServingStatus } from "grpc-health-check"
import type { ReplicaStatus } from "../../contract/requests.ts"
import { obstacles } from "../readiness.ts"

const lookEveryMs = 200
/** The server as a whole, and by name the service that the state of the cell matters to. */
const servicesAnswered = ["", "claviger.v1.LockService"]

export class Health {
  readonly #health = new HealthImplementation()
  readonly #timer: NodeJS.Timeout
  #shown: ServingStatus | undefined

  constructor(server: Server, status: () => ReplicaStatus) {
    this.#health.addToServer(server)
    const look = (): void => {
      this.#show(obstacles(status()).length === 0 ? "SERVING" : "NOT_SERVING")
    }
    look()
    this.#timer = setInterval(look, lookEveryMs).unref()
  }

  /** The replica is about to stop: nobody should be sent here any more. */
  close(): void {
    clearInterval(this.#timer)
    this.#show("NOT_SERVING")
  }

  #show(status: ServingStatus): void {
    if (status === this.#shown) return
    this.#shown = status
    for (const service of servicesAnswered) this.#health.setStatus(service, status)
  }
}
