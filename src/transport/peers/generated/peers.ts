import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AcceptInput as _beckon_v1_AcceptInput, Accept as _beckon_v1_Accept } from './beckon/v1/Accept.js';
import type { AcceptedInput as _beckon_v1_AcceptedInput, Accepted as _beckon_v1_Accepted } from './beckon/v1/Accepted.js';
import type { AcceptedViewInput as _beckon_v1_AcceptedViewInput, AcceptedView as _beckon_v1_AcceptedView } from './beckon/v1/AcceptedView.js';
import type { AcksInput as _beckon_v1_AcksInput, Acks as _beckon_v1_Acks } from './beckon/v1/Acks.js';
import type { AdmissionInput as _beckon_v1_AdmissionInput, Admission as _beckon_v1_Admission } from './beckon/v1/Admission.js';
import type { AdoptedRangeInput as _beckon_v1_AdoptedRangeInput, AdoptedRange as _beckon_v1_AdoptedRange } from './beckon/v1/AdoptedRange.js';
import type { AskViewInput as _beckon_v1_AskViewInput, AskView as _beckon_v1_AskView } from './beckon/v1/AskView.js';
import type { BallotInput as _beckon_v1_BallotInput, Ballot as _beckon_v1_Ballot } from './beckon/v1/Ballot.js';
import type { ClusterTermsInput as _beckon_v1_ClusterTermsInput, ClusterTerms as _beckon_v1_ClusterTerms } from './beckon/v1/ClusterTerms.js';
import type { CommandInput as _beckon_v1_CommandInput, Command as _beckon_v1_Command } from './beckon/v1/Command.js';
import type { CopyAckInput as _beckon_v1_CopyAckInput, CopyAck as _beckon_v1_CopyAck } from './beckon/v1/CopyAck.js';
import type { CopyLeaveInput as _beckon_v1_CopyLeaveInput, CopyLeave as _beckon_v1_CopyLeave } from './beckon/v1/CopyLeave.js';
import type { CopyMarkInput as _beckon_v1_CopyMarkInput, CopyMark as _beckon_v1_CopyMark } from './beckon/v1/CopyMark.js';
import type { CopyOfInput as _beckon_v1_CopyOfInput, CopyOf as _beckon_v1_CopyOf } from './beckon/v1/CopyOf.js';
import type { DecidedInput as _beckon_v1_DecidedInput, Decided as _beckon_v1_Decided } from './beckon/v1/Decided.js';
import type { EpochPartitionsInput as _beckon_v1_EpochPartitionsInput, EpochPartitions as _beckon_v1_EpochPartitions } from './beckon/v1/EpochPartitions.js';
import type { FailureInput as _beckon_v1_FailureInput, Failure as _beckon_v1_Failure } from './beckon/v1/Failure.js';
import type { FrameBatchInput as _beckon_v1_FrameBatchInput, FrameBatch as _beckon_v1_FrameBatch } from './beckon/v1/FrameBatch.js';
import type { FramesInput as _beckon_v1_FramesInput, Frames as _beckon_v1_Frames } from './beckon/v1/Frames.js';
import type { FreshAnswerInput as _beckon_v1_FreshAnswerInput, FreshAnswer as _beckon_v1_FreshAnswer } from './beckon/v1/FreshAnswer.js';
import type { FreshAskInput as _beckon_v1_FreshAskInput, FreshAsk as _beckon_v1_FreshAsk } from './beckon/v1/FreshAsk.js';
import type { GrantRowInput as _beckon_v1_GrantRowInput, GrantRow as _beckon_v1_GrantRow } from './beckon/v1/GrantRow.js';
import type { GrantsInput as _beckon_v1_GrantsInput, Grants as _beckon_v1_Grants } from './beckon/v1/Grants.js';
import type { GrantsTakenInput as _beckon_v1_GrantsTakenInput, GrantsTaken as _beckon_v1_GrantsTaken } from './beckon/v1/GrantsTaken.js';
import type { HeartbeatInput as _beckon_v1_HeartbeatInput, Heartbeat as _beckon_v1_Heartbeat } from './beckon/v1/Heartbeat.js';
import type { HeartbeatAckInput as _beckon_v1_HeartbeatAckInput, HeartbeatAck as _beckon_v1_HeartbeatAck } from './beckon/v1/HeartbeatAck.js';
import type { HelloInput as _beckon_v1_HelloInput, Hello as _beckon_v1_Hello } from './beckon/v1/Hello.js';
import type { HoldingsInput as _beckon_v1_HoldingsInput, Holdings as _beckon_v1_Holdings } from './beckon/v1/Holdings.js';
import type { HoldingsTakenInput as _beckon_v1_HoldingsTakenInput, HoldingsTaken as _beckon_v1_HoldingsTaken } from './beckon/v1/HoldingsTaken.js';
import type { InterestInput as _beckon_v1_InterestInput, Interest as _beckon_v1_Interest } from './beckon/v1/Interest.js';
import type { LineageAskInput as _beckon_v1_LineageAskInput, LineageAsk as _beckon_v1_LineageAsk } from './beckon/v1/LineageAsk.js';
import type { LineageRowInput as _beckon_v1_LineageRowInput, LineageRow as _beckon_v1_LineageRow } from './beckon/v1/LineageRow.js';
import type { LineagesInput as _beckon_v1_LineagesInput, Lineages as _beckon_v1_Lineages } from './beckon/v1/Lineages.js';
import type { LogSegmentInput as _beckon_v1_LogSegmentInput, LogSegment as _beckon_v1_LogSegment } from './beckon/v1/LogSegment.js';
import type { NodeIdentityInput as _beckon_v1_NodeIdentityInput, NodeIdentity as _beckon_v1_NodeIdentity } from './beckon/v1/NodeIdentity.js';
import type { OperatorAnswerInput as _beckon_v1_OperatorAnswerInput, OperatorAnswer as _beckon_v1_OperatorAnswer } from './beckon/v1/OperatorAnswer.js';
import type { OperatorRequestInput as _beckon_v1_OperatorRequestInput, OperatorRequest as _beckon_v1_OperatorRequest } from './beckon/v1/OperatorRequest.js';
import type { OrphansInput as _beckon_v1_OrphansInput, Orphans as _beckon_v1_Orphans } from './beckon/v1/Orphans.js';
import type { PeerFrameInput as _beckon_v1_PeerFrameInput, PeerFrame as _beckon_v1_PeerFrame } from './beckon/v1/PeerFrame.js';
import type { PeerMessageInput as _beckon_v1_PeerMessageInput, PeerMessage as _beckon_v1_PeerMessage } from './beckon/v1/PeerMessage.js';
import type { PeersClient as _beckon_v1_PeersClient, PeersDefinition as _beckon_v1_PeersDefinition } from './beckon/v1/Peers.js';
import type { PrepareInput as _beckon_v1_PrepareInput, Prepare as _beckon_v1_Prepare } from './beckon/v1/Prepare.js';
import type { PromiseInput as _beckon_v1_PromiseInput, Promise as _beckon_v1_Promise } from './beckon/v1/Promise.js';
import type { PushInput as _beckon_v1_PushInput, Push as _beckon_v1_Push } from './beckon/v1/Push.js';
import type { RecoverInput as _beckon_v1_RecoverInput, Recover as _beckon_v1_Recover } from './beckon/v1/Recover.js';
import type { RecoveredInput as _beckon_v1_RecoveredInput, Recovered as _beckon_v1_Recovered } from './beckon/v1/Recovered.js';
import type { RefusedInput as _beckon_v1_RefusedInput, Refused as _beckon_v1_Refused } from './beckon/v1/Refused.js';
import type { ReleaseInput as _beckon_v1_ReleaseInput, Release as _beckon_v1_Release } from './beckon/v1/Release.js';
import type { ReleaseTakenInput as _beckon_v1_ReleaseTakenInput, ReleaseTaken as _beckon_v1_ReleaseTaken } from './beckon/v1/ReleaseTaken.js';
import type { ReleasedMarkInput as _beckon_v1_ReleasedMarkInput, ReleasedMark as _beckon_v1_ReleasedMark } from './beckon/v1/ReleasedMark.js';
import type { ReplyInput as _beckon_v1_ReplyInput, Reply as _beckon_v1_Reply } from './beckon/v1/Reply.js';
import type { SeedInput as _beckon_v1_SeedInput, Seed as _beckon_v1_Seed } from './beckon/v1/Seed.js';
import type { ServingInput as _beckon_v1_ServingInput, Serving as _beckon_v1_Serving } from './beckon/v1/Serving.js';
import type { ServingTakenInput as _beckon_v1_ServingTakenInput, ServingTaken as _beckon_v1_ServingTaken } from './beckon/v1/ServingTaken.js';
import type { StampInput as _beckon_v1_StampInput, Stamp as _beckon_v1_Stamp } from './beckon/v1/Stamp.js';
import type { UnconfirmedGrantsInput as _beckon_v1_UnconfirmedGrantsInput, UnconfirmedGrants as _beckon_v1_UnconfirmedGrants } from './beckon/v1/UnconfirmedGrants.js';
import type { UnstampedCopiesInput as _beckon_v1_UnstampedCopiesInput, UnstampedCopies as _beckon_v1_UnstampedCopies } from './beckon/v1/UnstampedCopies.js';
import type { ViewInput as _beckon_v1_ViewInput, View as _beckon_v1_View } from './beckon/v1/View.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  beckon: {
    v1: {
      Accept: MessageTypeDefinition<_beckon_v1_AcceptInput, _beckon_v1_Accept>
      Accepted: MessageTypeDefinition<_beckon_v1_AcceptedInput, _beckon_v1_Accepted>
      AcceptedView: MessageTypeDefinition<_beckon_v1_AcceptedViewInput, _beckon_v1_AcceptedView>
      Acks: MessageTypeDefinition<_beckon_v1_AcksInput, _beckon_v1_Acks>
      Admission: MessageTypeDefinition<_beckon_v1_AdmissionInput, _beckon_v1_Admission>
      AdoptedRange: MessageTypeDefinition<_beckon_v1_AdoptedRangeInput, _beckon_v1_AdoptedRange>
      AskView: MessageTypeDefinition<_beckon_v1_AskViewInput, _beckon_v1_AskView>
      Ballot: MessageTypeDefinition<_beckon_v1_BallotInput, _beckon_v1_Ballot>
      ClusterTerms: MessageTypeDefinition<_beckon_v1_ClusterTermsInput, _beckon_v1_ClusterTerms>
      Command: MessageTypeDefinition<_beckon_v1_CommandInput, _beckon_v1_Command>
      CopyAck: MessageTypeDefinition<_beckon_v1_CopyAckInput, _beckon_v1_CopyAck>
      CopyLeave: MessageTypeDefinition<_beckon_v1_CopyLeaveInput, _beckon_v1_CopyLeave>
      CopyMark: MessageTypeDefinition<_beckon_v1_CopyMarkInput, _beckon_v1_CopyMark>
      CopyOf: MessageTypeDefinition<_beckon_v1_CopyOfInput, _beckon_v1_CopyOf>
      Decided: MessageTypeDefinition<_beckon_v1_DecidedInput, _beckon_v1_Decided>
      EpochPartitions: MessageTypeDefinition<_beckon_v1_EpochPartitionsInput, _beckon_v1_EpochPartitions>
      Failure: MessageTypeDefinition<_beckon_v1_FailureInput, _beckon_v1_Failure>
      FrameBatch: MessageTypeDefinition<_beckon_v1_FrameBatchInput, _beckon_v1_FrameBatch>
      Frames: MessageTypeDefinition<_beckon_v1_FramesInput, _beckon_v1_Frames>
      FreshAnswer: MessageTypeDefinition<_beckon_v1_FreshAnswerInput, _beckon_v1_FreshAnswer>
      FreshAsk: MessageTypeDefinition<_beckon_v1_FreshAskInput, _beckon_v1_FreshAsk>
      GrantRow: MessageTypeDefinition<_beckon_v1_GrantRowInput, _beckon_v1_GrantRow>
      Grants: MessageTypeDefinition<_beckon_v1_GrantsInput, _beckon_v1_Grants>
      GrantsTaken: MessageTypeDefinition<_beckon_v1_GrantsTakenInput, _beckon_v1_GrantsTaken>
      Heartbeat: MessageTypeDefinition<_beckon_v1_HeartbeatInput, _beckon_v1_Heartbeat>
      HeartbeatAck: MessageTypeDefinition<_beckon_v1_HeartbeatAckInput, _beckon_v1_HeartbeatAck>
      Hello: MessageTypeDefinition<_beckon_v1_HelloInput, _beckon_v1_Hello>
      Holdings: MessageTypeDefinition<_beckon_v1_HoldingsInput, _beckon_v1_Holdings>
      HoldingsTaken: MessageTypeDefinition<_beckon_v1_HoldingsTakenInput, _beckon_v1_HoldingsTaken>
      Interest: MessageTypeDefinition<_beckon_v1_InterestInput, _beckon_v1_Interest>
      LineageAsk: MessageTypeDefinition<_beckon_v1_LineageAskInput, _beckon_v1_LineageAsk>
      LineageRow: MessageTypeDefinition<_beckon_v1_LineageRowInput, _beckon_v1_LineageRow>
      Lineages: MessageTypeDefinition<_beckon_v1_LineagesInput, _beckon_v1_Lineages>
      LogSegment: MessageTypeDefinition<_beckon_v1_LogSegmentInput, _beckon_v1_LogSegment>
      NodeIdentity: MessageTypeDefinition<_beckon_v1_NodeIdentityInput, _beckon_v1_NodeIdentity>
      OperatorAnswer: MessageTypeDefinition<_beckon_v1_OperatorAnswerInput, _beckon_v1_OperatorAnswer>
      OperatorRequest: MessageTypeDefinition<_beckon_v1_OperatorRequestInput, _beckon_v1_OperatorRequest>
      Orphans: MessageTypeDefinition<_beckon_v1_OrphansInput, _beckon_v1_Orphans>
      PeerFrame: MessageTypeDefinition<_beckon_v1_PeerFrameInput, _beckon_v1_PeerFrame>
      PeerMessage: MessageTypeDefinition<_beckon_v1_PeerMessageInput, _beckon_v1_PeerMessage>
      Peers: SubtypeConstructor<typeof grpc.Client, _beckon_v1_PeersClient> & { service: _beckon_v1_PeersDefinition }
      Prepare: MessageTypeDefinition<_beckon_v1_PrepareInput, _beckon_v1_Prepare>
      Promise: MessageTypeDefinition<_beckon_v1_PromiseInput, _beckon_v1_Promise>
      Push: MessageTypeDefinition<_beckon_v1_PushInput, _beckon_v1_Push>
      Recover: MessageTypeDefinition<_beckon_v1_RecoverInput, _beckon_v1_Recover>
      Recovered: MessageTypeDefinition<_beckon_v1_RecoveredInput, _beckon_v1_Recovered>
      Refused: MessageTypeDefinition<_beckon_v1_RefusedInput, _beckon_v1_Refused>
      Release: MessageTypeDefinition<_beckon_v1_ReleaseInput, _beckon_v1_Release>
      ReleaseTaken: MessageTypeDefinition<_beckon_v1_ReleaseTakenInput, _beckon_v1_ReleaseTaken>
      ReleasedMark: MessageTypeDefinition<_beckon_v1_ReleasedMarkInput, _beckon_v1_ReleasedMark>
      Reply: MessageTypeDefinition<_beckon_v1_ReplyInput, _beckon_v1_Reply>
      Seed: MessageTypeDefinition<_beckon_v1_SeedInput, _beckon_v1_Seed>
      Serving: MessageTypeDefinition<_beckon_v1_ServingInput, _beckon_v1_Serving>
      ServingTaken: MessageTypeDefinition<_beckon_v1_ServingTakenInput, _beckon_v1_ServingTaken>
      Stamp: MessageTypeDefinition<_beckon_v1_StampInput, _beckon_v1_Stamp>
      UnconfirmedGrants: MessageTypeDefinition<_beckon_v1_UnconfirmedGrantsInput, _beckon_v1_UnconfirmedGrants>
      UnstampedCopies: MessageTypeDefinition<_beckon_v1_UnstampedCopiesInput, _beckon_v1_UnstampedCopies>
      View: MessageTypeDefinition<_beckon_v1_ViewInput, _beckon_v1_View>
    }
  }
}
