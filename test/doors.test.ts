/**
 * What one gets with each door of the package: each is loaded in a process of its own, and everything that comes with it
 * is written down. A resource that only verifies sequencers must not have to load a database.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

type Doors = Readonly<Record<string, string | { readonly types: string; readonly default: string }>>

const { exports: exported } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Doors }
const doors = new Map(
  Object.entries(exported).flatMap(([door, target]) => (typeof target === "string" ? [] : [[door, sourceOf(target)]])),
)

/** Where the built file is made from. */
function sourceOf({ default: built }: { readonly default: string }): string {
  return built.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts")
}

interface Loaded {
  /** Of Node, by name. */
  readonly builtins: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
}

/** What it takes to run TypeScript here. */
const runners = /\/node_modules\/(?:tsx|esbuild)\//

function load(door: string): Loaded {
  const hooks = pathToFileURL(join(root, "test/support/loading-hooks.mjs")).href
  const entrance = pathToFileURL(join(root, doors.get(door) ?? "")).href
  const program = `
    import { createRequire, register } from "node:module"
    register(${JSON.stringify(hooks)})
    await import(${JSON.stringify(entrance)})
    const { cache } = createRequire(${JSON.stringify(entrance)})
    for (const path of Object.keys(cache)) console.log(path)`
  const words = ["--import", "tsx", "--input-type=module", "--eval", program]
  const printed = execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" }).split("\n")
  const own = printed.filter((line) => !runners.test(line))
  const packages = own.flatMap((line) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(line)?.[1] ?? [])
  const builtins = own.flatMap((line) => /^node:(.+)$/.exec(line)?.[1] ?? [])
  return { packages: new Set(packages), builtins: new Set(builtins) }
}

test("every door leads somewhere", () => {
  expect([...doors.keys()]).toContain(".")
  for (const source of doors.values()) expect(existsSync(join(root, source)), source).toBe(true)
})

test("the fence loads tweetnacl and lru-cache, nothing of Node and nothing else", () => {
  const { packages, builtins } = load("./fence")
  expect([...packages].sort()).toEqual(["lru-cache", "tweetnacl"])
  // lru-cache has an entrance of its own for browsers, without this one.
  expect([...builtins].filter((name) => name !== "diagnostics_channel")).toEqual([])
})

test("the fence needs nothing of what Node has and browsers don't", () => {
  const words = ["--import", "tsx", "test/support/admit-without-node.ts"]
  const printed = execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" })
  expect(JSON.parse(printed)).toEqual(["admitted", "admitted", "otherAlgorithm"])
})

test("a fenced table brings no driver with it", () => {
  expect([...load("./fence/postgres").packages]).toEqual([])
})

test("what a fence has in Node besides comes without packages of its own", () => {
  expect([...load("./fence/node").packages].filter((name) => name !== "tweetnacl")).toEqual([])
})

test("the guard for Fastify does not bring a second Fastify with it", () => {
  expect([...load("./fence/fastify").packages]).toEqual([])
})

test("the guard for gRPC loads gRPC, and neither a web server nor a database", () => {
  const { packages } = load("./fence/grpc")
  expect(packages).toContain("@grpc/grpc-js")
  for (const unwanted of ["fastify", "lmdb", "tweetnacl"]) expect(packages).not.toContain(unwanted)
})

test("the client library loads no web server and no database", () => {
  const { packages } = load(".")
  expect(packages).toContain("lru-cache")
  for (const unwanted of ["fastify", "lmdb", "tweetnacl"]) expect(packages).not.toContain(unwanted)
})
