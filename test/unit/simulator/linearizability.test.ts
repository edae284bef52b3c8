import { describe, expect, test } from "vitest"
import { directoryModel } from "../../simulator/checkers/directory-model.ts"
import { fileModel } from "../../simulator/checkers/file-model.ts"
import { checkLinearizability } from "../../simulator/checkers/linearizability.ts"
import type { Call } from "../../simulator/history.ts"
import { appeared, got, listed, missed, set, swapped, unanswered, vanished } from "./calls.ts"

function verdict(...history: Call[]): string {
  return checkLinearizability(fileModel, history).kind
}

describe("a file's history", () => {
  test("a read of the last write is fine", () => {
    expect(verdict(set("a", 1, [0, 10]), got("a", 1, [20, 30]))).toBe("linearizable")
  })

  test("a stale read is not", () => {
    const history = [set("a", 1, [0, 10]), set("b", 2, [20, 30]), got("a", 1, [40, 50])]
    expect(verdict(...history)).toBe("violation")
  })

  test("calls that overlap may come in either order", () => {
    expect(verdict(set("a", 1, [0, 10]), set("b", 2, [20, 60]), got("a", 1, [30, 40]))).toBe("linearizable")
    expect(verdict(set("a", 1, [0, 10]), set("b", 2, [20, 60]), got("b", 2, [30, 40]))).toBe("linearizable")
  })

  test("once one client has seen a write, nobody may miss it later", () => {
    const history = [set("a", 1, [0, 10]), set("b", 2, [20, 90]), got("b", 2, [30, 40]), got("a", 1, [50, 60])]
    expect(verdict(...history)).toBe("violation")
  })

  test("a write that took effect twice is found by its generation", () => {
    expect(verdict(set("a", 1, [0, 10]), got("a", 2, [20, 30]))).toBe("violation")
  })

  test("an unanswered write may have happened, later or never", () => {
    const lost = unanswered(set("b", 2, [20, 30]))
    expect(verdict(set("a", 1, [0, 10]), lost, got("a", 1, [40, 50]))).toBe("linearizable")
    expect(verdict(set("a", 1, [0, 10]), lost, got("b", 2, [40, 50]))).toBe("linearizable")
    expect(verdict(set("a", 1, [0, 10]), lost, got("b", 2, [40, 50]), got("a", 1, [60, 70]))).toBe("violation")
  })

  test("an unanswered write may not have happened before it was asked for", () => {
    const history = [set("a", 1, [0, 10]), got("b", 2, [20, 30]), unanswered(set("b", 2, [40, 50]))]
    expect(verdict(...history)).toBe("violation")
  })

  test("a conditional write is refused exactly when its condition fails", () => {
    const first = set("a", 1, [0, 10])
    expect(verdict(first, swapped("b", 1, true, [20, 30]), got("b", 2, [40, 50]))).toBe("linearizable")
    expect(verdict(first, swapped("b", 1, false, [20, 30]))).toBe("violation")
    expect(verdict(first, swapped("b", 7, true, [20, 30]))).toBe("violation")
    expect(verdict(first, swapped("b", 7, false, [20, 30]), got("a", 1, [40, 50]))).toBe("linearizable")
  })

  test("a file that was written is not missing", () => {
    expect(verdict(missed([0, 5]), set("a", 1, [10, 20]), missed([30, 40]))).toBe("violation")
  })

  test("an instance number never comes back", () => {
    const history = [set("a", 1, [0, 10], 5), got("a", 1, [20, 30], 6)]
    expect(verdict(...history)).toBe("violation")
  })

  test("many calls at once are decided, or said not to be", () => {
    const crowd = Array.from({ length: 12 }, (_, place) => unanswered(set(`v${String(place)}`, 1, [0, 10])))
    const reads = [got("v3", 4, [20, 30]), got("v7", 12, [40, 50])]
    expect(checkLinearizability(fileModel, [...crowd, ...reads], 50).kind).toBe("undecided")
    expect(checkLinearizability(fileModel, [...crowd, got("v3", 4, [20, 30])]).kind).toBe("linearizable")
  })
})

describe("a directory's history", () => {
  function directoryVerdict(...history: Call[]): string {
    return checkLinearizability(directoryModel, history).kind
  }

  test("a listing shows what appeared and has not vanished", () => {
    const history = [appeared("p", 1, [0, 10]), appeared("q", 2, [0, 10]), vanished("p", 1, [20, 30])]
    expect(directoryVerdict(...history, listed(["q"], [40, 50]))).toBe("linearizable")
    expect(directoryVerdict(...history, listed(["p", "q"], [40, 50]))).toBe("violation")
    expect(directoryVerdict(...history, listed([], [40, 50]))).toBe("violation")
  })

  test("a name in use can't be taken, and one that is free can't be refused", () => {
    expect(directoryVerdict(appeared("p", 1, [0, 10]), appeared("p", 2, [20, 30]))).toBe("violation")
  })
})
