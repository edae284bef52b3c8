/**
 * Lint rules. Most of this file says one thing: the pure core reads no clock, rolls no dice, does no I/O and holds no
 * promise, so that a seed replays a whole cell. The import floors are checked by test/tidy.test.ts instead.
 */
import js from "@eslint/js"
import { defineConfig, globalIgnores } from "eslint/config"
import tseslint from "typescript-eslint"

const pureFolders = [
  "src/base",
  "src/contract",
  "src/paxos",
  "src/journal",
  "src/state-machine",
  "src/replica",
  "src/client/core",
]
const pure = pureFolders.map((folder) => `${folder}/**/*.ts`)

const asks = {
  time: "The core has no clock: `now` is an argument.",
  later: "The core never waits: it suggests `wakeAt`, and the host calls again.",
  dice: "The core has no dice of its own: take a Prng.",
  world: "The core knows nothing of the machine it runs on.",
  promise: "The core is synchronous: what happens later is a later input.",
  locale: "Strings are compared by code unit: what a locale says differs between machines.",
}

const forbiddenGlobals = [
  ...["Date", "performance"].map((name) => ({ name, message: asks.time })),
  ...["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"].map((name) => ({
    name,
    message: asks.later,
  })),
  ...["crypto"].map((name) => ({ name, message: asks.dice })),
  ...["process", "console", "globalThis", "Buffer", "fetch", "WeakRef", "FinalizationRegistry"].map((name) => ({
    name,
    message: asks.world,
  })),
  ...["queueMicrotask"].map((name) => ({ name, message: asks.promise })),
  ...["Intl"].map((name) => ({ name, message: asks.locale })),
]

const forbiddenSyntax = [
  { selector: ":function[async=true]", message: asks.promise },
  { selector: "AwaitExpression", message: asks.promise },
  { selector: "ForOfStatement[await=true]", message: asks.promise },
  { selector: "ImportExpression", message: asks.promise },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: asks.dice },
  {
    selector:
      "MemberExpression[object.name='Math']:not([property.name=/^(random|abs|ceil|clz32|floor|imul|max|min|round|sign|trunc)$/])",
    message: "Only the exact parts of Math: engines may differ in the rest.",
  },
  {
    selector: "BinaryExpression[operator='**']:not([left.type='Literal'][right.type='Literal'])",
    message: "Powers of numbers are not exact on every engine: write a literal, shift, or multiply.",
  },
  { selector: "MemberExpression[property.name='localeCompare']", message: asks.locale },
  { selector: "MemberExpression[property.name=/^toLocale/]", message: asks.locale },
  { selector: "ForInStatement", message: "Digit-like keys come in another order: iterate an array or a Map." },
]

const noDefaultExport = { selector: "ExportDefaultDeclaration", message: "Export by name: one thing, one name." }

export default defineConfig(
  globalIgnores(["dist/", "coverage/", ".mutants/", "src/wire/generated/", "claviger-data/", ".claviger/"]),

  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
  },

  js.configs.recommended,

  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/consistent-type-exports": ["error", { fixMixedExportsWithInlineTypeSpecifier: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/require-array-sort-compare": ["error", { ignoreStringArrays: true }],
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      // A `default` that ends in unreachable() still breaks the build when a kind is added; outside the core a
      // `default` may also mean "and anything else", as in a switch over error codes.
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // An async method without `await` is how a port with a promise in its type is met by something synchronous.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "no-restricted-syntax": ["error", noDefaultExport],
      eqeqeq: "error",
      "object-shorthand": "error",
    },
  },

  {
    name: "claviger/no-printing",
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**", "src/bin/**"],
    rules: { "no-console": "error" },
  },

  {
    name: "claviger/pure-core",
    files: pure,
    rules: {
      "no-restricted-globals": ["error", ...forbiddenGlobals, { name: "Promise", message: asks.promise }],
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^[^.]", message: "The core imports no package and nothing of Node." }] },
      ],
      "no-restricted-syntax": ["error", noDefaultExport, ...forbiddenSyntax],
      "no-console": "error",
    },
  },

  {
    name: "claviger/deferred-is-about-promises",
    files: ["src/base/deferred.ts"],
    rules: { "no-restricted-globals": ["error", ...forbiddenGlobals] },
  },

  {
    name: "claviger/portable-fence",
    files: ["src/fence/**/*.ts"],
    ignores: ["src/fence/node/**", "src/fence/guards/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["Buffer", "process", "global", "setImmediate", "clearImmediate"].map((name) => ({
          name,
          message: "The fence runs in browsers too; what needs Node belongs into src/fence/node or src/fence/guards.",
        })),
        { name: "Date", message: asks.time },
      ],
    },
  },

  {
    name: "claviger/tests",
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      // Tests read JSON off the wire and look into it; the expectation is the check.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
    },
  },

  {
    name: "claviger/configuration",
    files: ["vitest.config.ts"],
    rules: { "no-restricted-syntax": "off" },
  },

  {
    name: "claviger/plain-scripts",
    files: ["**/*.js", "**/*.mjs"],
    ignores: ["src/**"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly", Buffer: "readonly" } },
  },

  {
    name: "claviger/console",
    files: ["src/server/console/public/**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...["AbortController", "AbortSignal", "EventSource", "FormData", "Headers", "Request", "Response"],
          ...["TextDecoder", "TextEncoder", "URL", "URLSearchParams", "cancelAnimationFrame", "clearInterval"],
          ...["clearTimeout", "console", "document", "fetch", "history", "localStorage", "location", "navigator"],
          ...["performance", "requestAnimationFrame", "sessionStorage", "setInterval", "setTimeout", "window"],
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
)
