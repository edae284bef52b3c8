import { describe } from "vitest"
import { systemClock, systemTimers } from "../../../src/host/system-clock.ts"
import { describeClockContract } from "../../contracts/clock.ts"

describe("the system's clock keeps the contract of clocks:", () => {
  describeClockContract(() => ({ clock: systemClock, timers: systemTimers }))
})
