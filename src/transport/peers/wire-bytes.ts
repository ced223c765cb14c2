/** Counts the bytes of one node's frames where they are made and read, before HTTP/2 and TLS add theirs. */
import { makeGenericClientConstructor, type MethodDefinition, type ServiceDefinition } from '@grpc/grpc-js';

export interface WireBytes {
  sent: number;
  received: number;
}

type Method = MethodDefinition<unknown, unknown>;

/** The same service, whose clients and servers add what they send and receive to `bytes`. */
export function countBytes<Service extends { service: object }>(
  { service }: Service,
  bytes: WireBytes,
): Service {
  const methods = Object.entries(service as Record<string, Method>).map(([name, method]) => [
    name,
    countMethod(method, bytes),
  ]);
  const counted = Object.fromEntries(methods) as ServiceDefinition;
  return makeGenericClientConstructor(counted, 'Peers') as unknown as Service;
}

function countMethod(method: Method, bytes: WireBytes): Method {
  const sending = (serialize: Method['requestSerialize']) => (value: unknown) => {
    const frame = serialize(value);
    bytes.sent += frame.length;
    return frame;
  };
  const receiving = (deserialize: Method['requestDeserialize']) => (frame: Buffer) => {
    bytes.received += frame.length;
    return deserialize(frame);
  };
  return {
    ...method,
    requestSerialize: sending(method.requestSerialize),
    requestDeserialize: receiving(method.requestDeserialize),
    responseSerialize: sending(method.responseSerialize),
    responseDeserialize: receiving(method.responseDeserialize),
  };
}
