/** `GET /server/data/notification/disposition`: what the visitor made of an invitation. */
import { type DispositionTaken, engagementAddress } from '../../actors/protocol/index.js';
import { AppError } from '../../base/index.js';
import type { Routing } from '../../cluster/index.js';
import {
  type DispositionCode,
  dispositionCodes,
  type EngagementResource,
  idRule,
  isId,
  visitIdOf,
} from '../../model/index.js';
import type { EdgeRequest, HotRoute } from '../edge/index.js';
import { respondError, respondJson } from './answers.js';
import type { VisitBinding } from './visit-binding.js';

export function dispositionRoute(routing: Routing, binding: VisitBinding): HotRoute {
  return {
    method: 'GET',
    path: '/server/data/notification/disposition',
    bodyBytesMax: 0,
    headers: ['cookie'],
    handle(request, respond) {
      void take(routing, binding, request).then(
        (taken) => respondJson(respond, taken),
        (error: unknown) => respondError(respond, error),
      );
    },
  };
}

async function take(
  routing: Routing,
  binding: VisitBinding,
  request: EdgeRequest,
): Promise<DispositionTaken> {
  const { visitID, engagementID, code } = parametersOf(request);
  binding.check(visitID, request);
  try {
    return await routing.ask(engagementAddress(visitID, engagementID), { kind: 'takeDisposition', code });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    // An engagement that ended long ago has left its visit; its last word is kept.
    const ended = await routing.interaction(engagementID);
    if (ended?.visitId !== visitID) throw error;
    return { state: ended.state, chatId: chatIdOf(ended) };
  }
}

function chatIdOf({ queues, interactionId }: EngagementResource): string | null {
  return queues.some((entry) => entry.queue === 'queueAccepted') ? interactionId : null;
}

function parametersOf(request: EdgeRequest): {
  visitID: string;
  engagementID: string;
  code: DispositionCode;
} {
  const visitID = request.query('visitID');
  const engagementID = request.query('engagementID');
  const code = request.query('code');
  if (!isId(visitID)) throw new AppError('BAD_REQUEST', `visitID must be ${idRule}`, { field: 'visitID' });
  if (engagementID === undefined || visitIdOf(engagementID) !== visitID) {
    const message = 'engagementID must be the id of an engagement of this visit';
    throw new AppError('BAD_REQUEST', message, { field: 'engagementID' });
  }
  const known = dispositionCodes.find((candidate) => candidate === code);
  if (known === undefined) {
    throw new AppError('BAD_REQUEST', `code must be one of ${dispositionCodes.join(', ')}`, {
      field: 'code',
    });
  }
  return { visitID, engagementID, code: known };
}
