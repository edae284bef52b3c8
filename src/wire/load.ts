/**
 * The one place that reads proto files. They are shipped beside the code and found from this module's own address, so
 * the same lines serve `src/wire` and `dist/wire`. How 64-bit numbers, enums and missing fields look in JavaScript is
 * decided here, and `npm run gen` generates types for exactly these options.
 */
import { fileURLToPath } from "node:url"
import { type MessageTypeDefinition, type Options, type PackageDefinition, loadSync } from "@grpc/proto-loader"
import type { AdminServiceDefinition } from "./generated/claviger/admin/v1/AdminService.ts"
import type { ErrorDetail, ErrorDetail__Output } from "./generated/claviger/v1/ErrorDetail.ts"
import type { LockServiceDefinition } from "./generated/claviger/v1/LockService.ts"

const protoFolder = fileURLToPath(new URL("../../proto/", import.meta.url))

const options: Options = {
  includeDirs: [protoFolder],
  // As numbers, 64-bit fields above 2^53 - 1 would lose digits in silence. As text they can be looked at first.
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
}

/** Every message and service of a file, by its full name. `file` is relative to `proto/`. */
function loadPackage(file: string): PackageDefinition {
  return loadSync(file, options)
}

export const lockServicePackage: PackageDefinition = loadPackage("claviger/v1/lock_service.proto")
export const adminPackage: PackageDefinition = loadPackage("claviger/admin/v1/admin.proto")

// The loader types all services and messages alike. The types below were generated from the same files, which is what
// makes the casts true; `npm run gen:check` keeps it so.

/** `claviger.v1.LockService`: paths of the calls, and the functions that turn their messages to bytes and back. */
export const lockService: LockServiceDefinition = lockServicePackage[
  "claviger.v1.LockService"
] as object as LockServiceDefinition

/** `claviger.admin.v1.AdminService`, likewise. */
export const adminService: AdminServiceDefinition = adminPackage[
  "claviger.admin.v1.AdminService"
] as object as AdminServiceDefinition

/** For the binary trailer of a refused call. */
export const errorDetailType: MessageTypeDefinition<ErrorDetail, ErrorDetail__Output> = lockServicePackage[
  "claviger.v1.ErrorDetail"
] as MessageTypeDefinition<ErrorDetail, ErrorDetail__Output>
