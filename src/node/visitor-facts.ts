/** Puts together what the server adds to a visit from its visitor's address (option section `privacy`). */
import type { Logger } from 'pino';
import type { Options } from '../config/index.js';
import { createVisitorFacts, openCityDatabase, type Sender } from '../location/index.js';
import type { VisitorEvent } from '../model/index.js';

/** Writes the server's own fields into the data of an event that begins a visit. */
export type AddFacts = (event: VisitorEvent, sender: Sender) => void;

/** The city database is opened when both kinds of address are collected; its file may come later. */
export async function openVisitorFacts(
  { collectActualIPs, collectForwardedIPs, geoMode, pathToGeoDB }: Options['privacy'],
  logger: Logger,
  stops: (() => Promise<void> | void)[],
): Promise<AddFacts> {
  const isLocating = collectActualIPs && collectForwardedIPs;
  const cities = isLocating
    ? await openCityDatabase({
        path: pathToGeoDB,
        onNotice({ kind, message }) {
          if (kind === 'problem') logger.warn(message);
          else logger.info(message);
        },
      })
    : undefined;
  if (cities !== undefined) stops.push(() => cities.close());
  const facts = createVisitorFacts({ collectActualIPs, collectForwardedIPs, geoMode, cities });
  return (event, sender) => {
    event.data = facts(event.data, sender);
  };
}
