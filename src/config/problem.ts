// What is wrong with a configuration, and where: one line per problem, in the form that editors can jump to.

export interface ConfigProblem {
  readonly file: string;
  /** From 1; of the key or value at fault. */
  readonly line: number;
  readonly column: number;
  /** Where in the configuration, as a path of names: `cluster/options/chat/refreshPoolSize`. */
  readonly path: string;
  readonly message: string;
}

export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
