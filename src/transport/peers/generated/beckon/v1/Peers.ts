// Original file: proto/beckon/v1/peers.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { OperatorAnswerInput as _beckon_v1_OperatorAnswerInput, OperatorAnswer as _beckon_v1_OperatorAnswer } from '../../beckon/v1/OperatorAnswer.js';
import type { OperatorRequestInput as _beckon_v1_OperatorRequestInput, OperatorRequest as _beckon_v1_OperatorRequest } from '../../beckon/v1/OperatorRequest.js';
import type { PeerFrameInput as _beckon_v1_PeerFrameInput, PeerFrame as _beckon_v1_PeerFrame } from '../../beckon/v1/PeerFrame.js';

export interface PeersClient extends grpc.Client {
  Exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame>;
  Exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame>;
  exchange(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame>;
  exchange(options?: grpc.CallOptions): grpc.ClientDuplexStream<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame>;

  Operate(argument: _beckon_v1_OperatorRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  Operate(argument: _beckon_v1_OperatorRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  Operate(argument: _beckon_v1_OperatorRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  Operate(argument: _beckon_v1_OperatorRequestInput, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  operate(argument: _beckon_v1_OperatorRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  operate(argument: _beckon_v1_OperatorRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  operate(argument: _beckon_v1_OperatorRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;
  operate(argument: _beckon_v1_OperatorRequestInput, callback: grpc.requestCallback<_beckon_v1_OperatorAnswer>): grpc.ClientUnaryCall;

}

export interface PeersHandlers extends grpc.UntypedServiceImplementation {
  Exchange: grpc.handleBidiStreamingCall<_beckon_v1_PeerFrame, _beckon_v1_PeerFrameInput>;

  Operate: grpc.handleUnaryCall<_beckon_v1_OperatorRequest, _beckon_v1_OperatorAnswerInput>;

}

export interface PeersDefinition extends grpc.ServiceDefinition {
  Exchange: MethodDefinition<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame, _beckon_v1_PeerFrame>
  Operate: MethodDefinition<_beckon_v1_OperatorRequestInput, _beckon_v1_OperatorAnswerInput, _beckon_v1_OperatorRequest, _beckon_v1_OperatorAnswer>
}
