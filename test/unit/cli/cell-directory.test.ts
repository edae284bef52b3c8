import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import {
  emptyCellDirectory,
  isFounded,
  makeDirectory,
  markFounded,
  readCellFile,
  refuseUnlessCell,
  replicaDirectory,
  writeCellFile,
  type CellFile,
  type ParsedCellFile,
} from "../../../src/cli/cell-directory.ts"
import { Failure } from "../../../src/cli/failure.ts"

const file: CellFile = { cell: "dev", cellId: "12345678", replicas: [], timing: {} }

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "claviger-cli-"))
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

function trusting(value: unknown): ParsedCellFile<CellFile> {
  return { kind: "parsed", config: value as CellFile }
}

function faulty(): ParsedCellFile<CellFile> {
  return { kind: "faulty", problems: ["replicas: a list is wanted"] }
}

function unlocked(): { release(): void } {
  return { release: () => undefined }
}

describe("the directory of a cell", () => {
  test("gives back what was written", () => {
    const directory = join(scratch(), "new")
    makeDirectory(directory)
    writeCellFile(directory, file)
    expect(readCellFile(directory, trusting)).toEqual(file)
    expect(readdirSync(directory)).toEqual(["cell.json"])
  })

  test("holds no cell yet when it is missing or empty", () => {
    const directory = scratch()
    expect(readCellFile(directory, trusting)).toBeUndefined()
    expect(readCellFile(join(directory, "missing"), trusting)).toBeUndefined()
  })

  test("is refused when it belongs to something else", () => {
    const directory = scratch()
    writeFileSync(join(directory, "notes.txt"), "")
    expect(() => readCellFile(directory, trusting)).toThrow(/holds no cell/)
    expect(() => readCellFile(join(directory, "notes.txt"), trusting)).toThrow(Failure)
  })

  test("is refused when the replicas are there and the cell's file is not", () => {
    const directory = scratch()
    mkdirSync(replicaDirectory(directory, 1))
    expect(() => readCellFile(directory, trusting)).toThrow(/no cell\.json. Put that file back/)
  })

  test("is refused with all that is wrong in its file, and with what to do", () => {
    const directory = scratch()
    writeCellFile(directory, file)
    expect(() => readCellFile(directory, faulty)).toThrow(/replicas: a list is wanted\nCorrect it, or begin anew/)
    writeFileSync(join(directory, "cell.json"), '{"cell": ')
    expect(() => readCellFile(directory, trusting)).toThrow(/it is not JSON/)
  })

  test("remembers that a replica was founded, even if the replica's own directory is lost", () => {
    const directory = scratch()
    markFounded(directory, 3)
    rmSync(replicaDirectory(directory, 3), { recursive: true, force: true })
    expect(isFounded(directory, 3)).toBe(true)
    expect(isFounded(directory, 4)).toBe(false)
  })
})

describe("making the directory of a cell", () => {
  test("makes what is missing above it too, and leaves what is there", () => {
    const directory = join(scratch(), "not", "yet", "there")
    makeDirectory(directory)
    writeFileSync(join(directory, "notes.txt"), "")
    makeDirectory(directory)
    expect(readdirSync(directory)).toEqual(["notes.txt"])
  })

  test("where none can be made ends at once, with the code of a wrong set-up", () => {
    const file = join(scratch(), "notes.txt")
    writeFileSync(file, "")
    for (const place of ["/proc/nope", "/proc/nope/deeper", join(file, "below")]) {
      const making = (): void => makeDirectory(place)
      expect(making).toThrow(expect.objectContaining({ exitCode: 78 }))
      expect(making).toThrow(/can't be made: .*\. Name another directory with --data/)
    }
  })
})

describe("emptying the directory of a cell", () => {
  test("removes the cell and leaves everything else", () => {
    const directory = scratch()
    writeCellFile(directory, file)
    markFounded(directory, 1)
    mkdirSync(join(replicaDirectory(directory, 1), "store"), { recursive: true })
    writeFileSync(join(directory, "notes.txt"), "")
    refuseUnlessCell(directory)
    emptyCellDirectory(directory, unlocked)
    expect(readdirSync(directory)).toEqual(["notes.txt"])
  })

  test("is refused where there is no cell", () => {
    const directory = scratch()
    writeFileSync(join(directory, "notes.txt"), "")
    expect(() => {
      refuseUnlessCell(directory)
    }).toThrow(/nothing in it is deleted/)
  })

  test("deletes nothing while one of the replicas still runs", () => {
    const directory = scratch()
    writeCellFile(directory, file)
    mkdirSync(replicaDirectory(directory, 2))
    const held = (): never => {
      throw new Failure(78, "in use")
    }
    expect(() => {
      emptyCellDirectory(directory, held)
    }).toThrow("in use")
    expect(existsSync(join(directory, "cell.json"))).toBe(true)
  })
})
