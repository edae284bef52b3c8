/** A process of its own: takes the lock of a directory and keeps it until it is killed. */
import { lockDirectory } from "../../../src/host/directory-lock.ts"

try {
  lockDirectory(process.argv[2] ?? "")
  console.log("locked")
  setInterval(() => {}, 1_000)
} catch (error) {
  console.log((error as Error).name)
}
