/**
 * Messages that can't be decoded are refused like any other bad argument. Left to itself the gRPC library would call
 * them a mistake of the server, and a caller would look for it in our logs.
 */
import {
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js"
import { refuse } from "../../contract/errors.ts"
import { statusOf } from "../../wire/error-details.ts"

/** Takes the place of the message, as far as `refuseUnreadable`. */
class Unreadable {}

/** The same service, whose requests can always be decoded. To be served behind `refuseUnreadable` only. */
export function withAnyBytesRead<Service extends ServiceDefinition>(service: Service): Service {
  const methods = Object.entries(service as ServiceDefinition<UntypedServiceImplementation>).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return method.requestDeserialize(bytes) as unknown
      } catch {
        return new Unreadable()
      }
    }
    return [name, { ...method, requestDeserialize }] as const
  })
  return Object.fromEntries(methods) as Service
}

export const refuseUnreadable: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) => {
      next({
        onReceiveMessage: (message: unknown, proceed) => {
          if (!(message instanceof Unreadable)) proceed(message)
          else call.sendStatus(statusOf(refuse("INVALID_ARGUMENT", "The bytes of the message are no message.")))
        },
      })
    },
  })
