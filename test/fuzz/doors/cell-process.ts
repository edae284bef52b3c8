/** The cell under fuzz as a process of its own, which answers its parent's looks and ends with it. */
import { startCellUnderFuzz } from "./cell-under-fuzz.ts"

const cell = await startCellUnderFuzz()
process.on("message", (word) => {
  if (word === "look") void cell.look().then((look) => process.send?.(look))
  else void cell.stop().then(() => process.disconnect())
})
process.on("disconnect", () => process.exit())
process.send?.({ grpc: cell.grpc, http: cell.http })
