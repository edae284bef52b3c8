import { expect, test } from "vitest"
import { isCompatible, lockModes } from "../../../src/contract/lock-mode.ts"

test("only shared holders bear each other", () => {
  const compatible = lockModes.flatMap((held) =>
    lockModes.filter((wanted) => isCompatible(held, wanted)).map((wanted) => `${held} beside ${wanted}`),
  )
  expect(compatible).toEqual(["shared beside shared"])
})
