/**
 * Room for bytes that are let go soon: on their way to the disk, or to another replica. An array of its own costs half a
 * microsecond and a share in the next garbage collection, which was a third of what a write took; here many share one.
 * Each keeps all its neighbours in memory, so whatever is to last needs a copy of its own.
 */

const slabBytes = 16 * 1024
/** What is larger gets an array of its own: there is little to gain. */
const sharedBytesMax = slabBytes / 8

let slab = new Uint8Array(slabBytes)
let taken = 0

/** `length` zeros, which nobody else will change. */
export function passingBytes(length: number): Uint8Array {
  if (length > sharedBytesMax) return new Uint8Array(length)
  if (taken + length > slabBytes) {
    slab = new Uint8Array(slabBytes)
    taken = 0
  }
  taken += length
  return slab.subarray(taken - length, taken)
}
