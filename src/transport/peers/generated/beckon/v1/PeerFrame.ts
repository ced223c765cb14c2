// Original file: proto/beckon/v1/peers.proto

import type { HelloInput as _beckon_v1_HelloInput, Hello as _beckon_v1_Hello } from '../../beckon/v1/Hello.js';
import type { PeerMessageInput as _beckon_v1_PeerMessageInput, PeerMessage as _beckon_v1_PeerMessage } from '../../beckon/v1/PeerMessage.js';
import type { CommandInput as _beckon_v1_CommandInput, Command as _beckon_v1_Command } from '../../beckon/v1/Command.js';
import type { ReplyInput as _beckon_v1_ReplyInput, Reply as _beckon_v1_Reply } from '../../beckon/v1/Reply.js';
import type { PushInput as _beckon_v1_PushInput, Push as _beckon_v1_Push } from '../../beckon/v1/Push.js';
import type { InterestInput as _beckon_v1_InterestInput, Interest as _beckon_v1_Interest } from '../../beckon/v1/Interest.js';

export interface PeerFrameInput {
  'hello'?: (_beckon_v1_HelloInput | null);
  'messages'?: (_beckon_v1_PeerMessageInput)[];
  'commands'?: (_beckon_v1_CommandInput)[];
  'replies'?: (_beckon_v1_ReplyInput)[];
  'pushes'?: (_beckon_v1_PushInput)[];
  'interests'?: (_beckon_v1_InterestInput)[];
  'documents'?: (Buffer | Uint8Array | string)[];
}

export interface PeerFrame {
  'hello': (_beckon_v1_Hello | null);
  'messages': (_beckon_v1_PeerMessage)[];
  'commands': (_beckon_v1_Command)[];
  'replies': (_beckon_v1_Reply)[];
  'pushes': (_beckon_v1_Push)[];
  'interests': (_beckon_v1_Interest)[];
  'documents': (Buffer)[];
}
