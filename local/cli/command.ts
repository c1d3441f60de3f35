/** What every command has in common: the user's folder, exit code 2 on wrong usage, silence when a pipe's reader has left. */
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { defaultModel } from '../../layers/model/layer.ts';
import { endEarly } from './interruption.ts';

/** Once, before anything else. */
export function prepareProcess(): void {
  // npm runs scripts in the repository's folder; paths are meant from where the user is.
  process.chdir(process.env.INIT_CWD ?? '.');
  // The warning is of the tools' Node.js only: the function itself runs on a newer one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // `bucketlens classify … | head` closes the pipe early: that is the reader's right and not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    void endEarly(0);
  });
}

/** A commander command that exits with 2, instead of 1, when it was called wrongly. */
export function createCommand(name: string): Command {
  return new Command(name)
    .showHelpAfterError('(--help shows the options and examples)')
    .configureHelp({
      styleTitle: (title) => styleText('bold', title),
      subcommandTerm: (command) => command.name(),
    })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** `--model NAME`, as `findModel` takes it. */
export function modelOption(): Option {
  return new Option('--model <NAME>', 'a model that `bucketlens model` has built').default(defaultModel());
}
