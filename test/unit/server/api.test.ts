/** The same calls over gRPC and over HTTP, at the master and at a replica that has to forward them. */
import { describe } from "vitest"
import { describeApiContract } from "../../contracts/api.ts"
import { grpcApi, httpApi } from "../../support/apis.ts"
import { servedCell } from "../../support/served-cell.ts"
import { beforeAll, expect } from "vitest"

const cell = servedCell("test")

describe.each([
  { door: "gRPC at the master", name: "grpc-master", api: grpcApi(() => cell.master.grpc) },
  { door: "gRPC at another replica", name: "grpc-other", api: grpcApi(() => cell.other.grpc) },
  { door: "HTTP at the master", name: "http-master", api: httpApi(() => cell.master.http) },
  { door: "HTTP at another replica", name: "http-other", api: httpApi(() => cell.other.http) },
])("$door", ({ name, api }) => {
  const root = `/ls/test/${name}`
  beforeAll(async () => {
    const created = await api.call({
      ...{ kind: "open", path: root, mode: "write", create: "mustCreate", nodeKind: "directory", acl: {} },
      ...{ ephemeral: false, sequential: false, contents: Buffer.alloc(0) },
    })
    expect(created).toMatchObject({ kind: "open" })
  })
  describeApiContract(api, root)
})
