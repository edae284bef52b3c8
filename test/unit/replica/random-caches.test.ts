/**
 * Clients that cache, write, create and delete at random, through lost messages and fail-overs: at no moment does any of
 * them hold, ready for use, anything else than what the master would answer.
 */
import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import type { NodeKind, Operation } from "../../../src/contract/requests.ts"
import { ReplicaCell } from "../../support/replica-cell.ts"
import { CachingModel, valueOf } from "./caching-model.ts"
import { at, list, stat, write } from "./scripted-session.ts"

const names = ["a", "b", "d/a", "d/b", "d/e/a"]
const directories = ["", "d", "d/e"]

function make(name: string, nodeKind: NodeKind, ephemeral: boolean): Operation {
  return {
    ...{ kind: "open", path: `/ls/local/${name}`, mode: "read", create: "mayCreate", nodeKind },
    ...{ ephemeral, sequential: false, contents: new Uint8Array(), acl: {} },
  }
}

class Run {
  readonly cell = new ReplicaCell(3).found()
  readonly clients: CachingModel[] = []
  readonly #dice: Prng
  checkedCount = 0
  failOverCount = 0

  constructor(seed: number) {
    this.#dice = new Prng(seed)
    for (let count = 0; count < 4; count += 1) this.clients.push(this.#newClient())
  }

  /** Some live so briefly without a KeepAlive that their sessions expire. */
  #newClient(): CachingModel {
    return new CachingModel(this.cell, this.#dice.pick([3_000, 60_000]))
  }

  step(): void {
    const { cell } = this
    const place = this.#dice.below(this.clients.length)
    const client = this.clients[place] as CachingModel
    if (client.ended && cell.master !== 0) {
      cell.settle()
      this.clients[place] = this.#newClient()
      return
    }
    switch (this.#dice.below(14)) {
      case 0:
      case 1: {
        const directory = this.#dice.pick(directories)
        const key = directory === "" ? "/ls/local/" : `/ls/local/${directory}/`
        client.read(list(directory), key)
        break
      }
      case 2:
      case 3: {
        const name = this.#dice.pick([...names, ...directories])
        client.read(stat(name), name === "" ? "/ls/local" : `/ls/local/${name}`)
        break
      }
      case 4:
        client.write(this.#anyWrite())
        break
      case 5:
      case 6:
        client.keepAlive()
        break
      case 7:
      case 8:
      case 9:
      case 10:
        client.take(this.#dice.below(8))
        break
      case 11:
        this.#deliver()
        break
      case 12:
        this.#pass(this.#dice.below(20) === 0 ? 3_000 : this.#dice.below(200))
        break
      default:
        if (this.#dice.below(30) === 0) this.#failOver()
        else if (this.#dice.below(20) === 0) client.close()
        else cell.settle()
    }
    this.check()
  }

  #anyWrite(): Operation {
    const name = this.#dice.pick(names)
    switch (this.#dice.below(7)) {
      case 0:
        return { kind: "delete", node: at(this.#dice.pick([...names, "d", "d/e"])) }
      case 1:
        return make(this.#dice.pick(["d", "d/e"]), "directory", this.#dice.below(2) === 0)
      case 2:
        return { kind: "tryAcquire", node: at(name), mode: "shared", lockDelayMs: this.#dice.pick([0, 400]) }
      case 3:
        return make(name, "file", true)
      case 4:
        return { kind: "release", node: at(this.#dice.pick([...names, "d", "d/e"])) }
      default:
        return write(name, String(this.#dice.below(1_000)))
    }
  }

  /** Half of what is in flight; the rest comes later. */
  #deliver(): void {
    for (const flight of this.cell.take(() => this.#dice.below(2) === 0)) this.cell.arrive(flight)
  }

  #pass(ms: number): void {
    const { cell } = this
    cell.now += ms
    for (const id of cell.replicas) if (cell.isUp(id) && cell.wakeAt(id) <= cell.now) cell.tick(id)
  }

  #failOver(): void {
    const { cell } = this
    const { master } = cell
    if (master === 0) return
    this.failOverCount += 1
    cell.crash(master)
    cell.run(2_500)
    cell.start(master)
    cell.run(100)
    for (const client of this.clients) {
      client.giveUp()
      client.keepAlive()
    }
  }

  check(): void {
    const { cell } = this
    for (const client of this.clients) {
      for (const { operation, value } of client.usable()) {
        if (cell.master === 0) return
        const reply = cell.replies.get(cell.submit(cell.master, operation))
        if (reply === undefined) return
        expect([operation, value]).toEqual([operation, valueOf(reply.outcome)])
        this.checkedCount += 1
      }
    }
  }
}

describe("nothing stale is ever ready for use in a cache", () => {
  test.each(Array.from({ length: 10 }, (_, count) => count + 1))("with seed %d", (seed) => {
    const run = new Run(seed)
    for (let count = 0; count < 1_200; count += 1) run.step()
    expect(run.checkedCount).toBeGreaterThan(100)
  })
})
