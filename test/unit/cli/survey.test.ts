import { expect, onTestFinished, test } from "vitest"
import { Survey } from "../../../src/cli/survey.ts"
import { silentServer } from "./silent-server.ts"

test("a replica that keeps silent is told from one that refuses the connection; both are down", async () => {
  const known = [
    { id: 1, grpc: "127.0.0.1:1", http: "" },
    { id: 2, grpc: await silentServer(), http: "" },
  ]
  const survey = new Survey("dev", known, 500)
  onTestFinished(() => survey.close())
  const { picture, silent } = await survey.take()
  expect([...silent]).toEqual([2])
  expect(picture).toMatchObject({ master: 0, canLose: -1, replicas: [{ role: "down" }, { role: "down" }] })
})
