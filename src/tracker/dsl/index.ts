/** A DSL file, read and watched for in the page. */
import { readDsl } from '../../dsl/language/index.js';
import type { WatchPage } from './contract.js';
import { watch } from './watch.js';

export const watchPage: WatchPage = (file, options, track) => {
  const tree = new DOMParser().parseFromString(file, 'text/xml');
  const problem = tree.querySelector('parsererror');
  if (problem !== null) throw new SyntaxError(problem.textContent);
  return watch(readDsl(tree.documentElement), options, track);
};
