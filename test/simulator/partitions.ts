/**
 * Shapes of broken networks. Each is a list of directed links to cut. The partial ones are those that are known to upset
 * leader election: see "Omni-Paxos" (EuroSys 2023, section 2) for chain and quorum-loss, and Cloudflare's outage of
 * November 2020 for the triangle.
 */
import type { Prng } from "../../src/base/prng.ts"
import type { Endpoint } from "../../src/testing/network.ts"

export type PartitionShape =
  /** The pivot (the master, if there is one) sees nobody. */
  | "alone"
  /** The pivot and one other on one side. */
  | "pair"
  /** Two random sides. */
  | "halves"
  /** Three random groups. */
  | "thirds"
  /** Two sides that only one replica still connects. */
  | "bridge"
  /** Each replica sees only its neighbours in a row. */
  | "chain"
  /** Everybody sees one replica, which is not the pivot, and nobody else: the pivot has lost its quorum. */
  | "star"
  /** The pivot can't see one replica; everybody else sees both. */
  | "triangle"
  /** One direction of one link. */
  | "oneWay"
  /** The pivot hears everybody and is heard by nobody. */
  | "mute"
  /** The pivot is heard by everybody and hears nobody. */
  | "deaf"
  /** Each direction of each link, by the dice. */
  | "random"

export const partitionShapes: readonly PartitionShape[] = [
  ...(["alone", "pair", "halves", "thirds", "bridge", "chain"] as const),
  ...(["star", "triangle", "oneWay", "mute", "deaf", "random"] as const),
]

export type Cut = readonly [from: Endpoint, to: Endpoint]

export function cutsOf(shape: PartitionShape, replicas: readonly Endpoint[], pivot: Endpoint, dice: Prng): Cut[] {
  const others = dice.shuffle(replicas.filter((replica) => replica !== pivot))
  const other = others[0] ?? pivot
  const all = [pivot, ...others]
  switch (shape) {
    case "alone":
      return apart([[pivot], others])
    case "pair":
      return apart([[pivot, other], others.slice(1)])
    case "halves":
      return apart(split(dice.shuffle([...all]), 2, dice))
    case "thirds":
      return apart(split(dice.shuffle([...all]), 3, dice))
    case "bridge":
      return apart(split(others, 2, dice))
    case "chain":
      return cutUnless(dice.shuffle([...all]), (left, right) => Math.abs(left - right) === 1)
    case "star":
      return cutUnless([other, pivot, ...others.slice(1)], (left, right) => left === 0 || right === 0)
    case "triangle":
      return apart([[pivot], [other]])
    case "oneWay":
      return [dice.chance(1, 2) ? [pivot, other] : [other, pivot]]
    case "mute":
      return others.map((replica): Cut => [pivot, replica])
    case "deaf":
      return others.map((replica): Cut => [replica, pivot])
    case "random": {
      const percent = dice.between(10, 70)
      return pairs(all).filter(() => dice.chance(percent, 100))
    }
  }
}

function pairs(replicas: readonly Endpoint[]): Cut[] {
  return replicas.flatMap((from) => replicas.filter((to) => to !== from).map((to): Cut => [from, to]))
}

/** Cuts every link between two different groups. Replicas in no group keep all theirs. */
function apart(groups: readonly (readonly Endpoint[])[]): Cut[] {
  return pairs(groups.flat()).filter(
    ([from, to]) => groups.find((group) => group.includes(from)) !== groups.find((group) => group.includes(to)),
  )
}

/** Cuts every link that `keep` does not want, told by the places of its two ends in `row`. */
function cutUnless(row: readonly Endpoint[], keep: (left: number, right: number) => boolean): Cut[] {
  return pairs(row).filter(([from, to]) => !keep(row.indexOf(from), row.indexOf(to)))
}

function split(row: readonly Endpoint[], count: number, dice: Prng): Endpoint[][] {
  const groups: Endpoint[][] = Array.from({ length: count }, () => [])
  row.forEach((replica, place) => {
    // The first ones make sure that no group is empty.
    groups[place < count ? place : dice.below(count)]?.push(replica)
  })
  return groups
}
