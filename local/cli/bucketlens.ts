/** The program `bucketlens`: what it is called with, and the sub-command that does it. */
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { createCommand, prepareProcess } from './command.ts';
import { describeFailure } from './failure.ts';

const help = `
Examples:
  npx bucketlens start                        drop photos on a page and see their labels
  npx bucketlens classify photos/             the same for files, on the command line
  npx bucketlens deploy                       behind a bucket of your own
  source <(npx bucketlens complete bash)      completes commands and options; zsh, fish and powershell too

Exit code: 0 if all went well, 1 if anything failed, 2 on wrong usage; 128 and the signal's number if interrupted.`;

interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<() => Command>;
}

// Loaded when they are called: together they take most of a second.
const subcommands: readonly Subcommand[] = [
  {
    name: 'start',
    summary: 'the playground: a local bucket, a page, and labels',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'classify',
    summary: 'labels local image files',
    load: async () => (await import('./classify.ts')).classifyCommand,
  },
  {
    name: 'tensor',
    summary: 'writes what a network would be fed, as a NumPy array',
    load: async () => (await import('./tensor.ts')).tensorCommand,
  },
  {
    name: 'model',
    summary: 'makes a model layer of Keras weights or an ONNX network',
    load: async () => (await import('./model.ts')).modelCommand,
  },
  {
    name: 'deploy',
    summary: 'deploys the stack, with its model built first',
    load: async () => (await import('./deploy.ts')).deployCommand,
  },
  {
    name: 'watch',
    summary: 'prints the prediction events of a deployed stack as they happen',
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  {
    name: 'labels',
    summary: 'prints the labels of an object in a bucket',
    load: async () => (await import('./labels.ts')).labelsCommand,
  },
  {
    name: 'backfill',
    summary: 'labels what is in the bucket already',
    load: async () => (await import('./backfill.ts')).backfillCommand,
  },
];

prepareProcess();
process.once('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

const program = createCommand('bucketlens')
  .description('Labels for the images in your S3 bucket.')
  .addHelpText('after', help);
for (const { name, summary, load } of subcommands) {
  const command = isCalled(name) ? (await load())() : new Command(name).description(summary);
  program.addCommand(command.summary(summary).option('--debug', 'show where an error comes from'));
}
tab(program);
program.commands
  .find((command) => command.name() === 'complete')
  ?.summary('prints what makes a shell complete all this');

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

/** Also by `bucketlens help NAME`, and by `bucketlens complete -- NAME …`, which a shell calls for the options. */
function isCalled(name: string): boolean {
  const [first, second, third] = process.argv.slice(2);
  return name === first || (first === 'help' && name === second) || (first === 'complete' && name === third);
}

function fail(error: unknown): void {
  console.error(describeFailure(error, { withStack: process.argv.includes('--debug') }));
  process.exitCode = 1;
}
