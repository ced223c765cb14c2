/** The command line: finds the command, runs it, and turns its end into an exit code. */
import { runCommand } from './commands/index.js';

process.exitCode = await runCommand(process.argv.slice(2));
