import { describe, expect, test } from "vitest"
import { checkConnectOptions, type ConnectOptions } from "../../../src/client/connect-options.ts"

const replicas = ["127.0.0.1:4301"]

function wrong(value: unknown): never {
  return value as never
}

describe("the addresses of a cell", () => {
  test.each(["127.0.0.1:4301", "localhost:1", "db-1.example.org:65535", "[::1]:4301", "[fe80::1]:4301"])(
    "%s is one",
    (address) => {
      expect(() => {
        checkConnectOptions({ replicas: [address] })
      }).not.toThrow()
    },
  )

  test.each(["http://host:1", "host", "host:", ":4301", "host:0", "host:65536", "::1:4301", "host:1/", "a b:1", ""])(
    "%j is none, and who says so is told what one looks like",
    (address) => {
      expect(() => {
        checkConnectOptions({ replicas: [...replicas, address] })
      }).toThrow(
        `INVALID_ARGUMENT: replicas[1] is ${JSON.stringify(address)}, but must be host:port, as in "10.0.0.7:4301"`,
      )
    },
  )

  test("are a list with something in it", () => {
    expect(() => {
      checkConnectOptions({ replicas: [] })
    }).toThrow("replicas is empty, but must name at least one replica: host:port")
  })
})

test.each<[string, ConnectOptions]>([
  ["options is undefined, but must be an object", wrong(undefined)],
  ["replicas is undefined, but must be an array", wrong({})],
  ['replicas is "a:1", but must be an array', wrong({ replicas: "a:1" })],
  ["replicas[0] is 4301, but must be host:port", { replicas: [wrong(4301)] }],
  ['keepAlives is "thread", but must be "worker" or "main"', { replicas, keepAlives: wrong("thread") }],
  ["leashMs is NaN, but must be a whole number from 100 to 2147483647", { replicas, leashMs: NaN }],
  ["leashMs is Infinity, but must be a whole number from 100 to 2147483647", { replicas, leashMs: Infinity }],
  ["name is 7, but must be a string", { replicas, name: wrong(7) }],
  ["tls is true, but must be an object", { replicas, tls: wrong(true) }],
  ["tls.certificate is undefined, but must be a string", { replicas, tls: wrong({ certificateAuthority: "" }) }],
])("%s", (sentence, options) => {
  expect(() => {
    checkConnectOptions(options)
  }).toThrow(`INVALID_ARGUMENT: ${sentence}`)
})
