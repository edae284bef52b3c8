/** How many entries of a list a caller gets at once: as over gRPC, zero or too many means as many as a page may hold. */
export function pageSizeOf(limit: string | undefined, most: number): number {
  const wanted = Number(limit ?? 0)
  return wanted === 0 ? most : Math.min(wanted, most)
}
