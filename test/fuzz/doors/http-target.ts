/** The HTTP door, as a campaign sees it. */
import { ask } from "../../support/http-request.ts"
import type { Shot, Target } from "./campaign.ts"
import { HttpDrafts, type OpenApi } from "./http-drafts.ts"
import { shoot } from "./http-shots.ts"
import { judgeHttp } from "./http-verdicts.ts"
import { type HttpShot, drawHttpShot } from "./http-ways.ts"

/** `door`: as `host:port`. `isThorough`: with what takes its whole patience. */
export async function httpTarget(door: string, isThorough: boolean): Promise<Target> {
  const http = `http://${door}`
  const { json } = await ask(http, { path: "/v1/openapi.json" })
  const drafts = new HttpDrafts(json as OpenApi)
  return {
    draw: (dice, place, genuine) =>
      shotAt(door, drawHttpShot(dice, place, genuine, drafts, isThorough && place === "fuzz")),
    serves: async () => {
      const { status, bytes } = await ask(http, { path: "/v1/directories/fuzz" })
      return status === 200 ? undefined : `${status} ${bytes.toString()}`
    },
    close: () => undefined,
  }
}

function shotAt(door: string, shot: HttpShot): Shot {
  const bytes = Buffer.concat(shot.pieces)
  return {
    how: shot.how,
    written: JSON.stringify(bytes.subarray(0, 1_200).toString("latin1")),
    isSlow: shot.ending === "stall",
    isSingle: bytes.toString("latin1").split(" HTTP/1.").length === 2,
    fire: async () => judgeHttp(shot, await shoot(door, shot)),
  }
}
