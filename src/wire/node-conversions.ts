/** Files and directories on the wire: opening, reading, writing, and who may. */
import { limits } from "../contract/limits.ts"
import {
  aclChangeToContract,
  aclChangeToWire,
  entryToContract,
  entryToWire,
  nodeRefToContract,
  nodeRefToWire,
  statToContract,
  statToWire,
} from "./facts.ts"
import { type Conversions, empty } from "./messages.ts"
import { name, optionalNumber, ownBytes, uint32, uint64 } from "./terms.ts"
import { createRules, handleModes, nodeKinds } from "./words.ts"

export const nodeConversions: Conversions<
  "open" | "close" | "getContentsAndStat" | "getStat" | "readDir" | "setContents" | "delete" | "setAcl" | "checkAccess"
> = {
  open: {
    writeRequest: ({ path, mode, create, nodeKind, ephemeral, sequential, contents, acl }) => ({
      path,
      mode: handleModes.toWire(mode),
      create: createRules.toWire(create),
      nodeKind: nodeKinds.toWire(nodeKind),
      ephemeral,
      sequential,
      contents,
      acl: aclChangeToWire(acl),
    }),
    readRequest: (message) => ({
      kind: "open",
      path: name(message.path),
      mode: handleModes.toContract(message.mode),
      create: createRules.toContract(message.create),
      nodeKind: nodeKinds.toContract(message.nodeKind),
      ephemeral: message.ephemeral,
      sequential: message.sequential,
      contents: ownBytes(message.contents),
      acl: aclChangeToContract(message.acl),
    }),
    writeResponse: ({ handle, created, stat }) => ({ handle, created, stat: statToWire(stat) }),
    readResponse: ({ handle, created, stat }) => ({ kind: "open", handle, created, stat: statToContract(stat) }),
  },
  close: {
    writeRequest: ({ handle }) => ({ handle }),
    readRequest: ({ handle }) => ({ kind: "close", handle }),
    writeResponse: () => empty,
    readResponse: () => ({ kind: "close" }),
  },
  getContentsAndStat: {
    writeRequest: ({ node }) => nodeRefToWire(node),
    readRequest: (message) => ({ kind: "getContentsAndStat", node: nodeRefToContract(message) }),
    writeResponse: ({ contents, stat }) => ({ contents, stat: statToWire(stat) }),
    readResponse: ({ contents, stat }) => ({
      kind: "getContentsAndStat",
      contents: ownBytes(contents),
      stat: statToContract(stat),
    }),
  },
  getStat: {
    writeRequest: ({ node }) => nodeRefToWire(node),
    readRequest: (message) => ({ kind: "getStat", node: nodeRefToContract(message) }),
    writeResponse: ({ stat }) => ({ stat: statToWire(stat) }),
    readResponse: ({ stat }) => ({ kind: "getStat", stat: statToContract(stat) }),
  },
  readDir: {
    writeRequest: ({ node, afterName, pageSize, recursive }) => ({
      ...nodeRefToWire(node),
      afterName,
      pageSize: uint32(pageSize),
      recursive,
    }),
    readRequest: (message) => ({
      kind: "readDir",
      node: nodeRefToContract(message),
      afterName: name(message.afterName),
      pageSize: message.pageSize === 0 ? limits.readDirPageMax : Math.min(message.pageSize, limits.readDirPageMax),
      recursive: message.recursive,
    }),
    writeResponse: ({ entries, more, stat }) => ({ entries: entries.map(entryToWire), more, stat: statToWire(stat) }),
    readResponse: (message) => {
      const stat = statToContract(message.stat)
      const entries = message.entries.map((entry) => entryToContract(stat.path, entry))
      return { kind: "readDir", entries, more: message.more, stat }
    },
  },
  setContents: {
    writeRequest: ({ node, contents, ifContentGeneration: generation }) => ({
      ...nodeRefToWire(node),
      contents,
      ...(generation === undefined ? empty : { ifContentGeneration: uint64(generation) }),
    }),
    readRequest: (message) => ({
      kind: "setContents",
      node: nodeRefToContract(message),
      contents: ownBytes(message.contents),
      ifContentGeneration: optionalNumber(message.ifContentGeneration),
    }),
    writeResponse: ({ stat }) => ({ stat: statToWire(stat) }),
    readResponse: ({ stat }) => ({ kind: "setContents", stat: statToContract(stat) }),
  },
  delete: {
    writeRequest: ({ node, ifContentGeneration: generation }) => ({
      ...nodeRefToWire(node),
      ...(generation === undefined ? empty : { ifContentGeneration: uint64(generation) }),
    }),
    readRequest: (message) => ({
      kind: "delete",
      node: nodeRefToContract(message),
      ifContentGeneration: optionalNumber(message.ifContentGeneration),
    }),
    writeResponse: () => empty,
    readResponse: () => ({ kind: "delete" }),
  },
  setAcl: {
    writeRequest: ({ node, acl, ifAclGeneration: generation }) => ({
      ...nodeRefToWire(node),
      acl: aclChangeToWire(acl),
      ...(generation === undefined ? empty : { ifAclGeneration: uint64(generation) }),
    }),
    readRequest: (message) => ({
      kind: "setAcl",
      node: nodeRefToContract(message),
      acl: aclChangeToContract(message.acl),
      ifAclGeneration: optionalNumber(message.ifAclGeneration),
    }),
    writeResponse: ({ stat }) => ({ stat: statToWire(stat) }),
    readResponse: ({ stat }) => ({ kind: "setAcl", stat: statToContract(stat) }),
  },
  checkAccess: {
    writeRequest: ({ path, right, principal }) => ({ path, right: handleModes.toWire(right), principal }),
    readRequest: ({ path, right, principal }) => ({
      kind: "checkAccess",
      path: name(path),
      right: handleModes.toContract(right),
      principal: name(principal),
    }),
    writeResponse: ({ allowed, reason }) => ({ allowed, reason }),
    readResponse: ({ allowed, reason }) => ({ kind: "checkAccess", allowed, reason }),
  },
}
