#!/usr/bin/env node
// The command. Nothing is imported before the version of Node is known to be able to read it.
export {}

const oldestMajor = 20
const [major = "0"] = process.versions.node.split(".")

if (Number(major) < oldestMajor) {
  console.error(`claviger needs Node ${oldestMajor} or newer, but this is ${process.version}. See https://nodejs.org`)
  process.exitCode = 78
} else {
  const { run } = await import("./run.ts")
  process.exitCode = await run(process.argv.slice(2))
}
