/** `beckon rules explain`: why rules fired for a visit, or what they still miss. */
import { parseArgs } from 'node:util';
import type { EventResource } from '../../model/index.js';
import type { ExplainedRule } from '../../transport/rest/index.js';
import { UsageError } from '../command.js';
import { baseUrl, mustAsk, siteUrlDefault } from './server.js';
import { painter, plural, sayTime } from './terminal.js';
import { type Verb, VerbFailure } from './verb.js';

export const explain: Verb = {
  name: 'explain',
  usage: `VISIT [RULE] [--url ${siteUrlDefault}] [--json]`,
  summary: 'say why each rule fired for a visit, or what was missing',

  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [visit, rule, ...more] = positionals;
    if (visit === undefined || more.length > 0) throw new UsageError('expected VISIT [RULE]');
    const base = baseUrl(values.url ?? siteUrlDefault);
    const path = `/server/data/visits/${encodeURIComponent(visit)}`;
    const all = await mustAsk<ExplainedRule[]>(base, `${path}/rules`);
    const wanted = rule === undefined ? all : all.filter((explanation) => explanation.rule === rule);
    if (rule !== undefined && wanted.length === 0) {
      const known = all.map((explanation) => `"${explanation.rule}"`).join(', ');
      throw new VerbFailure(`No deployed rule has the name "${rule}". There are: ${known || 'none'}.`);
    }
    if (values.json === true) {
      terminal.stdout.write(`${JSON.stringify(wanted, null, 2)}\n`);
      return 0;
    }
    const events = await mustAsk<EventResource[]>(base, `${path}/events`);
    const paint = painter(terminal);
    const nameOf = (ordinal: number): string => `${ordinal} ${events[ordinal]?.eventName ?? ''}`.trimEnd();
    for (const explanation of wanted) {
      const fired = explanation.firings.length;
      const state = fired === 0 ? paint('dim', 'has not fired') : paint('green', `fired ${times(fired)}`);
      terminal.stdout.write(`${paint('bold', explanation.rule)} (${explanation.package}): ${state}\n`);
      for (const { timestamp, completedBy } of explanation.firings) {
        const by = completedBy === null ? 'time' : `event ${nameOf(completedBy)}`;
        terminal.stdout.write(`    ${sayTime(timestamp)} by ${by}\n`);
      }
      for (const { startDate, state: stage, reason } of explanation.engagements) {
        const why = reason === null ? '' : ` (${reason})`;
        terminal.stdout.write(`    ${sayTime(startDate)} offer ${stage.toLowerCase()}${why}\n`);
      }
      for (const { text, satisfied, events: ordinals, missing } of explanation.conditions) {
        const sign = satisfied ? paint('green', '+') : paint('red', '-');
        const by = ordinals.length === 0 ? '' : `  [${ordinals.map(nameOf).join(', ')}]`;
        terminal.stdout.write(`  ${sign} ${text.replace(/\s+/g, ' ')}${by}\n`);
        if (missing !== null) terminal.stdout.write(`      missing: ${missing}\n`);
      }
      if (explanation.nearest !== null) terminal.stdout.write(`  would fire with ${explanation.nearest}\n`);
    }
    if (wanted.length === 0) terminal.stdout.write('No rule is deployed.\n');
    return 0;
  },
};

function times(count: number): string {
  return count === 1 ? 'once' : plural(count, 'time');
}
