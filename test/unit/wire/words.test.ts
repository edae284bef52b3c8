/** Every word of the wire's enums has one meaning here, and every word of the contract one spelling there. */
import { describe, expect, test } from "vitest"
import { ChangeKind } from "../../../src/wire/generated/claviger/v1/ChangeKind.ts"
import { CreateRule } from "../../../src/wire/generated/claviger/v1/CreateRule.ts"
import { HandleMode } from "../../../src/wire/generated/claviger/v1/HandleMode.ts"
import { LockMode } from "../../../src/wire/generated/claviger/v1/LockMode.ts"
import { NodeCounter } from "../../../src/wire/generated/claviger/v1/NodeCounter.ts"
import { NodeKind } from "../../../src/wire/generated/claviger/v1/NodeKind.ts"
import { Scope } from "../../../src/wire/generated/claviger/v1/Scope.ts"
import {
  type Vocabulary,
  changeKinds,
  createRules,
  handleModes,
  lockModes,
  nodeCounters,
  nodeKinds,
  scopes,
} from "../../../src/wire/words.ts"

const vocabularies: readonly (readonly [string, object, Vocabulary<string, string>])[] = [
  ["lock modes", LockMode, lockModes],
  ["handle modes", HandleMode, handleModes],
  ["create rules", CreateRule, createRules],
  ["node kinds", NodeKind, nodeKinds],
  ["counters", NodeCounter, nodeCounters],
  ["scopes", Scope, scopes],
  ["kinds of changes", ChangeKind, changeKinds],
]

describe.each(vocabularies)("%s", (_, wireEnum, vocabulary) => {
  test("are known one and all", () => {
    const named = Object.keys(wireEnum).filter((word) => !word.endsWith("_UNSPECIFIED"))
    expect(named.map((word) => vocabulary.toWire(vocabulary.toContract(word)))).toEqual(named)
  })
})
