/**
 * Documents that can't rot: what docs/CHUBBY.md calls proven has such a test, the README's programs run against a cell
 * in memory, and links lead somewhere. (docs/ERRORS.md and docs/PROTOCOL.md are held to the code beside what they tell of.)
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { runInThisContext } from "node:vm"
import ts from "typescript"
import { describe, expect, test } from "vitest"
import * as client from "../src/client/index.ts"
import * as fence from "../src/fence/index.ts"
import { createTestCell } from "../src/testing/index.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

function read(path: string): string {
  return readFileSync(join(root, path), "utf8")
}

/** The names of all tests of a file, each with those of the `describe`s around it in front. */
function testNames(text: string): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node, outer: string): void => {
    const called = ts.isCallExpression(node) ? calledFunction(node) : undefined
    const name = ts.isCallExpression(node) ? node.arguments[0] : undefined
    if (name === undefined || !ts.isStringLiteralLike(name) || (called !== "describe" && called !== "test")) {
      ts.forEachChild(node, (child) => visit(child, outer))
    } else if (called === "test") {
      names.add(outer + name.text)
    } else {
      ts.forEachChild(node, (child) => visit(child, `${outer}${name.text} `))
    }
  }
  visit(ts.createSourceFile("some.test.ts", text, ts.ScriptTarget.ES2023, true), "")
  return names
}

/** `test` of `test("...")` and of `test.each(...)("...")`. */
function calledFunction({ expression }: ts.CallExpression): string {
  const callee = ts.isCallExpression(expression) ? expression.expression : expression
  return (ts.isPropertyAccessExpression(callee) ? callee.expression : callee).getText()
}

interface Row {
  readonly rule: string
  readonly proofs: readonly string[]
}

/** The rows of all tables, the last column of which are proofs. */
function rowsOf(page: string): readonly Row[] {
  const rows = page.split("\n").filter((line) => line.startsWith("| "))
  return rows
    .map((line) => line.slice(2, -2).split(" | "))
    .filter((cells) => cells.at(-1) !== "proof" && cells[0] !== "---")
    .map((cells) => ({ rule: cells[0] ?? "", proofs: (cells.at(-1) ?? "").split("<br>") }))
}

/** Of a proof that is none, the reason. */
function flawOf(proof: string): string | undefined {
  const [, file, name] = /^`([^`]+)`: (.+)$/.exec(proof) ?? []
  if (file === undefined || name === undefined) return `not a file and the name of a test: ${proof}`
  const path = `test/${file}.test.ts`
  if (!existsSync(join(root, path))) return `no such file: ${path}`
  return testNames(read(path)).has(name) ? undefined : `no such test in ${path}: ${name}`
}

describe("docs/CHUBBY.md", () => {
  const rows = rowsOf(read("docs/CHUBBY.md"))

  test("names tests that exist", () => {
    const proofs = rows.flatMap((row) => row.proofs).filter((proof) => proof !== "-")
    expect(proofs.length).toBeGreaterThan(100)
    expect(proofs.flatMap((proof) => flawOf(proof) ?? [])).toEqual([])
  })

  test("leaves without proof only what consists of the absence of something", () => {
    expect(rows.filter(({ proofs }) => proofs.includes("-")).map(({ rule }) => rule)).toEqual([
      "Nothing can be moved, and no time of last access is kept.",
      "All calls go from client to master.",
    ])
  })

  test("is not believed when it names a test that does not exist", () => {
    expect(flawOf("`unit/contract/acl`: an empty list names nobody")).toBeUndefined()
    expect(flawOf("`unit/contract/acl`: an empty list names everybody")).toContain("no such test")
    expect(flawOf("`unit/contract/nonsense`: an empty list names nobody")).toContain("no such file")
    expect(flawOf("surely somewhere")).toContain("not a file")
  })
})

/** As a program has them: imports are looked up among `doors`, and what the program takes for granted is in `given`. */
async function run(program: string, given: Readonly<Record<string, unknown>>): Promise<void> {
  const body = program.replaceAll(/^import (\{.*\}) from (".*")$/gm, "const $1 = doors[$2]")
  const asFunction = `(async ({ ${Object.keys(given).join(", ")} }) => {\n${body}\n})`
  const { outputText } = ts.transpileModule(asFunction, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
  const compiled = runInThisContext(outputText) as (surroundings: typeof given) => Promise<void>
  await compiled(given)
}

/** What the compiler says of each program, if it lay in this project and used the package by its name. */
function typeErrorsOf(programs: readonly string[]): readonly string[][] {
  const settings = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"))
  const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, root)
  const paths = Object.fromEntries(
    ["client", "testing", "fence", "fence/postgres"].map((door) => {
      const source = door === "fence/postgres" ? `./src/${door}.ts` : `./src/${door}/index.ts`
      return [door === "client" ? "claviger" : `claviger/${door}`, [source]]
    }),
  )
  const own = { ...options, paths, incremental: false, noUnusedLocals: false }
  delete own.tsBuildInfoFile
  const texts = new Map(programs.map((program, place) => [join(root, `test/program-${place}.ts`), program]))
  const host = ts.createCompilerHost(own)
  const compiled = ts.createProgram([...texts.keys()], own, {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    getSourceFile: (path, target) => {
      const text = texts.get(path)
      return text === undefined ? host.getSourceFile(path, target) : ts.createSourceFile(path, text, target)
    },
  })
  return [...texts.keys()].map((path) => {
    const file = compiled.getSourceFile(path)
    const faults = [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)]
    return faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
  })
}

describe("the README", () => {
  const readme = read("README.md")
  const programs = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program]) => program ?? "")
  const [first, second, resource, testing] = programs

  test("is short, and says at the top how to start a cell and how to run the tests", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(150)
    const top = readme.split("\n").slice(0, 20).join("\n")
    expect(top).toContain("npm ci && npm start")
    expect(top).toContain("npm ci && npm test")
  })

  test("has programs that do what they say", async () => {
    expect(programs).toHaveLength(4)
    await using cell = await createTestCell()
    const stored: unknown[] = []
    const connect = async (): Promise<client.Cell> => await cell.connect()
    const doors = { claviger: { ...client, connect } }
    const storage = { write: async (...written: unknown[]): Promise<number> => stored.push(written) }
    const shown = "const painted = (await session.get('/ls/local/config')).stat\nreport(painted, watch)"
    let generation = 0
    const report = ({ contentGeneration }: client.NodeStat, watch: client.Watch): void => {
      generation = contentGeneration
      void watch.return()
    }
    const given = { doors, storage, row: "a row", stopWorking: () => undefined, report, console }
    await run(`${first ?? ""}\n${second ?? ""}\n${shown}`, given)
    expect(stored).toMatchObject([["a row", { sequencer: expect.stringMatching(/^ey/) as unknown }]])
    expect(generation).toBe(2)
  })

  test("has a resource that lets in the holder, and whoever comes late no longer", async () => {
    await using cell = await createTestCell()
    const connected = await cell.connect()
    const session = await connected.openSession({ name: "bob" })
    const keys = await session.rotateSigningKeys()
    const remoteKeys = (): fence.KeySource => ({ find: (id) => keys.find(({ keyId }) => keyId === id)?.publicKey })
    const marks = fence.memoryMarks()
    class Fence extends fence.Fence {
      constructor(options: fence.FenceOptions) {
        super({ ...options, marks })
      }
    }
    const refusals: unknown[] = []
    const reply = { code: (status: number) => ({ send: (text: string) => refusals.push([status, text]) }) }
    const ask = async (sequencer: string): Promise<void> => {
      const request = { headers: { "claviger-sequencer": sequencer } }
      await run(resource ?? "", { doors: { "claviger/fence": { Fence, remoteKeys } }, request, reply })
    }
    const first = await session.acquire("/ls/local/disk")
    await ask(first.sequencer)
    await first.release()
    await using second = await session.acquire("/ls/local/disk")
    await ask(second.sequencer)
    expect(refusals).toEqual([])
    await ask(first.sequencer)
    expect(refusals).toEqual([[409, expect.stringContaining("has held the lock") as unknown]])
  })

  test("has a test that passes", async () => {
    await run(testing ?? "", { doors: { "claviger/testing": { createTestCell } }, expect })
  })

  test("has programs that the compiler has nothing against", { timeout: 60_000 }, () => {
    const taken = "declare const storage: { write(row: string, with_: object): Promise<void> }, row: string"
    const known = `${taken}\ndeclare function stopWorking(): void\n`
    const asked = `declare const request: { readonly headers: Record<string, string | undefined> }
      declare const reply: { code(status: number): { send(text: string): void } }\n`
    const sound = [
      `${known}${first ?? ""}${second ?? ""}`,
      asked + (resource ?? ""),
      `import { expect } from "vitest"\n${testing ?? ""}`,
    ]
    const faulty = 'import { connect } from "claviger"\nawait connect({ addresses: [] })'
    const errors = typeErrorsOf([...sound, faulty])
    expect(errors.slice(0, -1)).toEqual([[], [], []])
    expect(errors.at(-1)).toHaveLength(1)
  })

  test("imports only what the package exports", () => {
    const { exports } = JSON.parse(read("package.json")) as { readonly exports: object }
    const doors = programs.join("").matchAll(/ from "claviger(.*)"$/gm)
    for (const [, door] of doors) expect(Object.keys(exports)).toContain(`.${door ?? ""}`)
  })
})

describe("docs/FENCING.md", () => {
  test("has programs that the compiler has nothing against", { timeout: 60_000 }, () => {
    const programs = [...read("docs/FENCING.md").matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program]) => program ?? "")
    expect(programs).toHaveLength(3)
    const given = `import type { Session } from "claviger"
      import type { PostgresQuery } from "claviger/fence/postgres"
      declare const request: { readonly headers: Record<string, string | undefined> }
      declare const session: Session
      declare const client: { query(text: string, values?: unknown[]): ReturnType<PostgresQuery> }
      declare const sequencer: string\n`
    expect(typeErrorsOf(programs.map((program) => given + program))).toEqual([[], [], []])
  })
})

describe("documents", () => {
  const folders = [".", "docs", "docs/decisions", "src/paxos", "src/replica", "src/client", "deploy/tls"]
  const pages = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  )

  test("link to what is there", () => {
    expect(pages.length).toBeGreaterThan(10)
    const dead = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)]
        .map(([, target]) => join(root, dirname(page), target ?? ""))
        .filter((target) => !existsSync(target))
        .map((target) => `${page}: ${relative(root, target)}`),
    )
    expect(dead).toEqual([])
  })
})

test("what the README links to comes with the package", () => {
  const { files } = JSON.parse(read("package.json")) as { readonly files: readonly string[] }
  const links = [...read("README.md").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path)
  expect(links.length).toBeGreaterThan(5)
  const isIncluded = (path: string): boolean =>
    path === "LICENSE" || files.some((one) => path === one || path.startsWith(`${one}/`))
  expect(links.filter((path) => !isIncluded(path))).toEqual([])
})
