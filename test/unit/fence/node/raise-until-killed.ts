/** A process of its own: raises the mark of one lock without end, and tells of each that it was answered. */
import { fileMarks } from "../../../../src/fence/node/file-marks.ts"

const [directory = "", from = "1"] = process.argv.slice(2)
const marks = await fileMarks(directory)
for (let lockGeneration = Number(from); ; lockGeneration += 1) {
  const padding = "x".repeat(lockGeneration % 3_000)
  await marks.raise("job", { instance: 1, lockGeneration, epoch: 1, principal: `CN=${padding}` })
  console.log(lockGeneration)
}
