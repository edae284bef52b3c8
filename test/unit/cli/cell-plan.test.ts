import { describe, expect, test } from "vitest"
import { parseArguments, UsageError } from "../../../src/cli/arguments.ts"
import { newCell, refuseContradictions, wishesOf, type CellWishes } from "../../../src/cli/cell-plan.ts"
import { Failure } from "../../../src/cli/failure.ts"

const endowment = { cellId: "12345678", timing: {} }

function wishes(...words: string[]): CellWishes {
  return wishesOf(parseArguments(["cell", ...words]), "/home/alice")
}

describe("a new cell", () => {
  test("has five replicas on loopback, at ports that tell what they are for", () => {
    const file = newCell(wishes(), endowment)
    expect(file.cell).toBe("dev")
    expect(file.replicas.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
    expect(file.replicas[2]).toEqual({ id: 3, grpc: "127.0.0.1:4303", http: "127.0.0.1:4313", peer: "127.0.0.1:4323" })
  })

  test("is as wished", () => {
    const file = newCell(wishes("--replicas", "7", "--port", "7000", "--name", "test-cell"), endowment)
    expect(file.cell).toBe("test-cell")
    expect(file.replicas.at(-1)).toEqual({
      id: 7,
      grpc: "127.0.0.1:7007",
      http: "127.0.0.1:7017",
      peer: "127.0.0.1:7027",
    })
  })

  test("gives no address twice", () => {
    const { replicas } = newCell(wishes("--replicas", "7"), endowment)
    const addresses = replicas.flatMap(({ grpc, http, peer }) => [grpc, http, peer])
    expect(new Set(addresses).size).toBe(21)
  })

  test("speaks plain text, and has nobody named its administrator", () => {
    expect(newCell(wishes(), endowment)).not.toHaveProperty("tls")
    expect(newCell(wishes(), endowment)).not.toHaveProperty("administrators")
  })

  test("finds its certificates where the script puts them", () => {
    const file = newCell(wishes("--tls", "certificates", "--administrators", "alice, bob"), endowment)
    expect(file.tls).toEqual({
      certificate: "/home/alice/certificates/replica-{id}.pem",
      privateKey: "/home/alice/certificates/replica-{id}.key",
      peerAuthority: "/home/alice/certificates/peer-authority.pem",
      clientAuthority: "/home/alice/certificates/client-authority.pem",
    })
    expect(file.administrators).toEqual(["alice", "bob"])
  })

  test("has certificates and administrators, or neither", () => {
    expect(() => wishes("--tls", "certificates")).toThrow("--tls wants --administrators")
    expect(() => wishes("--administrators", "alice")).toThrow("--administrators wants --tls")
  })

  test.each([
    ["--replicas", "4"],
    ["--replicas", "many"],
    ["--port", "0"],
    ["--port", "70000"],
    ["--port", "http"],
    ["--name", "local"],
    ["--name", "My Cell"],
  ])("can't have %s %s", (...words) => {
    expect(() => wishes(...words)).toThrow(UsageError)
  })
})

describe("the options for a cell that is there already", () => {
  const file = newCell(wishes(), endowment)

  test("may be left out, or say what is so anyway", () => {
    refuseContradictions("./x", file, wishes())
    refuseContradictions("./x", file, wishes("--replicas", "5", "--port", "4300", "--name", "dev"))
  })

  test("must not ask for certificates that it doesn't have, or has elsewhere", () => {
    const secure = newCell(wishes("--tls", "here", "--administrators", "alice"), endowment)
    refuseContradictions("./x", secure, wishes("--tls", "here", "--administrators", "alice"))
    const elsewhere = wishes("--tls", "there", "--administrators", "alice")
    expect(() => refuseContradictions("./x", file, elsewhere)).toThrow("it speaks plain text, but --tls names")
    expect(() => refuseContradictions("./x", secure, elsewhere)).toThrow("/home/alice/here/replica-{id}.pem")
  })

  test("must not say otherwise, and all that does is told at once", () => {
    const contradict = (): void => {
      refuseContradictions("./x", file, wishes("--replicas", "3", "--port", "5000", "--name", "other"))
    }
    expect(contradict).toThrow(Failure)
    expect(contradict).toThrow(/has 5 replicas.*name is dev.*127\.0\.0\.1:5001.*--empty/s)
  })
})
