/** The program `bucketlens`: dispatches to its subcommands. */
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { createCommand, explainOptionsKeptByNpm, prepareProcess } from './command.ts';
import { describeFailure } from './failure.ts';

const help = `
Examples:
  npx bucketlens start                        drop photos on a local page and see their labels
  npx bucketlens classify photos/             label local files
  npx bucketlens deploy                       label a bucket on AWS
  source <(npx bucketlens complete bash)      complete commands and options; also zsh, fish and powershell

Exit code: 0 on success, 1 on failure, 2 on wrong usage, 128 plus the signal's number if interrupted.`;

interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<() => Command>;
}

// Loaded on demand: loading all of them takes most of a second.
const subcommands: readonly Subcommand[] = [
  {
    name: 'start',
    summary: 'run the playground: a local bucket, a page and labels',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'classify',
    summary: 'label local image files',
    load: async () => (await import('./classify.ts')).classifyCommand,
  },
  {
    name: 'tensor',
    summary: "write a network's input as a NumPy array",
    load: async () => (await import('./tensor.ts')).tensorCommand,
  },
  {
    name: 'statistics',
    summary: "print the mean and standard deviation of a folder's pixels",
    load: async () => (await import('./statistics.ts')).statisticsCommand,
  },
  {
    name: 'model',
    summary: 'build a model layer from a Keras, PyTorch or ONNX file, or from the Hugging Face hub',
    load: async () => (await import('./model.ts')).modelCommand,
  },
  {
    name: 'deploy',
    summary: 'build the model if needed, and deploy the stack',
    load: async () => (await import('./deploy.ts')).deployCommand,
  },
  {
    name: 'template',
    summary: 'write a CloudFormation template with its assets',
    load: async () => (await import('./template.ts')).templateCommand,
  },
  {
    name: 'tune',
    summary: 'measure duration and cost on your AWS, by architecture and memory size',
    load: async () => (await import('./tune/tune.ts')).tuneCommand,
  },
  {
    name: 'watch',
    summary: "print a deployed stack's prediction events as they happen",
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  {
    name: 'verify',
    summary: "try a deployed stack's promises on objects of its own",
    load: async () => (await import('./verify/verify.ts')).verifyCommand,
  },
  {
    name: 'labels',
    summary: "print an object's labels",
    load: async () => (await import('./labels.ts')).labelsCommand,
  },
  {
    name: 'backfill',
    summary: 'label the objects already in a bucket',
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
  program.addCommand(command.summary(summary).option('--debug', 'print the stack trace of an error'));
}
tab(program);
program.commands
  .find((command) => command.name() === 'complete')
  ?.summary('print a shell completion script')
  .hook('preAction', printWithoutReadonly);

const called = program.commands.find((command) => command.name() === process.argv[2]);
const keptByNpm = called && explainOptionsKeptByNpm(called);
if (keptByNpm) program.error(`error: ${keptByNpm}`);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

/** True for `bucketlens NAME`, `bucketlens help NAME`, and `bucketlens complete -- NAME …`, which shells run. */
function isCalled(name: string): boolean {
  const [first, second, third] = process.argv.slice(2);
  return name === first || (first === 'help' && name === second) || (first === 'complete' && name === third);
}

/** bash reports an error for each readonly variable of a script that is sourced again, as ~/.bashrc may be. */
function printWithoutReadonly(): void {
  const { log } = console;
  console.log = (text: string) => log(text.replaceAll(/^readonly /gm, ''));
}

function fail(error: unknown): void {
  console.error(describeFailure(error, { withStack: process.argv.includes('--debug') }));
  process.exitCode = 1;
}
