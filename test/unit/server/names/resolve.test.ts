import { describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import type { DirectoryEntry, NodeStat } from "../../../../src/contract/requests.ts"
import { nameLimits } from "../../../../src/server/names/name-limits.ts"
import { type NameReader, type ReadFile, type ReadRefused, resolveName } from "../../../../src/server/names/resolve.ts"
import { statOf } from "../../client/scripted-cell.ts"

const directory = "/ls/test/service"

function entry(name: string, changes: Partial<NodeStat> = {}): DirectoryEntry {
  return { name, stat: statOf(`${directory}/${name}`, changes) }
}

function refusedWith(code: "NODE_NOT_FOUND" | "NOT_A_FILE" | "NOT_A_DIRECTORY" | "PERMISSION_DENIED"): ReadRefused {
  return { kind: "refused", refusal: refuse(code, ""), commitIndex: 40 }
}

/** A directory of these children. What `changed` says of a child is what a read of it finds, by the number of the read. */
class Tree implements NameReader {
  listingCount = 0
  readonly #entries: readonly DirectoryEntry[]
  readonly #changed: (name: string, listingCount: number) => ReadFile | ReadRefused | undefined

  constructor(
    entries: readonly DirectoryEntry[],
    changed: (name: string, listingCount: number) => ReadFile | ReadRefused | undefined = () => undefined,
  ) {
    this.#entries = entries
    this.#changed = changed
  }

  async file(path: string): Promise<ReadFile | ReadRefused> {
    if (path === directory) return refusedWith("NOT_A_FILE")
    const name = path.slice(directory.length + 1)
    const found = this.#entries.find((each) => each.name === name)
    const changed = this.#changed(name, this.listingCount)
    if (changed !== undefined) return changed
    return found === undefined ? refusedWith("NODE_NOT_FOUND") : fileOf(found.stat)
  }

  async listing(path: string): Promise<Awaited<ReturnType<NameReader["listing"]>>> {
    this.listingCount += 1
    if (path !== directory) return refusedWith("NOT_A_DIRECTORY")
    const stat = statOf(directory, { kind: "directory", commitIndex: 20 })
    return { kind: "listing", entries: this.#entries, more: false, stat }
  }
}

function fileOf(stat: NodeStat): ReadFile {
  return { kind: "file", contents: new Uint8Array([stat.contentGeneration]), stat }
}

describe("what a name stands for", () => {
  test("a file stands for its contents", async () => {
    const tree = new Tree([entry("a", { commitIndex: 31 })])
    expect(await resolveName(tree, `${directory}/a`)).toMatchObject({
      ...{ kind: "found", nodeKind: "file", index: 31 },
      instances: [{ name: "a", contentGeneration: 1 }],
    })
  })

  test("a directory stands for the files in it, in order, as of the last change to it or to one of them", async () => {
    const tree = new Tree([entry("a", { commitIndex: 31 }), entry("b", { commitIndex: 25, ephemeral: true })])
    expect(await resolveName(tree, directory)).toMatchObject({
      ...{ kind: "found", nodeKind: "directory", index: 31 },
      instances: [
        { name: "a", ephemeral: false },
        { name: "b", ephemeral: true },
      ],
    })
  })

  test("directories below are left out, with what happens in them", async () => {
    const below = entry("below", { kind: "directory", commitIndex: 90, checksum: "" })
    expect(await resolveName(new Tree([below]), directory)).toMatchObject({ index: 20, instances: [] })
  })

  test("so is what the caller may not read, but that it was withdrawn is a change that can be waited for", async () => {
    const withdrawn = entry("withdrawn", { commitIndex: 91, checksum: "" })
    expect(await resolveName(new Tree([withdrawn]), directory)).toMatchObject({ index: 91, instances: [] })
  })

  test("what isn't there is missing, as of the state that was looked at", async () => {
    expect(await resolveName(new Tree([]), `${directory}/x`)).toEqual({
      ...{ kind: "missing", path: `${directory}/x`, index: 40 },
    })
  })

  test("a wrong guess about its kind finds it all the same", async () => {
    const tree = new Tree([entry("a")])
    expect(await resolveName(tree, `${directory}/a`, "directory")).toMatchObject({ nodeKind: "file" })
    expect(await resolveName(tree, directory, "directory")).toMatchObject({ nodeKind: "directory" })
  })

  test("a directory that changes while it is read is read again, and then is of one moment", async () => {
    const later = entry("a", { contentGeneration: 2, commitIndex: 50 })
    const tree = new Tree([entry("a"), entry("b")], (name, listingCount) =>
      name === "a" && listingCount === 1 ? fileOf(later.stat) : undefined,
    )
    expect(await resolveName(tree, directory)).toMatchObject({ instances: [{ contentGeneration: 1 }, { name: "b" }] })
    expect(tree.listingCount).toBe(2)
  })

  test("one that never rests is told as it is found, with the index of its listing", async () => {
    const later = entry("a", { contentGeneration: 2, commitIndex: 50 })
    const tree = new Tree([entry("a", { commitIndex: 30 }), entry("b")], (name) =>
      name === "a" ? fileOf(later.stat) : refusedWith("NODE_NOT_FOUND"),
    )
    const found = await resolveName(tree, directory)
    expect(found).toMatchObject({ index: 30, instances: [{ name: "a", contentGeneration: 2 }] })
    expect(tree.listingCount).toBe(3)
  })

  test("too many files, or too much in them, are refused before they are read", async () => {
    const many = Array.from({ length: nameLimits.instancesPerName + 1 }, (_, at) => entry(`child-${at}`))
    expect(await resolveName(new Tree(many), directory)).toMatchObject({ code: "QUOTA_EXCEEDED" })
    const large = [entry("a", { size: nameLimits.contentsBytes }), entry("b", { size: 1 })]
    expect(await resolveName(new Tree(large), directory)).toMatchObject({ code: "QUOTA_EXCEEDED" })
  })

  test("what the cell refuses is refused", async () => {
    const tree = new Tree([entry("a")], () => refusedWith("PERMISSION_DENIED"))
    expect(await resolveName(tree, `${directory}/a`)).toMatchObject({ code: "PERMISSION_DENIED" })
  })
})
