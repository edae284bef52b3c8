/**
 * The house rules that no stock tool checks: which floor may import which, what things may be called, how long a file
 * may grow. The tables come first; each check is a function from file texts to complaints, and each is shown a
 * deliberate offence (a canary), so that a check which has gone blind fails too.
 */
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { posix, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { describe, expect, test } from "vitest"

interface Floor {
  /** Other floors, or single files, that may be imported. Within a floor everything may. */
  readonly imports: readonly string[]
  /** Floors of which only types may be imported. */
  readonly types?: readonly string[]
  /** Packages by name; "node:" stands for all of Node's own modules. */
  readonly packages: readonly string[]
}

const core = ["base", "contract", "paxos", "journal", "state-machine", "replica"]

/** A folder that is the start of another's name (`client`, `client/core`) is the outer one: the longest match wins. */
const floors: Readonly<Record<string, Floor>> = {
  base: { imports: [], packages: [] },
  contract: { imports: ["base"], packages: [] },
  paxos: { imports: ["base"], packages: [] },
  journal: { imports: ["base"], packages: [] },
  "state-machine": { imports: ["base", "contract"], packages: [] },
  replica: { imports: ["base", "contract", "paxos", "journal", "state-machine"], packages: [] },
  // The glass ceiling: no clock, no dice, no I/O and no promise below this line, but for the client's own core.
  "client/core": { imports: ["base", "contract"], packages: [] },
  // Runs in browsers too; what needs Node stands apart. Two fences on one file are as bad as two replicas on one store.
  fence: { imports: ["base", "contract"], packages: ["tweetnacl", "lru-cache"] },
  "fence/guards": { imports: ["contract", "fence"], packages: ["@grpc/grpc-js", "fastify"] },
  "fence/node": { imports: ["base", "contract", "fence", "host/directory-lock.ts"], packages: ["node:"] },
  wire: { imports: ["base", "contract"], packages: ["@grpc/grpc-js", "@grpc/proto-loader", "node:"] },
  host: { imports: [...core, "wire"], packages: ["@grpc/grpc-js", "lmdb", "node:"] },
  server: {
    // Names are looked up by the client library itself: a second consistent cache would be a second thing to get right.
    imports: ["base", "contract", "wire", "host", "client"],
    types: ["replica"],
    packages: [
      "@fastify/swagger",
      "@grpc/grpc-js",
      "@grpc/reflection",
      "fastify",
      "grpc-health-check",
      "lru-cache",
      "prom-client",
      "tweetnacl",
      "node:",
    ],
  },
  client: { imports: ["base", "contract", "wire", "client/core"], packages: ["@grpc/grpc-js", "lru-cache", "node:"] },
  recipes: { imports: ["contract", "client/index.ts"], packages: [] },
  // Sequencers are signed and verified at the door: a cell in memory has that of the real one.
  testing: { imports: [...core, "wire", "host", "client", "client/core", "server/signed-cell.ts"], packages: [] },
  cli: { imports: ["base", "contract", "client", "client/core", "recipes"], packages: ["node:"] },
  bin: {
    imports: [...core, "client", "client/core", "fence", "wire", "host", "server", "recipes", "testing", "cli"],
    packages: ["pino", "node:"],
  },
}

/** Index files are doors of the package; inside, one imports the file that holds the thing. */
const doors = [
  "client/index.ts",
  "fence/index.ts",
  "fence/node/index.ts",
  "recipes/index.ts",
  "server/index.ts",
  "testing/index.ts",
]

/** What the proto compiler made is seen by those who convert it, and by nobody else. */
const generated = "wire/generated/"
const generatedReaders = /^wire\//

/** Names that say nothing, refused wherever something is declared under exactly that name. */
const emptyNames = new Set(
  "data info item items obj tmp util utils helper helpers common misc manager impl process do".split(" "),
)

interface Term {
  /** Camel-case words, joined by spaces: "peer id" is found in `peerId` and in `lastPeerIdSeen`. */
  readonly not: string
  readonly say: string
  /** Floors where the word would mean something of ours; everywhere if absent. */
  readonly on?: readonly string[]
  /** Refused only as the whole name. */
  readonly whole?: true
}

const serviceFloors = ["contract", "state-machine", "replica", "client/core", "client", "recipes", "fence"]

/** One word, one meaning: docs/TERMS.md has the meanings. A word that other trades own is refused only where it is ours. */
const terms: readonly Term[] = [
  { not: "cluster", say: "cell" },
  { not: "group", say: "cell", on: core },
  { not: "peer id", say: "replicaId" },
  { not: "proposal number", say: "ballot" },
  { not: "term", say: "ballot", on: ["paxos", "journal", "replica"] },
  { not: "view", say: "ballot", on: ["paxos", "journal", "replica"] },
  { not: "n", say: "ballot, or what is counted", on: ["paxos", "replica"], whole: true },
  { not: "index", say: "slot", on: ["paxos"], whole: true },
  { not: "seq", say: "slot, or the name of what is numbered" },
  { not: "committed", say: "chosen", on: ["paxos", "replica", "state-machine"] },
  { not: "decided", say: "chosen", on: ["paxos", "replica"] },
  { not: "last applied", say: "appliedThrough" },
  { not: "primary", say: "master", on: [...core, "wire", "host", "client/core", "client"] },
  { not: "lease", say: "masterLease or sessionLease", whole: true },
  { not: "ttl", say: "sessionLease or masterLease" },
  { not: "connection", say: "session", on: ["contract", "state-machine", "replica", "client/core"] },
  { not: "heartbeat", say: "KeepAlive", on: ["contract", "state-machine", "client/core", "client"] },
  { not: "disconnected", say: "jeopardy or expired", on: ["client/core", "client"] },
  { not: "timeout ms", say: "a signal", on: ["client"] },
  { not: "switchover", say: "failOver" },
  { not: "failover", say: "failOver" },
  { not: "znode", say: "node" },
  { not: "revision", say: "the generation's own name" },
  { not: "mtime", say: "the generation's own name" },
  { not: "fd", say: "handle", on: serviceFloors },
  { not: "owner", say: "holder", on: serviceFloors },
  { not: "cooldown", say: "lockDelay" },
  { not: "lock id", say: "sequencer" },
  { not: "token", say: "sequencer", on: ["contract", "state-machine", "client/core", "fence", "recipes"] },
  { not: "notification", say: "event" },
  { not: "op", say: "request, command or outcome" },
  { not: "task", say: "request, command or outcome", on: core },
  { not: "action", say: "request, command or outcome", on: core },
  { not: "packet", say: "message or envelope" },
]

/** `file#name`, each because an interface that is not ours forces the word. */
const forcedNames = new Set<string>([])

const linesMax = 500

type Sources = ReadonlyMap<string, string>

const root = fileURLToPath(new URL("..", import.meta.url))
const roots = ["src", "test", "bench", "examples"]

function filesUnder(folder: string): string[] {
  const found: string[] = []
  for (const place of readdirSync(root + folder, { withFileTypes: true, recursive: true })) {
    if (!place.isFile() || !place.name.endsWith(".ts")) continue
    found.push(relative(root, `${place.parentPath}/${place.name}`).split(sep).join("/"))
  }
  return found.sort()
}

function present(folders: readonly string[]): string[] {
  const here = new Set(readdirSync(root))
  return folders.filter((folder) => here.has(folder))
}

const paths = present(roots).flatMap(filesUnder)
const all: Sources = new Map(paths.map((path) => [path, readFileSync(root + path, "utf8")]))
/** Keys are relative to src/. */
const shipped: Sources = new Map(
  [...all].filter(([path]) => path.startsWith("src/")).map(([path, text]) => [path.slice("src/".length), text]),
)

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
}

function floorOf(path: string): string | undefined {
  let longest: string | undefined
  for (const floor of Object.keys(floors)) {
    if (path.startsWith(`${floor}/`) && floor.length > (longest?.length ?? 0)) longest = floor
  }
  return longest
}

function importsOf(path: string, text: string): { files: string[]; packages: string[] } {
  const named = ts.preProcessFile(text, true, true).importedFiles.map((reference) => reference.fileName)
  const isRelative = (name: string): boolean => name.startsWith(".")
  return {
    files: named.filter(isRelative).map((name) => posix.join(posix.dirname(path), name)),
    packages: named.filter((name) => !isRelative(name)),
  }
}

/** The files that this one imports types from, and nothing else. */
function typeOnlyImportsOf(path: string, text: string): Set<string> {
  const values = new Set<string>()
  const types = new Set<string>()
  for (const statement of parse(path, text).statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) continue
    const file = posix.join(posix.dirname(path), statement.moduleSpecifier.text)
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause
    const eachIsType =
      named !== undefined &&
      (ts.isNamedImports(named) || ts.isNamedExports(named)) &&
      (named.elements as readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]).every((name) => name.isTypeOnly)
    const isType = clause !== undefined && (isTypeClause(clause) || eachIsType)
    ;(isType ? types : values).add(file)
  }
  return new Set([...types].filter((file) => !values.has(file)))
}

function isTypeClause(clause: ts.ImportClause | ts.ExportDeclaration): boolean {
  return ts.isImportClause(clause) ? clause.phaseModifier === ts.SyntaxKind.TypeKeyword : clause.isTypeOnly
}

function floorComplaints(sources: Sources): string[] {
  const complaints: string[] = []
  for (const [path, text] of sources) {
    const name = floorOf(path)
    const floor = name === undefined ? undefined : floors[name]
    if (name === undefined || floor === undefined) {
      complaints.push(`${path}: lies on no floor`)
      continue
    }
    if (posix.basename(path) === "index.ts" && !path.startsWith(generated) && !doors.includes(path)) {
      complaints.push(`${path}: an index file that is not a door`)
    }
    if (path.startsWith(generated)) continue
    const { files, packages } = importsOf(path, text)
    const typeOnly = typeOnlyImportsOf(path, text)
    for (const file of files) {
      const target = floorOf(file)
      if (!sources.has(file)) complaints.push(`${path}: imports ${file}, which is no file under src/`)
      else if (file.startsWith(generated) && !generatedReaders.test(path)) {
        complaints.push(`${path}: imports ${file}, but only the converters read generated types`)
      } else if (target !== undefined && target !== name && !floor.imports.some((it) => it === target || it === file)) {
        if (!floor.types?.includes(target)) complaints.push(`${path}: ${name} may not import ${target} (${file})`)
        else if (!typeOnly.has(file)) complaints.push(`${path}: ${name} may import only types of ${target} (${file})`)
      }
    }
    for (const used of packages) {
      const owner = used.startsWith("node:") ? "node:" : packageName(used)
      if (!floor.packages.includes(owner)) complaints.push(`${path}: ${name} may not import the package ${used}`)
    }
  }
  return complaints
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
}

function circleComplaints(sources: Sources): string[] {
  const complaints: string[] = []
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): void => {
    if (finished.has(path) || path.startsWith(generated)) return
    if (trail.includes(path)) {
      complaints.push(`a circle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`)
      return
    }
    trail.push(path)
    for (const file of importsOf(path, sources.get(path) ?? "").files) if (sources.has(file)) visit(file)
    trail.pop()
    finished.add(path)
  }
  for (const path of sources.keys()) visit(path)
  return complaints
}

/** What this file names itself: not what it destructures, calls or spells for others in object literals. */
function declaredNames(file: ts.SourceFile): { name: string; line: number; isLocal: boolean }[] {
  const names: { name: string; line: number; isLocal: boolean }[] = []
  const visit = (node: ts.Node): void => {
    const name = ts.isParameter(node) || isNaming(node) ? node.name : undefined
    if (name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) {
      const isLocal = ts.isVariableDeclaration(node) && !ts.isSourceFile(node.parent.parent.parent)
      const { line } = file.getLineAndCharacterOfPosition(name.getStart(file))
      names.push({ name: name.text.replace(/^[#_]+/, ""), line: line + 1, isLocal })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

function isNaming(node: ts.Node): node is ts.NamedDeclaration & { readonly name?: ts.DeclarationName } {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isAccessor(node)
  )
}

function words(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
  return spaced.replaceAll(/[-_.]/g, " ").toLowerCase()
}

function nameComplaints(sources: Sources): string[] {
  const complaints: string[] = []
  for (const [path, text] of sources) {
    if (path.startsWith(generated)) continue
    const floor = floorOf(path) ?? ""
    const stem = posix.basename(path, ".ts")
    if (
      words(stem)
        .split(" ")
        .some((word) => emptyNames.has(word))
    )
      complaints.push(`${path}: the file's name says nothing`)
    for (const { name, line, isLocal } of declaredNames(parse(path, text))) {
      if (forcedNames.has(`${path}#${name}`)) continue
      if (emptyNames.has(name.toLowerCase()))
        complaints.push(`${path}:${String(line)}: the name "${name}" says nothing`)
      if (isLocal) continue
      const spoken = words(name)
      for (const { not, say, on, whole } of terms) {
        if (on !== undefined && !on.includes(floor)) continue
        const isMeant = whole === true ? spoken === not : ` ${spoken} `.includes(` ${not} `)
        if (isMeant) complaints.push(`${path}:${String(line)}: in "${name}", "${not}" should be ${say}`)
      }
    }
  }
  return complaints
}

function lengthComplaints(sources: Sources): string[] {
  return [...sources]
    .filter(([path]) => !path.includes(generated))
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ path, lines }) => `${path}: ${String(lines)} lines, more than ${String(linesMax)}: it is two things`)
}

function skipComplaints(sources: Sources): string[] {
  const skipped = /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo)\b|\bx(?:it|test|describe)\(/
  return [...sources].flatMap(([path, text]) =>
    text
      .split("\n")
      .flatMap((line, at) => (skipped.test(line) ? [`${path}:${String(at + 1)}: a test that won't run`] : [])),
  )
}

function spellingComplaints(names: Iterable<string>): string[] {
  return [...names]
    .filter((path) => !path.includes(generated) && !/^[a-z0-9-]+(\.[a-z]+)?\.ts$/.test(posix.basename(path)))
    .map((path) => `${path}: files are named in kebab-case`)
}

/** A stand-in for src/: what a check must complain about, in memory. */
function canary(texts: Readonly<Record<string, string>>): Sources {
  return new Map(Object.entries(texts))
}

test("every source file that git tracks was looked at", () => {
  expect(shipped.size).toBeGreaterThan(0)
  const listed = execFileSync("git", ["ls-files", "--", ...present(roots)], { cwd: root, encoding: "utf8" })
  const tracked = listed.split("\n").filter((path) => path.endsWith(".ts"))
  const gone = execFileSync("git", ["ls-files", "--deleted"], { cwd: root, encoding: "utf8" }).split("\n")
  expect(tracked.filter((path) => !all.has(path) && !gone.includes(path))).toEqual([])
})

describe("imports", () => {
  test("a floor imports only what its row allows", () => {
    expect(floorComplaints(shipped)).toEqual([])
  })

  test("no file imports itself by a detour", () => {
    expect(circleComplaints(shipped)).toEqual([])
  })

  test("the checks are awake", () => {
    const offences = canary({
      "base/up.ts": `import { serve } from "../server/serve.ts"`,
      "paxos/sideways.ts": `export * from "../journal/record.ts"`,
      "journal/record.ts": `import { readFile } from "node:fs/promises"`,
      "server/serve.ts": `import { type A, b } from "../replica/replica.ts"\nimport type { C } from "../replica/effects.ts"`,
      "replica/replica.ts": `const late = await import("@grpc/grpc-js/build")`,
      "replica/effects.ts": `import "./gone.ts"`,
      "recipes/election.ts": `import { a } from "../client/index.ts"\nimport { b } from "../client/core/session.ts"`,
      "client/index.ts": `import { a } from "./core/session.ts"`,
      "client/core/session.ts": `import { a } from "../cell.ts"`,
      "client/cell.ts": `import type { a } from "../wire/generated/a.ts"\nimport { b } from "./cycle.ts"`,
      "client/cycle.ts": `import type { a } from "./cell.ts"`,
      "wire/generated/a.ts": `import "anything"`,
      "host/index.ts": ``,
      "stray.ts": ``,
    })
    expect(floorComplaints(offences)).toEqual([
      "base/up.ts: base may not import server (server/serve.ts)",
      "paxos/sideways.ts: paxos may not import journal (journal/record.ts)",
      "journal/record.ts: journal may not import the package node:fs/promises",
      "server/serve.ts: server may import only types of replica (replica/replica.ts)",
      "replica/replica.ts: replica may not import the package @grpc/grpc-js/build",
      "replica/effects.ts: imports replica/gone.ts, which is no file under src/",
      "recipes/election.ts: recipes may not import client/core (client/core/session.ts)",
      "client/core/session.ts: client/core may not import client (client/cell.ts)",
      "client/cell.ts: imports wire/generated/a.ts, but only the converters read generated types",
      "host/index.ts: an index file that is not a door",
      "stray.ts: lies on no floor",
    ])
    expect(circleComplaints(offences)).toEqual(["a circle: client/cell.ts -> client/cycle.ts -> client/cell.ts"])
  })
})

describe("names", () => {
  test("nothing shipped is called by an empty or a foreign word", () => {
    expect(nameComplaints(shipped)).toEqual([])
  })

  test("files are named in kebab-case", () => {
    expect(spellingComplaints(all.keys())).toEqual([])
  })

  test("the checks are awake", () => {
    const offences = canary({
      "state-machine/lock-utils.ts": `export function grant(lockOwner: string) { const data = lockOwner; return { op: data } }`,
      "paxos/learner.ts": `interface Learner { readonly lease: number; readonly masterLease: number; peerIds(): void }
        class Log { #ttlMs = 1; constructor(private readonly peerId: number) {} }
        export const stepsOf = (opCount: number) => { const owner = opCount; return owner }`,
    })
    expect(nameComplaints(offences)).toEqual([
      "state-machine/lock-utils.ts: the file's name says nothing",
      `state-machine/lock-utils.ts:1: in "lockOwner", "owner" should be holder`,
      `state-machine/lock-utils.ts:1: the name "data" says nothing`,
      `paxos/learner.ts:1: in "lease", "lease" should be masterLease or sessionLease`,
      `paxos/learner.ts:2: in "ttlMs", "ttl" should be sessionLease or masterLease`,
      `paxos/learner.ts:2: in "peerId", "peer id" should be replicaId`,
      `paxos/learner.ts:3: in "opCount", "op" should be request, command or outcome`,
    ])
    expect(spellingComplaints(["src/base/BigThing.ts", "src/base/big-thing.ts"])).toHaveLength(1)
  })
})

describe("size and honesty", () => {
  test("no file is longer than it can be read", () => {
    expect(lengthComplaints(all)).toEqual([])
    expect(lengthComplaints(canary({ "base/long.ts": "\n".repeat(linesMax + 1) }))).toHaveLength(1)
  })

  test("no test is skipped, put off or run alone", () => {
    const tests: Sources = new Map([...all].filter(([path]) => path.startsWith("test/")))
    expect(skipComplaints(tests)).toEqual([])
    const offence = ["test", "concurrent", "skip"].join(".")
    expect(skipComplaints(canary({ "a.test.ts": `${offence}("later", () => {})` }))).toHaveLength(1)
  })
})
