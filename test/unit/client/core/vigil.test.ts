import { describe, expect, test } from "vitest"
import { never } from "../../../../src/base/instant.ts"
import { Vigil } from "../../../../src/client/core/vigil.ts"

describe("a replica that says nothing", () => {
  test("is not suspected while it owes no answer", () => {
    const vigil = new Vigil(1, 1)
    expect(vigil.look(never, 1_000_000)).toBe("none")
    expect(vigil.lookAgainAt(never)).toBe(never)
  })

  test("is suspected after half a second, and believed to be gone two seconds after it was asked", () => {
    const vigil = new Vigil(1, 1)
    expect(vigil.look(101, 600)).toBe("none")
    expect(vigil.lookAgainAt(101)).toBe(601)
    expect(vigil.look(101, 601)).toBe("begins")
    expect(vigil.look(101, 602)).toBe("goesOn")
    expect(vigil.lookAgainAt(101)).toBe(2_101)
    expect(vigil.look(101, 2_101)).toBe("confirmed")
  })

  test("is given more time when it was slow before", () => {
    const vigil = new Vigil(1, 4)
    expect(vigil.look(1, 501)).toBe("begins")
    expect(vigil.look(1, 6_500)).toBe("goesOn")
    expect(vigil.look(1, 6_501)).toBe("confirmed")
  })
})

describe("a client that was asleep", () => {
  test("does not take its own silence for the replica's, and gives it as much time as ever", () => {
    const vigil = new Vigil(1, 1)
    expect(vigil.look(1, 501)).toBe("begins")
    expect(vigil.look(1, 9_000)).toBe("goesOn")
    expect(vigil.look(1, 10_499)).toBe("goesOn")
    expect(vigil.look(1, 10_500)).toBe("confirmed")
  })
})

describe("a replica that answers something", () => {
  test("is cleared, and suspected anew only when it has been silent again", () => {
    const vigil = new Vigil(1, 1)
    expect(vigil.look(1, 501)).toBe("begins")
    vigil.heard(700)
    expect(vigil.look(1, 701)).toBe("none")
    expect(vigil.lookAgainAt(1)).toBe(1_200)
    expect(vigil.look(1, 1_200)).toBe("begins")
  })
})
