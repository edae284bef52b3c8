/** The public keys of the cell as a JWK set (RFC 7517): with them anybody can verify its sequencers, asking nobody. */
import { createHash } from "node:crypto"
import { isListed } from "../etag.ts"
import { sendDoorProblem } from "../problem.ts"
import type { Resource } from "../resource.ts"
import { answer, closed, list, nothing, problem, query, text } from "../schemas.ts"

/** A key is published well before it signs, so that a set of this age is never too old. */
const maxAgeSeconds = 300

const jwk = closed({ kty: text, crv: text, alg: text, use: text, kid: text, x: text })

export const keySet: Resource = (fastify, { publicKeys }) => {
  fastify.get(
    "/.well-known/jwks.json",
    {
      config: { access: "anyone" },
      schema: {
        ...{ tags: ["sequencers"], querystring: query({}) },
        summary: "The public keys by which sequencers of this cell are verified",
        response: {
          200: answer("A JWK set.", closed({ keys: list(jwk) })),
          304: nothing("If-None-Match names the present set."),
          default: problem,
        },
      },
    },
    (request, reply) => {
      const keys = publicKeys()
      // An empty set would be believed, and kept.
      if (keys.length === 0) return sendDoorProblem(reply, "NOT_READY", "This replica has not learned the keys yet.")
      const kids = keys.map(({ kid }) => kid).join()
      const etag = `"${createHash("sha256").update(kids).digest("base64url").slice(0, 16)}"`
      void reply.header("etag", etag).header("cache-control", `public, max-age=${maxAgeSeconds}`)
      const known = request.headers["if-none-match"]
      return known !== undefined && isListed(known, etag) ? reply.code(304).send() : { keys }
    },
  )
}
