/** Bytes that are no message: the caller's fault, and called so. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js"
import { afterAll, beforeAll, expect, test } from "vitest"
import { refusalFromError } from "../../../../src/wire/error-details.ts"
import { adminService, lockService } from "../../../../src/wire/load.ts"
import { type Door, closeAll, openDoor } from "../loopback.ts"
import { ScriptedCell } from "../scripted-cell.ts"

const cell = new ScriptedCell()
let door: Door
beforeAll(async () => {
  door = await openDoor(cell)
})
afterAll(closeAll)

const asTheyAre = (bytes: Buffer): Buffer => bytes
/** Field 1, of four bytes, of which there are two. */
const rubbish = Buffer.from([0x0a, 4, 1, 2])

function call(path: string): Promise<ServiceError | null> {
  return new Promise((resolve) => {
    door.client.makeUnaryRequest(path, asTheyAre, asTheyAre, rubbish, new Metadata(), (error) => resolve(error))
  })
}

function stream(path: string): Promise<ServiceError> {
  return new Promise((resolve) => {
    const opened = door.client.makeBidiStreamRequest(path, asTheyAre, asTheyAre, new Metadata())
    opened.on("error", (error: ServiceError) => resolve(error))
    opened.resume()
    opened.write(rubbish)
  })
}

test.each([lockService.GetStat.path, lockService.GetSequencerKeys.path, adminService.GetStatus.path])(
  "%s refuses them as a bad argument, and the cell is not asked",
  async (path) => {
    const error = await call(path)
    expect(error?.code).toBe(status.INVALID_ARGUMENT)
    expect(error === null ? undefined : refusalFromError(error).code).toBe("INVALID_ARGUMENT")
    expect(cell.submitted).toEqual([])
  },
)

test("so does a stream, which ends", async () => {
  expect(refusalFromError(await stream(lockService.Connect.path)).code).toBe("INVALID_ARGUMENT")
})
