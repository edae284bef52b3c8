/** Whether the gRPC door has done what it should with one call, whatever that was. */
import { status } from "@grpc/grpc-js"
import { errorTable } from "../../../src/contract/errors.ts"
import { errorTrailer } from "../../../src/wire/error-details.ts"
import { errorDetailType } from "../../../src/wire/load.ts"
import type { GrpcHeard } from "./grpc-shots.ts"
import type { GrpcShot } from "./grpc-ways.ts"
import { type Verdict, granted, refused, unanswered, wrong } from "./verdicts.ts"

/** What is wrong below the messages the gRPC library says, without a detail of ours, and as gRPC prescribes. */
const libraryCodes: ReadonlySet<number> = new Set([
  ...[status.UNIMPLEMENTED, status.RESOURCE_EXHAUSTED, status.DEADLINE_EXCEEDED, status.CANCELLED],
])
const libraryInternals = [/^Invalid grpc-timeout value /, /^Failed to decompress message$/]

export function judgeGrpc(shot: GrpcShot, heard: GrpcHeard): Verdict {
  switch (heard.kind) {
    case "silent":
      return wrong("silence", "neither an answer nor an end")
    case "cancelled":
      return unanswered("cancelled")
    case "closed":
      if (shot.kind === "bytes") return unanswered("the connection ended")
      if (shot.ending === "insist" && !isSpoiltHttp(shot.how)) return wrong("reset", `no answer, but ${heard.reason}`)
      return unanswered("reset")
    case "answered":
      return judgeAnswer(heard, shot.kind === "call" && !String(shot.headers[":path"]).startsWith("/claviger."))
  }
}

/** HTTP/2 itself resets what has such headers. */
function isSpoiltHttp(how: string): boolean {
  return ["odd metadata", "another method", "not a POST", "an odd media type", "an odd deadline"].includes(how)
}

/** `isForeign`: the service is the library's own. */
function judgeAnswer({ headers }: Extract<GrpcHeard, { kind: "answered" }>, isForeign: boolean): Verdict {
  if (Number(headers[":status"]) !== 200) return refused(`HTTP ${Number(headers[":status"])}`)
  const code = Number(headers["grpc-status"])
  const name = status[code]
  const sentence = decodeURI(String(headers["grpc-message"] ?? ""))
  if (name === undefined) return wrong(String(code), "a status that gRPC does not have")
  if (code === (status.OK as number)) return granted("OK")
  const trailer = headers[errorTrailer]
  if (typeof trailer !== "string") {
    const isLibrary =
      (isForeign && code !== (status.UNKNOWN as number)) ||
      libraryCodes.has(code) ||
      (code === (status.INTERNAL as number) && libraryInternals.some((one) => one.test(sentence)))
    const isRefused = code !== (status.DEADLINE_EXCEEDED as number) && code !== (status.CANCELLED as number)
    return isLibrary ? refused(`${name} of the library`, isRefused) : wrong(name, `no detail: ${sentence}`)
  }
  const told = errorDetailType.deserialize(Buffer.from(trailer, "base64"))
  const ownCode = String(told.code).slice("ERROR_CODE_".length) as keyof typeof errorTable
  const label = `${name} ${ownCode}`
  if (!Object.hasOwn(errorTable, ownCode) || errorTable[ownCode].grpc !== name)
    return wrong(label, "code and status differ")
  if (ownCode === "INTERNAL" || ownCode === "DATA_CORRUPT") return wrong(label, told.detail)
  return refused(label, !told.unknownOutcome && ownCode !== "DEADLINE_EXCEEDED")
}
