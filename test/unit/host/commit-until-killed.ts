/** A process of its own: commits without end and tells of each commit that is durable. */
import { JournaledDisk } from "../../../src/host/journaled-disk.ts"

// A journal so short that it is stored every dozen commits.
const disk = await JournaledDisk.open(process.argv[2] ?? "", 64 * 1024)
for (let number = 0; ; number += 1) {
  const value = new Uint8Array(3_000).fill(number % 256)
  try {
    await disk.commit([
      { kind: "put", key: `left/${number}`, value },
      { kind: "put", key: `right/${number}`, value },
      { kind: "put", key: "latest", value: new TextEncoder().encode(String(number)) },
    ])
  } catch (error) {
    const again = await disk.commit([]).catch((reason: unknown) => reason)
    console.log(`failed ${(error as Error).name} ${again === error ? "for good" : "once"}`)
    await disk.close()
    break
  }
  console.log(`durable ${number}`)
}
