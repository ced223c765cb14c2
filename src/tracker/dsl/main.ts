/**
 * The bundle `dsl.min.js`, loaded when a site's DSL file has events: it hands the tracker the way to watch a
 * page.
 */
import { watchPage } from './index.js';

(window as unknown as { _gt?: { push(command: unknown): void } })._gt?.push(['dslEngine', watchPage]);
