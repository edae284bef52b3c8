/**
 * Property tests draw the same examples in every run, so that a red test is red for everybody. To look further:
 * `PROPERTY_SEED=2 npx vitest run --project fast`.
 */
import fc from "fast-check"

fc.configureGlobal({ seed: Number(process.env["PROPERTY_SEED"] ?? 1) })
