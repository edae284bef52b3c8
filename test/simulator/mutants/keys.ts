/** Planted bugs of the keys that sign sequencers. */
import { inWholeSystem } from "./mutant.ts"

export const keyMutants = inWholeSystem([
  {
    name: "retired-key-dropped-early",
    why: "the sequencer of a lock that is still held is refused two rotations later",
    patches: [
      {
        file: "src/state-machine/key-rotation.ts",
        find: `return state !== "retired" || (oldest !== undefined && oldest.holder.since <= retiredIn)`,
        replace: `return state !== "retired" || retiredIn < 0`,
      },
    ],
  },
  {
    name: "retired-keys-forgotten-at-the-door",
    why: "after a rotation the door knows the key that signs now, and not those that have signed",
    patches: [
      {
        file: "src/server/keyring.ts",
        find: "secrets.map((",
        replace: `secrets.filter(({ state }) => state !== "retired").map((`,
      },
    ],
  },
])
