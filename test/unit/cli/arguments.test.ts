import { describe, expect, test } from "vitest"
import { counterOption, durationMsOption, parseArguments, textOption, UsageError } from "../../../src/cli/arguments.ts"
import { exitCodes } from "../../../src/cli/exit-codes.ts"

function complaintAbout(...words: string[]): string {
  try {
    parseArguments(words)
  } catch (error) {
    if (error instanceof UsageError && error.exitCode === exitCodes.usage) return error.message
    throw error
  }
  throw new Error(`"${words.join(" ")}" was accepted`)
}

describe("a command line", () => {
  test("names a command, its operands and its options, in any order", () => {
    for (const words of [
      ["get", "/ls/local/x", "--cell", "a:1", "--json"],
      ["--json", "--cell", "a:1", "get", "/ls/local/x"],
      ["get", "--cell=a:1", "--json", "/ls/local/x"],
    ]) {
      const invocation = parseArguments(words)
      expect(invocation.command).toBe("get")
      expect(invocation.operands).toEqual(["/ls/local/x"])
      expect(Object.fromEntries(invocation.options)).toEqual({ cell: "a:1", json: true })
    }
  })

  test("may abbreviate an option by its letter", () => {
    expect(parseArguments(["mkdir", "-p", "/ls/local/a/b"]).options.get("parents")).toBe(true)
  })

  test("takes what follows -- as operands, however it looks", () => {
    expect(parseArguments(["set", "/ls/local/x", "--", "-5"]).operands).toEqual(["/ls/local/x", "-5"])
    expect(parseArguments(["set", "/ls/local/x", "-"]).operands).toEqual(["/ls/local/x", "-"])
  })

  test("leaves everything after -- to the command that lock runs", () => {
    const invocation = parseArguments(["lock", "/ls/local/job", "--try", "--", "ls", "--json", "--help"])
    expect(invocation.operands).toEqual(["/ls/local/job"])
    expect(invocation.toRun).toEqual(["ls", "--json", "--help"])
    expect([...invocation.options.keys()]).toEqual(["try"])
  })

  test("asks for help on a command in either way", () => {
    expect(parseArguments(["lock", "--help"])).toMatchObject({ command: "help", operands: ["lock"] })
    expect(parseArguments(["help", "lock"])).toMatchObject({ command: "help", operands: ["lock"] })
    expect(parseArguments(["--help"])).toMatchObject({ command: "help", operands: [] })
    expect(parseArguments(["--version"])).toMatchObject({ command: "version" })
  })
})

describe("a mistake on the command line", () => {
  test("in the command's name is answered with the one that was probably meant", () => {
    expect(complaintAbout("statsu")).toContain('did you mean "status"?')
    expect(complaintAbout("frobnicate")).toContain("there are cell, replica, get")
  })

  test("in an option's name is answered likewise", () => {
    expect(complaintAbout("cell", "--emtpy")).toContain("did you mean --empty?")
    expect(complaintAbout("get", "/x", "--zzz")).toContain("get has no option --zzz; it has --cell, --timeout")
  })

  test("is an option that belongs to another command", () => {
    expect(complaintAbout("get", "/x", "--shared")).toContain("get has no option --shared")
  })

  test("is an operand too few or too many, which is named", () => {
    expect(complaintAbout("set", "/x")).toContain("CONTENTS is missing")
    expect(complaintAbout("get", "/x", "/y")).toContain('"/y"')
    expect(complaintAbout("lock", "/x", "ls", "--", "ls")).toContain("comes after --")
  })

  test("is lock without a command to run", () => {
    expect(complaintAbout("lock", "/x")).toContain("wants a command after --")
  })

  test("is an option without its value, or with one it does not take", () => {
    expect(complaintAbout("get", "/x", "--cell")).toContain("--cell HOST:PORT,...")
    expect(complaintAbout("get", "/x", "--json=yes")).toContain("--json takes no value")
  })

  test("is no command at all", () => {
    expect(complaintAbout()).toContain("wants a command")
  })

  test("points to the help of the command it is about", () => {
    expect(complaintAbout("set", "/x")).toContain("claviger help set")
  })
})

describe("the value of an option", () => {
  test("in seconds is turned to milliseconds", () => {
    expect(durationMsOption(parseArguments(["get", "/x", "--timeout", "2.5"]), "timeout")).toBe(2_500)
    expect(durationMsOption(parseArguments(["get", "/x"]), "timeout")).toBeUndefined()
  })

  test.each(["0", "-1", "soon", "1e9"])("in seconds can't be %s", (text) => {
    const invocation = parseArguments(["get", "/x", `--timeout=${text}`])
    expect(() => durationMsOption(invocation, "timeout")).toThrow(UsageError)
  })

  test("in seconds is asked for by the option's name", () => {
    const invocation = parseArguments(["lock", "/x", "--wait", "0.5", "--", "true"])
    expect(durationMsOption(invocation, "wait")).toBe(500)
    expect(durationMsOption(invocation, "lock-delay")).toBeUndefined()
    const wrong = parseArguments(["lock", "/x", "--lock-delay=long", "--", "true"])
    expect(() => durationMsOption(wrong, "lock-delay")).toThrow("--lock-delay wants a number of seconds above 0")
  })

  test("in seconds is refused in seconds, if it is too long", () => {
    const invocation = parseArguments(["lock", "/x", "--lock-delay=61", "--", "true"])
    const refusal = '--lock-delay wants a number of seconds above 0, 60 at most, not "61"'
    expect(() => durationMsOption(invocation, "lock-delay", 60_000)).toThrow(refusal)
    expect(durationMsOption(invocation, "lock-delay", 61_000)).toBe(61_000)
  })

  test("that counts is an integer from zero on", () => {
    const invocation = parseArguments(["set", "/x", "y", "--if-generation", "0"])
    expect(counterOption(invocation, "if-generation")).toBe(0)
    expect(counterOption(parseArguments(["set", "/x", "y"]), "if-generation")).toBeUndefined()
    for (const text of ["one", "1.5", "-1", "99999999999999999"]) {
      const wrong = parseArguments(["set", "/x", "y", `--if-generation=${text}`])
      expect(() => counterOption(wrong, "if-generation")).toThrow(UsageError)
    }
  })

  test("is undefined if the option was not given", () => {
    expect(textOption(parseArguments(["get", "/x"]), "cell")).toBeUndefined()
  })
})
