/**
 * Two projects. `fast` holds what is a function of its inputs: units, scenarios, the simulator, the house rules.
 * `system` starts real processes and real disks, one file at a time, so that two cells never fight over the machine.
 */
import { defineConfig } from "vitest/config"

// Set by .ci/run, which takes its counts from this file instead of reading the terminal.
const reportFile = process.env["CLAVIGER_TEST_REPORT"]

export default defineConfig({
  test: {
    pool: "forks",
    reporters: reportFile === undefined ? ["default"] : ["default", ["json", { outputFile: reportFile }]],
    allowOnly: false,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/wire/generated/**"],
      reporter: ["text-summary", "html"],
    },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/system/**"],
          setupFiles: ["test/support/seeded-properties.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
