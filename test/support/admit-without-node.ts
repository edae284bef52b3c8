/**
 * What a resource in a browser would do with `claviger/fence`, in a process that has lost whatever Node has and browsers
 * don't: admit a genuine sequencer twice, refuse a spoilt one. Prints what came of it, as JSON.
 */
import { writeSync } from "node:fs"
import { Fence, fixedKeys } from "../../src/fence/index.ts"
import { encoded, jwkSet, TestKey } from "./sequencers.ts"

const key = new TestKey(1)
const genuine = key.sign()
const spoilt = genuine.replace(/^[^.]*/, encoded({ alg: "none" }))

const { process: kept } = globalThis
Object.assign(globalThis, { Buffer: undefined, process: undefined, global: undefined, setImmediate: undefined })
const fence = new Fence({ verifier: { keys: fixedKeys(jwkSet(key)) }, paths: "/ls/local/job" })
const admissions = [await fence.admit(genuine), await fence.admit(genuine), await fence.admit(spoilt)]
Object.assign(globalThis, { process: kept })

const inShort = admissions.map((admission) => (admission.kind === "refused" ? admission.reason : admission.kind))
writeSync(1, JSON.stringify(inShort))
