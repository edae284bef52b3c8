/** Many writes, quickly: what has to be there before something else is measured. */
import type { BenchClient } from "../bench-client.ts"
import { contentsBytes } from "../workload.ts"

const outstanding = 256

export async function writeMany(
  client: BenchClient,
  count: number,
  options: { readonly keyOf: (number: number) => string; readonly onThousands?: (done: number) => void },
): Promise<void> {
  let next = 0
  let done = 0
  const run = async (): Promise<void> => {
    while (next < count) {
      const number = next
      next += 1
      await client.write(options.keyOf(number), new Uint8Array(contentsBytes).fill(number))
      done += 1
      if (done % 20_000 === 0) options.onThousands?.(done)
    }
  }
  await Promise.all(Array.from({ length: outstanding }, run))
}
