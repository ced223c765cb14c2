// Original file: proto/beckon/v1/peers.proto

import type { HeartbeatInput as _beckon_v1_HeartbeatInput, Heartbeat as _beckon_v1_Heartbeat } from '../../beckon/v1/Heartbeat.js';
import type { HeartbeatAckInput as _beckon_v1_HeartbeatAckInput, HeartbeatAck as _beckon_v1_HeartbeatAck } from '../../beckon/v1/HeartbeatAck.js';
import type { FreshAskInput as _beckon_v1_FreshAskInput, FreshAsk as _beckon_v1_FreshAsk } from '../../beckon/v1/FreshAsk.js';
import type { FreshAnswerInput as _beckon_v1_FreshAnswerInput, FreshAnswer as _beckon_v1_FreshAnswer } from '../../beckon/v1/FreshAnswer.js';
import type { PrepareInput as _beckon_v1_PrepareInput, Prepare as _beckon_v1_Prepare } from '../../beckon/v1/Prepare.js';
import type { PromiseInput as _beckon_v1_PromiseInput, Promise as _beckon_v1_Promise } from '../../beckon/v1/Promise.js';
import type { AcceptInput as _beckon_v1_AcceptInput, Accept as _beckon_v1_Accept } from '../../beckon/v1/Accept.js';
import type { AcceptedInput as _beckon_v1_AcceptedInput, Accepted as _beckon_v1_Accepted } from '../../beckon/v1/Accepted.js';
import type { RefusedInput as _beckon_v1_RefusedInput, Refused as _beckon_v1_Refused } from '../../beckon/v1/Refused.js';
import type { AskViewInput as _beckon_v1_AskViewInput, AskView as _beckon_v1_AskView } from '../../beckon/v1/AskView.js';
import type { DecidedInput as _beckon_v1_DecidedInput, Decided as _beckon_v1_Decided } from '../../beckon/v1/Decided.js';
import type { RecoverInput as _beckon_v1_RecoverInput, Recover as _beckon_v1_Recover } from '../../beckon/v1/Recover.js';
import type { RecoveredInput as _beckon_v1_RecoveredInput, Recovered as _beckon_v1_Recovered } from '../../beckon/v1/Recovered.js';
import type { HoldingsInput as _beckon_v1_HoldingsInput, Holdings as _beckon_v1_Holdings } from '../../beckon/v1/Holdings.js';
import type { HoldingsTakenInput as _beckon_v1_HoldingsTakenInput, HoldingsTaken as _beckon_v1_HoldingsTaken } from '../../beckon/v1/HoldingsTaken.js';
import type { GrantsInput as _beckon_v1_GrantsInput, Grants as _beckon_v1_Grants } from '../../beckon/v1/Grants.js';
import type { GrantsTakenInput as _beckon_v1_GrantsTakenInput, GrantsTaken as _beckon_v1_GrantsTaken } from '../../beckon/v1/GrantsTaken.js';
import type { ServingInput as _beckon_v1_ServingInput, Serving as _beckon_v1_Serving } from '../../beckon/v1/Serving.js';
import type { ServingTakenInput as _beckon_v1_ServingTakenInput, ServingTaken as _beckon_v1_ServingTaken } from '../../beckon/v1/ServingTaken.js';
import type { FramesInput as _beckon_v1_FramesInput, Frames as _beckon_v1_Frames } from '../../beckon/v1/Frames.js';
import type { AcksInput as _beckon_v1_AcksInput, Acks as _beckon_v1_Acks } from '../../beckon/v1/Acks.js';
import type { ReleaseInput as _beckon_v1_ReleaseInput, Release as _beckon_v1_Release } from '../../beckon/v1/Release.js';
import type { ReleaseTakenInput as _beckon_v1_ReleaseTakenInput, ReleaseTaken as _beckon_v1_ReleaseTaken } from '../../beckon/v1/ReleaseTaken.js';
import type { LineageAskInput as _beckon_v1_LineageAskInput, LineageAsk as _beckon_v1_LineageAsk } from '../../beckon/v1/LineageAsk.js';
import type { LineagesInput as _beckon_v1_LineagesInput, Lineages as _beckon_v1_Lineages } from '../../beckon/v1/Lineages.js';
import type { OrphansInput as _beckon_v1_OrphansInput, Orphans as _beckon_v1_Orphans } from '../../beckon/v1/Orphans.js';

export interface PeerMessageInput {
  'heartbeat'?: (_beckon_v1_HeartbeatInput | null);
  'heartbeatAck'?: (_beckon_v1_HeartbeatAckInput | null);
  'freshAsk'?: (_beckon_v1_FreshAskInput | null);
  'freshAnswer'?: (_beckon_v1_FreshAnswerInput | null);
  'prepare'?: (_beckon_v1_PrepareInput | null);
  'promise'?: (_beckon_v1_PromiseInput | null);
  'accept'?: (_beckon_v1_AcceptInput | null);
  'accepted'?: (_beckon_v1_AcceptedInput | null);
  'refused'?: (_beckon_v1_RefusedInput | null);
  'askView'?: (_beckon_v1_AskViewInput | null);
  'decided'?: (_beckon_v1_DecidedInput | null);
  'recover'?: (_beckon_v1_RecoverInput | null);
  'recovered'?: (_beckon_v1_RecoveredInput | null);
  'holdings'?: (_beckon_v1_HoldingsInput | null);
  'holdingsTaken'?: (_beckon_v1_HoldingsTakenInput | null);
  'grants'?: (_beckon_v1_GrantsInput | null);
  'grantsTaken'?: (_beckon_v1_GrantsTakenInput | null);
  'serving'?: (_beckon_v1_ServingInput | null);
  'servingTaken'?: (_beckon_v1_ServingTakenInput | null);
  'frames'?: (_beckon_v1_FramesInput | null);
  'acks'?: (_beckon_v1_AcksInput | null);
  'release'?: (_beckon_v1_ReleaseInput | null);
  'releaseTaken'?: (_beckon_v1_ReleaseTakenInput | null);
  'lineageAsk'?: (_beckon_v1_LineageAskInput | null);
  'lineages'?: (_beckon_v1_LineagesInput | null);
  'orphans'?: (_beckon_v1_OrphansInput | null);
  'kind'?: "heartbeat"|"heartbeatAck"|"freshAsk"|"freshAnswer"|"prepare"|"promise"|"accept"|"accepted"|"refused"|"askView"|"decided"|"recover"|"recovered"|"holdings"|"holdingsTaken"|"grants"|"grantsTaken"|"serving"|"servingTaken"|"frames"|"acks"|"release"|"releaseTaken"|"lineageAsk"|"lineages"|"orphans";
}

export interface PeerMessage {
  'heartbeat'?: (_beckon_v1_Heartbeat | null);
  'heartbeatAck'?: (_beckon_v1_HeartbeatAck | null);
  'freshAsk'?: (_beckon_v1_FreshAsk | null);
  'freshAnswer'?: (_beckon_v1_FreshAnswer | null);
  'prepare'?: (_beckon_v1_Prepare | null);
  'promise'?: (_beckon_v1_Promise | null);
  'accept'?: (_beckon_v1_Accept | null);
  'accepted'?: (_beckon_v1_Accepted | null);
  'refused'?: (_beckon_v1_Refused | null);
  'askView'?: (_beckon_v1_AskView | null);
  'decided'?: (_beckon_v1_Decided | null);
  'recover'?: (_beckon_v1_Recover | null);
  'recovered'?: (_beckon_v1_Recovered | null);
  'holdings'?: (_beckon_v1_Holdings | null);
  'holdingsTaken'?: (_beckon_v1_HoldingsTaken | null);
  'grants'?: (_beckon_v1_Grants | null);
  'grantsTaken'?: (_beckon_v1_GrantsTaken | null);
  'serving'?: (_beckon_v1_Serving | null);
  'servingTaken'?: (_beckon_v1_ServingTaken | null);
  'frames'?: (_beckon_v1_Frames | null);
  'acks'?: (_beckon_v1_Acks | null);
  'release'?: (_beckon_v1_Release | null);
  'releaseTaken'?: (_beckon_v1_ReleaseTaken | null);
  'lineageAsk'?: (_beckon_v1_LineageAsk | null);
  'lineages'?: (_beckon_v1_Lineages | null);
  'orphans'?: (_beckon_v1_Orphans | null);
  'kind'?: "heartbeat"|"heartbeatAck"|"freshAsk"|"freshAnswer"|"prepare"|"promise"|"accept"|"accepted"|"refused"|"askView"|"decided"|"recover"|"recovered"|"holdings"|"holdingsTaken"|"grants"|"grantsTaken"|"serving"|"servingTaken"|"frames"|"acks"|"release"|"releaseTaken"|"lineageAsk"|"lineages"|"orphans";
}
