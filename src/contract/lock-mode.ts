/** Advisory lock modes (Chubby paper, 2.4): one exclusive holder, or any number of shared ones. */
export type LockMode = "exclusive" | "shared"

export const lockModes: readonly LockMode[] = ["exclusive", "shared"]

export function isCompatible(held: LockMode, wanted: LockMode): boolean {
  return held === "shared" && wanted === "shared"
}
