/**
 * The unary calls, by the kind of their operation. To be used with `Client.makeUnaryRequest`: a client made from the
 * whole service would have its own `close` hidden by the call of that name.
 */
import type { MethodDefinition } from "@grpc/proto-loader"
import type { OperationKind } from "../contract/requests.ts"
import { lockService } from "./load.ts"
import type { RequestRead, RequestWritten, ResponseRead, ResponseWritten } from "./messages.ts"

export type UnaryMethod<Kind extends OperationKind> = MethodDefinition<
  RequestWritten<Kind>,
  ResponseWritten<Kind>,
  RequestRead<Kind>,
  ResponseRead<Kind>
>

export const unaryMethods: { readonly [Kind in OperationKind]: UnaryMethod<Kind> } = {
  createSession: lockService.CreateSession,
  keepAlive: lockService.KeepAlive,
  closeSession: lockService.CloseSession,
  subscribe: lockService.Subscribe,
  unsubscribe: lockService.Unsubscribe,
  resume: lockService.Resume,
  listSessions: lockService.ListSessions,
  open: lockService.Open,
  close: lockService.Close,
  getContentsAndStat: lockService.GetContentsAndStat,
  getStat: lockService.GetStat,
  readDir: lockService.ReadDir,
  setContents: lockService.SetContents,
  delete: lockService.Delete,
  setAcl: lockService.SetAcl,
  checkAccess: lockService.CheckAccess,
  transact: lockService.Transact,
  acquire: lockService.Acquire,
  tryAcquire: lockService.TryAcquire,
  cancelAcquire: lockService.CancelAcquire,
  release: lockService.Release,
  getLock: lockService.GetLock,
  getSequencer: lockService.GetSequencer,
  checkSequencer: lockService.CheckSequencer,
  rotateSigningKeys: lockService.RotateSigningKeys,
}
