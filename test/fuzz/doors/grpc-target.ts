/** The gRPC door, as a campaign sees it. */
import type { Shot, Target } from "./campaign.ts"
import { methods } from "./grpc-drafts.ts"
import { GrpcShots } from "./grpc-shots.ts"
import { judgeGrpc } from "./grpc-verdicts.ts"
import { type GrpcShot, drawGrpcShot } from "./grpc-ways.ts"

/** `door`: as `host:port`. `isThorough`: with what takes its whole patience. */
export function grpcTarget(door: string, isThorough: boolean): Target {
  const shots = new GrpcShots(door, isThorough)
  return {
    draw: (dice, place, genuine) => shotBy(shots, drawGrpcShot(dice, place, genuine)),
    serves: async () => {
      const verdict = await shotBy(shots, plainCall).fire()
      return verdict.label === "OK" ? undefined : verdict.label
    },
    close: () => shots.close(),
  }
}

function shotBy(shots: GrpcShots, shot: GrpcShot): Shot {
  const path = shot.kind === "call" ? JSON.stringify(shot.headers) : ""
  return {
    how: shot.how,
    written: `${path} ${shot.bytes.subarray(0, 600).toString("hex")}`,
    isSlow: shot.kind === "bytes",
    isSingle: true,
    fire: async () => judgeGrpc(shot, await shots.shoot(shot)),
  }
}

/** Asks how the replica is. */
const plainCall: GrpcShot = {
  ...{ kind: "call", how: "plain", bytes: Buffer.alloc(5), ending: "insist" },
  headers: {
    ...{ ":method": "POST", ":path": methods.find(({ path }) => path.endsWith("/GetStatus"))?.path },
    ...{ "content-type": "application/grpc", te: "trailers" },
  },
}
