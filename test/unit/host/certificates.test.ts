import { describe, expect, test } from "vitest"
import { alternativeNames, replicasNamed } from "../../../src/host/certificates.ts"

describe("the alternative names of a certificate", () => {
  test("are told by kind, and those of other kinds are left out", () => {
    const text = "DNS:replica-1.dev, IP Address:127.0.0.1, URI:spiffe://example.org/a, DNS:localhost"
    expect(alternativeNames(text)).toEqual({ dns: ["replica-1.dev", "localhost"], uris: ["spiffe://example.org/a"] })
  })

  test("of a certificate without any are none", () => {
    expect(alternativeNames(undefined)).toEqual({ dns: [], uris: [] })
    expect(alternativeNames("")).toEqual({ dns: [], uris: [] })
  })

  test("can't be two in the guise of one", () => {
    expect(alternativeNames('URI:"a, DNS:replica-1.dev", DNS:x')).toEqual({
      dns: ["x"],
      uris: ["a, DNS:replica-1.dev"],
    })
  })

  test.each(["DNS:a,DNS:b", 'URI:"a', "a", "DNS:a, nonsense", 'URI:"\\x"'])("of text like %j are none", (text) => {
    expect(alternativeNames(text)).toEqual({ dns: [], uris: [] })
  })
})

describe("the replicas that names stand for", () => {
  const named = (...dns: string[]): readonly number[] => replicasNamed({ dns, uris: [] }, "dev")

  test("are those of this cell", () => {
    expect(named("localhost", "replica-1.dev", "replica-12.dev")).toEqual([1, 12])
  })

  test.each([
    "replica-1.prod",
    "replica-1.dev.prod",
    "replica-01.dev",
    "replica-0.dev",
    "*.dev",
    "replica-1",
    "replica-x.dev",
  ])("are not meant by %s", (name) => {
    expect(named(name)).toEqual([])
  })
})
