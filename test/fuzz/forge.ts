/**
 * `npm run forge -- [--count N] [--seed N]`: random and tampered sequencers, none of which may be taken for genuine.
 * Prints how each way to forge fared, and ends with 1 if anything was wrong.
 */
import { parseArgs } from "node:util"
import { tryForgeries } from "./try-forgeries.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now()) },
  },
})
const seed = Number(values.seed)
const count = Number(values.count)
console.log(`seed ${seed}, ${count} texts; again with: npm run forge -- --seed ${seed} --count ${count}`)

const beganAt = performance.now()
const onThousands = (done: number): void => {
  if (done % 100_000 === 0) console.error(`  ${done} texts, ${Math.round((performance.now() - beganAt) / 1000)} s`)
}
const { findings, tally, admittedCount, tweetnaclCount } = await tryForgeries({ seed, count, onThousands })
for (const [how, reasons] of [...tally].sort(([left], [right]) => (left < right ? -1 : 1))) {
  console.log(`${how.padEnd(44)} ${[...reasons].map(([reason, times]) => `${reason} ${times}`).join(", ")}`)
}
for (const finding of findings.slice(0, 20)) console.error(`WRONG: ${finding}`)
console.log(
  `${count} texts: ${findings.length} judged wrongly; a fence let ${admittedCount} in; ` +
    `tweetnacl agreed with Node on ${tweetnaclCount} of them`,
)
process.exitCode = findings.length === 0 ? 0 : 1
