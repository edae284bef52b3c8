/**
 * The generated types as the other floors see them, and which message belongs to which operation. The names of the cases
 * of the wire's two `oneof`s are the kinds of the contract, so the message types can be looked up by kind. An operation
 * added to the contract alone stops the build here, one added to the wire alone stops it where the cases are read.
 */
import type { OperationKind } from "../contract/requests.ts"
import type { Call, Call__Output } from "./generated/claviger/v1/Call.ts"
import type { Result, Result__Output } from "./generated/claviger/v1/Result.ts"
import type { ClientMessage__Output } from "./generated/claviger/v1/ClientMessage.ts"
import type { ServerMessage, ServerMessage__Output } from "./generated/claviger/v1/ServerMessage.ts"
import type { SignedAnswer, SignedOperation } from "./signed-forms.ts"

export type { AdminServiceHandlers } from "./generated/claviger/admin/v1/AdminService.ts"
export type { LockServiceHandlers } from "./generated/claviger/v1/LockService.ts"

/** What a `Connect` stream carries, as a client reads it, and as a replica reads and writes it. */
export type ServerMessageRead = ServerMessage__Output
export type ClientMessageRead = ClientMessage__Output
export type ServerMessageWritten = ServerMessage
export type CallRead = Call__Output
export type ResultWritten = Result

/** A request as read from the wire, and as handed to it. */
export type RequestRead<Kind extends OperationKind> = NonNullable<Call__Output[Kind]>
export type RequestWritten<Kind extends OperationKind> = NonNullable<Call[Kind]>

/** A response as read from the wire, and as handed to it. */
export type ResponseRead<Kind extends OperationKind> = NonNullable<Result__Output[Kind]>
export type ResponseWritten<Kind extends OperationKind> = NonNullable<Result[Kind]>

export type OperationOf<Kind extends OperationKind> = Extract<SignedOperation, { kind: Kind }>
export type AnswerOf<Kind extends OperationKind> = Extract<SignedAnswer, { kind: Kind }>

/** How an operation and its answer cross the wire, there and back. What can't be read raises `MalformedMessageError`. */
interface Conversion<Kind extends OperationKind> {
  readonly writeRequest: (operation: OperationOf<Kind>) => RequestWritten<Kind>
  readonly readRequest: (message: RequestRead<Kind>) => OperationOf<Kind>
  readonly writeResponse: (answer: AnswerOf<Kind>) => ResponseWritten<Kind>
  readonly readResponse: (message: ResponseRead<Kind>) => AnswerOf<Kind>
}

export type Conversions<Kinds extends OperationKind> = { readonly [Kind in Kinds]: Conversion<Kind> }

/** Of a message in which nothing is said beside its header. */
export const empty: Record<string, never> = Object.freeze({})
