/** Whether the HTTP door has done what it should with one shot, whatever that was. */
import { errorTable } from "../../../src/contract/errors.ts"
import { doorProblems } from "../../../src/server/http/problem.ts"
import type { HttpAnswer } from "./http-answers.ts"
import type { Heard } from "./http-shots.ts"
import type { HttpShot } from "./http-ways.ts"
import { type Verdict, granted, refused, unanswered, wrong } from "./verdicts.ts"

const statuses: ReadonlyMap<string, number> = new Map([
  ...Object.entries(errorTable).map(([code, { http }]) => [code, http] as const),
  ...Object.entries(doorProblems),
])

export function judgeHttp(shot: HttpShot, heard: Heard): Verdict {
  switch (heard.kind) {
    case "left":
      return unanswered("nobody waited")
    case "silent":
      // While answers wait behind that of a request which itself waits, Node reads no further, and sees no end.
      if (shot.mayPark && shot.answers > 1) return unanswered("waiting behind others")
      return wrong("silence", "neither an answer nor an end")
    case "closed":
      if (shot.ending === "insist" && !shot.mayPark) return wrong("hung up", "hung up without an answer")
      return first(heard.answers.map(judgeAnswer)) ?? unanswered("hung up")
    case "answered": {
      const verdicts = heard.answers.map((answer) => judgeAnswer(answer))
      const label = heard.answers.length > 1 ? "several" : undefined
      const verdict = first(verdicts) ?? wrong("nothing", "answered by nothing")
      return label === undefined || verdict.wrong !== undefined ? verdict : unanswered(label)
    }
  }
}

/** The first that is wrong, or else the first. */
function first(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdicts.find((verdict) => verdict.wrong !== undefined) ?? verdicts[0]
}

function judgeAnswer({ status, headers, body }: HttpAnswer): Verdict {
  const type = headers.get("content-type") ?? ""
  if (status < 400) return judgeGranted(status, type, body)
  const isProblem = type.startsWith("application/problem+json")
  const told = jsonIn(body)
  const picture = status === 503 && type.startsWith("application/json")
  if (picture && "replicas" in told) return refused("503")
  if (!isProblem) return wrong(String(status), `a refusal as ${type === "" ? "nothing" : type}: ${brief(body)}`)
  // To a HEAD there is no more to be said.
  if (body.length === 0) return refused(`${status} without a body`)
  const code = String(told["code"])
  const label = `${status} ${code}`
  if (status === 500) return wrong(label, `a mistake of its own: ${brief(body)}`)
  if (told["status"] !== status || statuses.get(code) !== status)
    return wrong(label, `code and status differ: ${brief(body)}`)
  if (typeof told["detail"] !== "string" || typeof told["title"] !== "string")
    return wrong(label, "no sentence for people")
  if (body.length > 24_000) return wrong(label, `a refusal of ${body.length} bytes`)
  return refused(label, told["unknownOutcome"] !== true && code !== "DEADLINE_EXCEEDED")
}

function judgeGranted(status: number, type: string, body: Buffer): Verdict {
  const isGarbled = type.startsWith("application/json") && body.length > 0 && jsonIn(body) === none
  return isGarbled ? wrong(String(status), `JSON that is none: ${brief(body)}`) : granted(String(status))
}

const none: Readonly<Record<string, unknown>> = {}

function jsonIn(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : none
  } catch {
    return none
  }
}

function brief(body: Buffer): string {
  return JSON.stringify(body.subarray(0, 200).toString())
}
