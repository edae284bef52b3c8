/** The version of this program, from the package that it was installed as. */
import { readFileSync } from "node:fs"

export const version: string = readVersion()

function readVersion(): string {
  // At the same depth seen from src/server and from dist/server.
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
  const isNamed = typeof manifest === "object" && manifest !== null && "version" in manifest
  return isNamed && typeof manifest.version === "string" ? manifest.version : "unknown"
}
