/**
 * What every Disk must do, whether it is LMDB on a real file system or the simulator's. `reopen` closes and opens again,
 * as a restart of the process would.
 */
import { expect, test } from "vitest"
import type { Disk, DiskEntry, DiskWrite } from "../../src/host/ports.ts"

export interface DiskUnderTest {
  /** Opens the store; the same one each time. */
  open(): Disk | Promise<Disk>
}

export function describeDiskContract(make: () => DiskUnderTest): void {
  test("a new disk is empty", async () => {
    await using disk = await opened(make())
    expect(contents(disk)).toEqual({})
  })

  test("what was committed is there after a restart, in order of key", async () => {
    const place = make()
    const keys = ["state/b", "log/00000000000001", "identity", "state/a~", "state/a", "log/0000000000000f"]
    const first = await place.open()
    await first.commit(keys.map((key) => put(key, key)))
    await first.close()
    await using disk = await opened(place)
    expect([...disk.load()].map(({ key }) => key)).toEqual([...keys].sort())
    expect(contents(disk)).toEqual(Object.fromEntries(keys.map((key) => [key, key])))
  })

  test("values of every size come back as they were, from nothing to more than a page", async () => {
    const sizes = [0, 1, 255, 2_000, 4_096, 5_000, 100_000, 1_000_000]
    const values = sizes.map((size) => Uint8Array.from({ length: size }, (_, at) => (at * 7 + size) % 256))
    const place = make()
    const first = await place.open()
    await first.commit(values.map((value, index): DiskWrite => ({ kind: "put", key: `v/${index}`, value })))
    await first.close()
    await using disk = await opened(place)
    const loaded = [...disk.load()].map(({ value }) => value)
    expect(loaded.map((value) => value.length)).toEqual(sizes)
    const differing = loaded.filter((value, index) => Buffer.compare(value, values[index] ?? new Uint8Array()) !== 0)
    expect(differing).toEqual([])
  })

  test("the writes of a commit take effect in their order", async () => {
    await using disk = await opened(make())
    await disk.commit([put("a", "1"), remove("a"), put("b", "1"), put("b", "2"), remove("c"), put("c", "3")])
    expect(contents(disk)).toEqual({ b: "2", c: "3" })
  })

  test("commits asked for at once take effect in the order of asking", async () => {
    await using disk = await opened(make())
    const finished: number[] = []
    const commits = Array.from({ length: 20 }, (_, number) =>
      disk.commit([put("latest", String(number)), put(`each/${number}`, "x")]).then(() => finished.push(number)),
    )
    await Promise.all(commits)
    expect(finished).toEqual(Array.from({ length: 20 }, (_, number) => number))
    expect(contents(disk)["latest"]).toBe("19")
  })

  test("a commit without writes waits for those before it", async () => {
    await using disk = await opened(make())
    const finished: string[] = []
    const first = disk.commit([put("a", "1")]).then(() => finished.push("a"))
    await disk.commit([]).then(() => finished.push("nothing"))
    await first
    expect(finished).toEqual(["a", "nothing"])
  })

  test("removeAll removes what begins with the prefix, stored before or in the same commit, and nothing else", async () => {
    await using disk = await opened(make())
    await disk.commit([put("state", "1"), put("state/a", "1"), put("state/b", "1"), put("statf", "1")])
    await disk.commit([
      put("state/c", "2"),
      { kind: "removeAll", prefix: "state/" },
      put("state/b", "3"),
      put("state/d", "3"),
    ])
    expect(contents(disk)).toEqual({ state: "1", "state/b": "3", "state/d": "3", statf: "1" })
  })

  test("removeAll sees commits that were asked for just before", async () => {
    await using disk = await opened(make())
    const commits = [
      disk.commit([put("state/a", "1")]),
      disk.commit([put("state/b", "1")]),
      disk.commit([{ kind: "removeAll", prefix: "state/" }]),
    ]
    await Promise.all(commits)
    expect(contents(disk)).toEqual({})
  })

  test("a snapshot is not changed by later commits", async () => {
    await using disk = await opened(make())
    await disk.commit([put("state/a", "old"), put("state/b", "old"), put("progress", "1")])
    const snapshot = disk.openSnapshot()
    await disk.commit([put("state/a", "new"), remove("state/b"), put("state/c", "new"), put("progress", "2")])
    expect(text(snapshot.get("progress"))).toBe("1")
    expect(snapshot.get("state/c")).toBeUndefined()
    expect(readable(snapshot.read("state/", "", 1_000).entries)).toEqual({ "state/a": "old", "state/b": "old" })
    snapshot.close()
    const later = disk.openSnapshot()
    expect(readable(later.read("state/", "", 1_000).entries)).toEqual({ "state/a": "new", "state/c": "new" })
    later.close()
  })

  test("two snapshots of different moments can be read in turns", async () => {
    await using disk = await opened(make())
    await disk.commit([put("state/a", "1")])
    const first = disk.openSnapshot()
    await disk.commit([put("state/a", "2")])
    const second = disk.openSnapshot()
    await disk.commit([put("state/a", "3")])
    expect([text(first.get("state/a")), text(second.get("state/a"))]).toEqual(["1", "2"])
    first.close()
    expect(text(second.get("state/a"))).toBe("2")
    second.close()
  })

  test("a snapshot is read piece by piece, and the last piece says so", async () => {
    await using disk = await opened(make())
    const keys = Array.from({ length: 25 }, (_, number) => `state/${String(number).padStart(3, "0")}`)
    await disk.commit([put("log/1", "x"), ...keys.map((key) => put(key, "0123456789")), put("state0", "x")])
    const snapshot = disk.openSnapshot()
    const pieces: string[][] = []
    for (let cursor = "", isLast = false; !isLast;) {
      const { entries, last } = snapshot.read("state/", cursor, 99)
      pieces.push(entries.map(({ key }) => key))
      cursor = entries.at(-1)?.key ?? ""
      isLast = last
    }
    snapshot.close()
    expect(pieces.flat()).toEqual(keys)
    expect(pieces.map((piece) => piece.length)).toEqual([10, 10, 5])
  })

  test("reading under a prefix that nothing has gives an empty last piece", async () => {
    await using disk = await opened(make())
    await disk.commit([put("a", "1"), put("c", "1")])
    const snapshot = disk.openSnapshot()
    expect(snapshot.read("b", "", 100)).toEqual({ entries: [], last: true })
    snapshot.close()
  })
}

async function opened(place: DiskUnderTest): Promise<Disk & AsyncDisposable> {
  const disk = await place.open()
  return Object.assign(disk, { [Symbol.asyncDispose]: () => disk.close() })
}

function put(key: string, value: string): DiskWrite {
  return { kind: "put", key, value: new TextEncoder().encode(value) }
}

function remove(key: string): DiskWrite {
  return { kind: "remove", key }
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : new TextDecoder().decode(value)
}

function readable(entries: Iterable<DiskEntry>): Record<string, string | undefined> {
  return Object.fromEntries([...entries].map(({ key, value }) => [key, text(value)]))
}

function contents(disk: Disk): Record<string, string | undefined> {
  return readable(disk.load())
}
