// The view of a configuration that may be printed: no password, no hash.
import type { Options } from './catalogue.js';
import { allOptions } from './catalogue.js';
import type { Configuration } from './load.js';

const hidden = '*****';

/** Every option's value by `section/option`, secrets as `*****`, absent ones left out. */
export function redactedOptions(options: Options): Record<string, unknown> {
  const values = options as unknown as Record<string, Record<string, unknown>>;
  const view: Record<string, unknown> = {};
  for (const { section, name, row } of allOptions()) {
    const value = values[section]?.[name];
    if (value !== undefined) view[`${section}/${name}`] = row.sensitive === true ? hidden : value;
  }
  return view;
}

/** A configuration as the log and the about page may show it. */
export function redacted(configuration: Configuration) {
  const { file, clusterApplication, node, nodes, accessPoints, agentGroups, application } = configuration;
  return {
    file,
    clusterApplication,
    node,
    nodes,
    accessPoints,
    agentGroups,
    application,
    agents: configuration.agents.map(({ user, name, groups, capacity }) => ({
      user,
      name,
      groups,
      capacity,
    })),
    options: redactedOptions(configuration.options),
  };
}
