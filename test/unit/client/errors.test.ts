import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import {
  CellError,
  fromRefusal,
  LockLostError,
  SequencerStaleError,
  SessionExpiredError,
} from "../../../src/client/errors.ts"

describe("a cell error", () => {
  test("begins with its code", () => {
    expect(new CellError("NODE_NOT_FOUND", "/ls/test/x is not there").message).toBe(
      "NODE_NOT_FOUND: /ls/test/x is not there",
    )
  })

  test("is recognised by its brand, so that an error of another copy of the library counts", () => {
    const foreign = Object.assign(new Error("NO_QUORUM: gone"), { [Symbol.for("claviger.CellError")]: true })
    expect(foreign instanceof CellError).toBe(true)
    expect(foreign instanceof SessionExpiredError).toBe(false)
    expect(new Error("NO_QUORUM") instanceof CellError).toBe(false)
  })

  test("has three subclasses that are told apart", () => {
    const errors = [
      new SessionExpiredError("gone"),
      new LockLostError("/ls/test/x", "gone"),
      new SequencerStaleError("old"),
    ]
    const classes = [SessionExpiredError, LockLostError, SequencerStaleError]
    for (const [place, error] of errors.entries()) {
      expect(error instanceof CellError).toBe(true)
      expect(classes.map((each) => error instanceof each)).toEqual(classes.map((_, other) => other === place))
    }
  })

  test("made from a refusal keeps code, hint, when to ask again and whether the outcome is known", () => {
    const error = fromRefusal({
      ...refuse("NOT_MASTER", "ask b"),
      masterHint: "b:2",
      unknownOutcome: true,
      retryAfterMs: 300,
    })
    expect(error).toMatchObject({ code: "NOT_MASTER", retryable: true })
    expect(error.details).toEqual({ masterHint: "b:2", outcomeUnknown: true, retryAfterMs: 300 })
    expect(fromRefusal(refuse("SESSION_EXPIRED", "gone"))).toBeInstanceOf(SessionExpiredError)
  })

  test("is made of whatever was thrown", () => {
    const original = new CellError("INTERNAL", "x")
    expect(CellError.from(original)).toBe(original)
    expect(CellError.from(new DOMException("late", "TimeoutError")).code).toBe("DEADLINE_EXCEEDED")
    expect(CellError.from(new DOMException("stop", "AbortError")).code).toBe("CANCELLED")
    expect(CellError.from(refuse("INVALID_PATH", "no"))).toMatchObject({ code: "INVALID_PATH" })
    const cause = new TypeError("x is not a function")
    expect(CellError.from(cause)).toMatchObject({ code: "INTERNAL", cause })
  })
})
