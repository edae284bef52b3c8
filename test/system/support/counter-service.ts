/** The outside service: keeps a counter in a file. What is written into it is believed, unless there is a guard. */
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { Fence, remoteKeys } from "../../../src/fence/index.ts"
import { fenceMiddleware, fileMarks, nodeVerify } from "../../../src/fence/node/index.ts"
import type { FromCounterProcess, ServiceSettings } from "./counter-messages.ts"

const settings = JSON.parse(process.argv[2] ?? "{}") as ServiceSettings
const { port, directory, keys, guardedBy = [] } = settings
const file = join(directory, "counter")
const marks = await fileMarks(join(directory, "marks"))
const verifier = { keys: remoteKeys(keys), verifySignature: nodeVerify }
const fence = new Fence({ verifier, paths: guardedBy, marks })
const guard = fenceMiddleware({
  fence,
  passage: ({ method }) => (method === "PUT" && settings.guardedBy !== undefined ? {} : "open"),
})

createServer((request, response) => {
  response.shouldKeepAlive = false
  void text(request).then((body) =>
    guard(request, response, () => {
      if (request.method === "PUT") writeFileSync(file, body)
      response.end(readFileSync(file, "utf8"))
    }),
  )
}).listen(port, "127.0.0.1", () => {
  process.send?.({ kind: "ready" } satisfies FromCounterProcess)
})
process.on("disconnect", () => process.exit())
