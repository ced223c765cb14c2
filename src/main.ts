/** The command line: finds the command, runs it, and turns its end into an exit code. */
import { runCommand } from './commands/index.js';

process.exitCode = await runCommand(process.argv.slice(2));

// The command is done. A connection that a library has lost track of must not keep the process alive: the
// driver of Cassandra leaves some after an outage.
setTimeout(() => process.exit(), 1_000).unref();
