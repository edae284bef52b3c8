/** The `claviger` command against a real cell: what it prints, the shapes of its JSON, and its exit codes. */
import { describe, expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { lockGenerationIn } from "./support/lock-news.ts"
import { until } from "./support/until.ts"

const context = cellForTests()

/** What the command promises to scripts: see `claviger help`. */
const exitCode = { usage: 64, notFound: 66, unavailable: 69, refused: 73, busy: 75, denied: 77 }

const run = (...args: string[]): ReturnType<typeof context.cell.run> => context.cell.run(args)

async function json(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(...args, "--json")
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout)
}

describe("files", () => {
  test("what is set can be got, byte for byte", async () => {
    expect(await run("set", "/ls/local/hello", "world ☃")).toEqual({ code: 0, stdout: "", stderr: "" })
    expect(await run("get", "/ls/local/hello")).toEqual({ code: 0, stdout: "world ☃", stderr: "" })
  })

  test("stat and ls show the four counters, checksum and size", async () => {
    await run("set", "/ls/local/counted", "one")
    await run("set", "/ls/local/counted", "three")
    const stat = {
      path: `/ls/${context.cell.name}/counted`,
      kind: "file",
      instance: expect.any(Number),
      contentGeneration: 2,
      lockGeneration: 0,
      aclGeneration: 1,
      checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
      size: 5,
    }
    expect(await json("stat", "/ls/local/counted")).toEqual(stat)
    expect(await json("ls")).toContainEqual({ name: "counted", ...stat })
  })

  test("what is removed is gone, and a new file of the name is another instance", async () => {
    await run("set", "/ls/local/brief", "life")
    const before = (await json("stat", "/ls/local/brief")) as { instance: number }
    expect(await run("rm", "/ls/local/brief")).toMatchObject({ code: 0 })
    expect(await run("get", "/ls/local/brief")).toMatchObject({ code: exitCode.notFound })
    await run("set", "/ls/local/brief", "again")
    const after = (await json("stat", "/ls/local/brief")) as { instance: number }
    expect(after.instance).toBeGreaterThan(before.instance)
  })

  test("what stands on a generation is done at that generation only", async () => {
    expect(await run("set", "--if-generation", "0", "/ls/local/once", "one")).toMatchObject({ code: 0 })
    expect(await run("set", "--if-generation", "0", "/ls/local/once", "two")).toMatchObject({ code: exitCode.refused })
    expect(await run("rm", "--if-generation", "7", "/ls/local/once")).toMatchObject({ code: exitCode.refused })
    expect(await run("rm", "--if-generation", "1", "/ls/local/once")).toMatchObject({ code: 0 })
  })

  test("a subtree is listed with each directory before what lies in it", async () => {
    await run("mkdir", "-p", "/ls/local/tree/branch")
    await run("set", "/ls/local/tree/branch/leaf", "")
    expect((await run("ls", "-r", "/ls/local/tree")).stdout).toBe("branch/\nbranch/leaf\n")
  })

  test("the codes tell a script what has gone wrong", async () => {
    expect(await run("get", "/ls/local/nothing")).toMatchObject({ code: exitCode.notFound, stdout: "" })
    expect(await run("get")).toMatchObject({ code: exitCode.usage })
    expect(await run("got", "/ls/local/x")).toMatchObject({ code: exitCode.usage })
    expect(await run("get", "no/path")).toMatchObject({ code: exitCode.usage })
    expect(await run("mkdir", "/ls/local/full")).toMatchObject({ code: 0 })
    expect(await run("set", "/ls/local/full/child", "")).toMatchObject({ code: 0 })
    expect(await run("rm", "/ls/local/full")).toMatchObject({ code: exitCode.refused })
    const unreachable = await run("get", "/ls/local/x", "--cell", "127.0.0.1:1", "--timeout", "1")
    expect(unreachable).toMatchObject({ code: exitCode.unavailable })
  })

  test("with --json errors are JSON too", async () => {
    const { stderr } = await run("get", "/ls/local/nothing", "--json")
    expect(JSON.parse(stderr)).toEqual({
      error: { code: "NODE_NOT_FOUND", message: expect.any(String), exitCode: exitCode.notFound },
    })
  })
})

describe("status", () => {
  test("shows every replica in the shape that others build on", async () => {
    const { cell } = context
    const master = await cell.master()
    const replicas = cell.ids.map((id) => ({
      id,
      role: id === master.replicaId ? "master" : "replica",
      pid: cell.pidOf(id),
      grpc: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      http: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      chosenThrough: expect.any(Number),
      appliedThrough: expect.any(Number),
      version: expect.any(String),
    }))
    const expected = { cell: cell.name, epoch: master.epoch, master: master.replicaId, canLose: 2, replicas }
    expect(await json("status")).toEqual(expected)
  })
})

describe("lock", () => {
  test("gives the command its sequencer, path and generation, and passes its exit code on", async () => {
    const names = ["SEQUENCER", "LOCK_PATH", "LOCK_GENERATION"].map((name) => `$CLAVIGER_${name}`)
    const script = `echo "${names.join(" ")}"; exit 7`
    const { code, stdout } = await run("lock", "/ls/local/job", "--", "sh", "-c", script)
    expect(code).toBe(7)
    const [sequencer = "", path, generation] = stdout.trim().split(" ")
    expect([path, generation]).toEqual(["/ls/local/job", "1"])
    const claims: unknown = JSON.parse(Buffer.from(sequencer.split(".")[1] ?? "", "base64url").toString())
    expect(claims).toMatchObject({ cell: context.cell.name, mode: "exclusive", lockGeneration: 1 })
  })

  test("with --try says who holds it, and a waiter gets it with the next generation", async () => {
    const { cell } = context
    const holder = cell.launchCommand(["lock", "--json", "/ls/local/wanted", "--", "sleep", "60"])
    const holding = await until("the first holds the lock", { withinMs: 10_000 }, () => lockGenerationIn(holder.stderr))
    const busy = await run("lock", "--try", "/ls/local/wanted", "--", "true")
    expect(busy.code).toBe(exitCode.busy)
    expect(busy.stderr).toContain("held by")

    const waiter = cell.launchCommand(["lock", "--json", "/ls/local/wanted", "--", "true"])
    await until("the second waits", { withinMs: 10_000 }, () => waiter.stderr.includes(`"waiting"`) || undefined)
    expect(lockGenerationIn(waiter.stderr)).toBeUndefined()
    holder.signal("SIGTERM")
    expect(await waiter.ended).toMatchObject({ code: 0 })
    expect(lockGenerationIn(waiter.stderr)).toBe(holding + 1)
  })
})

describe("who", () => {
  test("shows the holder of a lock and the queue, and sessions what each of them has", async () => {
    const { cell } = context
    const holder = cell.launchCommand(["lock", "--json", "/ls/local/crowded", "--", "sleep", "60"])
    await until("the first holds the lock", { withinMs: 10_000 }, () => lockGenerationIn(holder.stderr))
    const waiter = cell.launchCommand(["lock", "--json", "--shared", "/ls/local/crowded", "--", "true"])
    await until("the second waits", { withinMs: 10_000 }, () => waiter.stderr.includes(`"waiting"`) || undefined)
    expect(await json("who", "/ls/local/crowded")).toMatchObject({
      lockGeneration: 1,
      holders: [{ mode: "exclusive", processId: holder.pid, host: expect.any(String) }],
      waiters: [{ mode: "shared", processId: waiter.pid }],
    })
    expect((await run("who", "/ls/local/crowded")).stdout).toMatch(/^holds +exclusive +.*\nwaits +shared +/m)
    const { sessions } = (await json("sessions")) as { readonly sessions: readonly { readonly processId: number }[] }
    const engaged = sessions.find(({ processId }) => processId === holder.pid)
    expect(engaged).toMatchObject({ principal: "anonymous", engagementCount: 1 })
    holder.signal("SIGTERM")
    expect(await waiter.ended).toMatchObject({ code: 0 })
    expect((await run("who", "/ls/local/crowded")).stdout).toBe("lock generation 2, free\n")
    expect((await run("sessions")).stdout).toContain("it was closed by its client")
  })

  test("says that a lost holder's lock-delay bars a lock, as lock does", async () => {
    const { cell } = context
    const holder = cell.launchCommand(["lock", "--json", "--lock-delay", "60", "/ls/local/barred", "--", "sleep", "60"])
    await until("it holds the lock", { withinMs: 10_000 }, () => lockGenerationIn(holder.stderr))
    holder.signalGroup("SIGKILL")
    await until("its session has ended", { withinMs: 30_000, everyMs: 500 }, async () => {
      const { stdout } = await run("who", "/ls/local/barred")
      return stdout.includes("barred for at most") || undefined
    })
    const late = await run("lock", "--wait", "1", "/ls/local/barred", "--", "true")
    expect(late.code).toBe(exitCode.busy)
    expect(late.stderr).toMatch(/lock-delay, \d+ s left: .* was lost/)
  })
})

describe("watch", () => {
  test("prints a line for each change below a directory, until it is interrupted", async () => {
    const { cell } = context
    await run("mkdir", "/ls/local/watched")
    const watch = cell.launchCommand(["watch", "--recursive", "/ls/local/watched"])
    // Whether it watches already shows only in what it prints.
    await until("it prints", { withinMs: 10_000 }, async () => {
      await run("set", "/ls/local/watched/file", "contents")
      return watch.stdout.includes("/watched/file") || undefined
    })
    await run("rm", "/ls/local/watched/file")
    const deleted = `deleted /ls/${cell.name}/watched/file`
    await until("it tells of the deletion", { withinMs: 10_000 }, () => watch.stdout.includes(deleted) || undefined)
    watch.signal("SIGINT")
    expect(await watch.ended).toMatchObject({ code: 130, stderr: "" })
  })
})

describe("access", () => {
  test("is shown and changed by name, and tried without doing anything", async () => {
    await run("set", "/ls/local/guarded", "")
    const anyone = { read: "anyone", write: "anyone", changeAcl: "administrators" }
    expect(await json("acl", "/ls/local/guarded")).toEqual(anyone)
    expect(await run("may", "alice", "write", "/ls/local/guarded")).toMatchObject({ code: 0 })
    expect(await run("may", "alice", "change-acl", "/ls/local/guarded")).toMatchObject({ code: exitCode.denied })
    const slip = await run("acl", "--read", "nolist", "/ls/local/guarded")
    expect(slip.code).toBe(exitCode.notFound)
    expect(slip.stderr).toContain("claviger set /ls/local/acl/nolist PRINCIPAL")
    expect(await json("acl", "/ls/local/guarded")).toEqual(anyone)
  })
})
