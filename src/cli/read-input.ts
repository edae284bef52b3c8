/** Reads a stream of bytes without trusting that it ends, or that what it holds fits into memory. */

/** At most `bytesMax` bytes from the beginning; the stream is given up when it has more. */
export async function readAtMost(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(chunk.subarray(0, bytesMax - length))
    length += chunk.length
    if (length >= bytesMax) break
  }
  return Buffer.concat(chunks)
}
