/** Checks that programs accept a command, without running it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readContext } from '../../cdk/app/context.ts';
import { BucketlensStack } from '../../cdk/app/stack.ts';
import { backfillCommand } from '../../local/cli/backfill.ts';
import { classifyCommand } from '../../local/cli/classify.ts';
import { deployCommand } from '../../local/cli/deploy.ts';
import { labelsCommand } from '../../local/cli/labels.ts';
import { modelCommand } from '../../local/cli/model.ts';
import { startCommand } from '../../local/cli/start.ts';
import { statisticsCommand } from '../../local/cli/statistics.ts';
import { templateCommand } from '../../local/cli/template.ts';
import { tensorCommand } from '../../local/cli/tensor.ts';
import { tuneCommand } from '../../local/cli/tune/tune.ts';
import { verifyCommand } from '../../local/cli/verify/verify.ts';
import { watchCommand } from '../../local/cli/watch.ts';
import { createApp } from '../support/synthesis.ts';
import { root } from './pages.ts';

/**
 * Checks `npx bucketlens NAME …`, up to a pipe: arguments, options and their values.
 *
 * @throws CommanderError with the program's message.
 */
export async function assertTaken(command: string): Promise<void> {
  const [name, ...args] = argumentsOf(command);
  await subcommand(name)
    .action(() => {})
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
    .parseAsync(args, { from: 'user' });
}

/**
 * Checks a command as prose mentions it, possibly without arguments: the command and its options exist.
 *
 * @throws Error naming the missing command or options.
 */
export function assertKnown(command: string): void {
  const [name, ...args] = argumentsOf(command);
  if (name === undefined) return;
  const known = subcommand(name).options.flatMap(({ short, long }) => [short, long]);
  const unknown = args.filter((arg) => arg.startsWith('-') && !known.includes(arg));
  if (unknown.length > 0) throw new Error(`bucketlens ${name} has no ${unknown}`);
}

/**
 * Checks a deployment with only `-c NAME=VALUE`: synthesizes the stack, with the embedded network in place of any other.
 *
 * @throws InvalidSetting, or Error for an unknown setting.
 */
export function assertDeployable(command: string): void {
  const [, ...args] = argumentsOf(command);
  const [before, ...given] = args.join(' ').split(/ ?-c /);
  if (before !== '') throw new Error(`${before} is not a setting`);
  const context = Object.fromEntries(given.map((setting) => setting.split('=')));
  const settings = readContext(createApp(context).node);
  const read = Object.keys({ ...settings, ...settings.classifier });
  const unknown = Object.keys(context).filter((name) => !read.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown} is not a setting`);
  // Neither the model nor the file of rules need exist.
  const { labelRules, ...others } = settings.classifier ?? {};
  const classifier = { ...others, model: 'efficientnet-lite0', ...(labelRules && { labelRules: {} }) };
  new BucketlensStack(createApp(), 'Bucketlens', { ...settings, classifier });
}

/** The arguments after `bucketlens`, also if a script of package.json runs it; none for other programs. */
function argumentsOf(command: string): readonly string[] {
  const words = command.replace(/ \| .*/, '').split(' ');
  if (words[0] !== 'npm') return words.slice(words.indexOf('bucketlens') + 1);
  const [, name] = command.match(/^npm (?:run )?(?:-s )?(\S+)/)!;
  if (npmsOwn.includes(name!)) return [];
  if (!(name! in scripts)) throw new Error(`package.json has no script ${name}`);
  const [, subcommandName] = scripts[name!].match(/^node bin\/bucketlens\.js (\w+)$/) ?? [];
  const dashes = words.indexOf('--');
  return subcommandName ? [subcommandName, ...(dashes < 0 ? [] : words.slice(dashes + 1))] : [];
}

const npmsOwn = ['audit', 'ci', 'install', 'pack', 'sbom', 'version'];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const subcommands: Readonly<Record<string, () => Command>> = {
  backfill: backfillCommand,
  classify: classifyCommand,
  deploy: deployCommand,
  labels: labelsCommand,
  model: modelCommand,
  start: startCommand,
  statistics: statisticsCommand,
  template: templateCommand,
  tensor: tensorCommand,
  tune: tuneCommand,
  verify: verifyCommand,
  watch: watchCommand,
};

function subcommand(name: string | undefined): Command {
  const create = subcommands[name ?? ''];
  if (!create) throw new Error(`bucketlens has no command ${name}`);
  return create();
}
