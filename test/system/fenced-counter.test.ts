/**
 * What a fence is for. An outside service keeps a counter; Alice and Bob count it up under a lock. Alice has the lock, has
 * read the counter and has just made sure that the lock is hers, when her whole process is stopped. The cell gives her up,
 * Bob counts, and she wakes up and writes what she was about to write.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest"
import { fillCertificateFolder } from "./support/certificate-folder.ts"
import type { ServiceSettings } from "./support/counter-messages.ts"
import { CounterProcess } from "./support/counter-process.ts"
import { freePortBlock } from "./support/free-ports.ts"
import { RunningCell, tlsOf } from "./support/running-cell.ts"

const scratch = mkdtempSync(join(tmpdir(), "claviger-counter-"))
const certificates = join(scratch, "certificates")
const sessionLeaseMs = 2_000

let cell: RunningCell

beforeAll(async () => {
  fillCertificateFolder(certificates, [1, 2, 3], ["root", "alice", "bob"])
  cell = await RunningCell.start({ replicaCount: 3, tls: { directory: certificates, client: "root" } })
})
afterEach(({ task }) => {
  const [error] = task.result?.errors ?? []
  if (error !== undefined) error.message += `\n${cell.tellLogs()}`
})
afterAll(async () => {
  await cell.end()
  rmSync(scratch, { recursive: true, force: true })
})

interface Stage extends AsyncDisposable {
  readonly settings: ServiceSettings
  readonly service: CounterProcess
  readonly alice: CounterProcess
  readonly bob: CounterProcess
  /** Alice waits for this file, once she is awake. */
  readonly goOn: string
  counter(): string
}

/** With the counter at 10. */
async function setStage(name: string, { isGuarded }: { readonly isGuarded: boolean }): Promise<Stage> {
  const directory = join(scratch, name)
  mkdirSync(directory)
  writeFileSync(join(directory, "counter"), "10")
  const path = `/ls/local/counter-${name}`
  const port = await freePortBlock(1)
  const keys = cell.httpAddresses.map((address) => `http://${address}/.well-known/jwks.json`)
  const settings = { port, directory, keys, guardedBy: isGuarded ? path : undefined }
  const startClient = (client: string): Promise<CounterProcess> =>
    CounterProcess.startClient({
      ...{ name: client, path, sessionLeaseMs, replicas: cell.addresses, counter: `http://127.0.0.1:${port}` },
      tls: tlsOf({ directory: certificates, client }),
    })
  const started = [CounterProcess.startService(settings), startClient("alice"), startClient("bob")] as const
  const [service, alice, bob] = await Promise.all(started)
  return {
    ...{ settings, service, alice, bob, goOn: join(directory, "go-on") },
    counter: () => readFileSync(join(directory, "counter"), "utf8"),
    [Symbol.asyncDispose]: async () => {
      for (const running of [service, alice, bob]) await running.kill()
    },
  }
}

/** Alice is stopped between her last look and her write, until Bob has counted. */
async function stopAliceWhileBobCounts({ alice, bob, goOn }: Stage): Promise<void> {
  alice.give({ kind: "countUp", lingersUntil: goOn })
  expect(await alice.hear("sure")).toMatchObject({ value: 10, lockGeneration: 1 })
  await alice.stop()
  bob.give({ kind: "countUp", lingersUntil: undefined })
  // He is let in when her lease is over, and no sooner.
  expect(await bob.hear("sure")).toMatchObject({ value: 10, lockGeneration: 2 })
  expect(await bob.hear("done")).toMatchObject({ outcome: { kind: "written", value: 11 } })
  writeFileSync(goOn, "")
}

test("without a fence, a holder that wakes up too late undoes what the next one has done", async () => {
  await using stage = await setStage("unguarded", { isGuarded: false })
  await stopAliceWhileBobCounts(stage)
  stage.alice.wake()
  expect(await stage.alice.hear("done")).toMatchObject({ outcome: { kind: "written", value: 11 } })
  // Both were told that they have counted.
  expect(stage.counter()).toBe("11")
})

test("with a fence it is refused and told by whom it was superseded, and no count is lost", async () => {
  await using stage = await setStage("guarded", { isGuarded: true })
  await stopAliceWhileBobCounts(stage)
  stage.alice.wake()
  const { outcome } = await stage.alice.hear("done")
  expect(outcome).toMatchObject({
    kind: "refused",
    problem: {
      ...{ status: 409, code: "SEQUENCER_STALE", reason: "staleGeneration" },
      supersededBy: { principal: "bob", lockGeneration: 2 },
    },
  })
  expect(stage.counter()).toBe("11")

  stage.alice.give({ kind: "countUp", lingersUntil: undefined })
  expect(await stage.alice.hear("sure")).toMatchObject({ value: 11, lockGeneration: 3 })
  expect(await stage.alice.hear("done")).toMatchObject({ outcome: { kind: "written", value: 12 } })
  expect(stage.counter()).toBe("12")
})

test("a fence that was killed meanwhile has forgotten nothing", async () => {
  await using stage = await setStage("restarted", { isGuarded: true })
  await stopAliceWhileBobCounts(stage)
  await stage.service.kill()
  const restarted = await CounterProcess.startService(stage.settings)
  onTestFinished(() => restarted.kill())
  stage.alice.wake()
  const { outcome } = await stage.alice.hear("done")
  expect(outcome).toMatchObject({ kind: "refused", problem: { supersededBy: { principal: "bob", lockGeneration: 2 } } })
  expect(stage.counter()).toBe("11")
})
