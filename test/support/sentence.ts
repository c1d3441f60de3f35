/** Runs a command that fails in this process, because starting another takes most of a second. */
import type { Command } from 'commander';
import { describeFailure } from '../../local/cli/failure.ts';

/**
 * @returns The sentence that the user reads.
 * @throws Error if the command does not fail.
 */
export async function sentenceOf(command: Command, args: readonly string[]): Promise<string> {
  try {
    await command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(args, { from: 'user' });
  } catch (error) {
    return describeFailure(error, { withStack: false });
  }
  throw new Error(`${command.name()} does not fail`);
}
