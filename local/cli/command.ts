/** Shared by all commands: the working folder, exit code 2 on wrong usage, and a closed output pipe. */
import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { folderVariable } from '../../functions/classify/decode/heic/heic.ts';
import { findHeicDecoder } from '../../functions/heic-decoder.ts';
import { defaultModel } from '../../layers/model/layer.ts';
import { endEarly } from './interruption.ts';

/** Call once, before anything else. */
export function prepareProcess(): void {
  // npm runs scripts in the repository's folder; paths are relative to the user's.
  process.chdir(process.env.INIT_CWD ?? '.');
  // The warning concerns the Node.js of the tools; the function runs on a newer one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // `bucketlens classify … | head` closes the pipe early, which is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    void endEarly(0);
  });
}

/** Creates a commander command that exits with 2 instead of 1 on wrong usage. */
export function createCommand(name: string): Command {
  return new Command(name)
    .showHelpAfterError('(--help shows the options and examples)')
    .configureHelp({
      styleTitle: (title) => styleText('bold', title),
      subcommandTerm: (command) => command.name(),
    })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** One word of a command to print, quoted for a shell if it has to be. */
export function shellWord(text: string): string {
  return /[^\w/.:@%+=-]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
}

/** `--model NAME`, as `findModel` takes it. */
export function modelOption(): Option {
  return new Option('--model <NAME>', 'a model built by `bucketlens model`, or an embedded one').default(
    defaultModel(),
  );
}

/** `--label-rules FILE`, for `readRulesOption`. */
export function labelRulesOption(): Option {
  return new Option('--label-rules <FILE>', 'rules that merge, rename and drop labels (docs/label-rules.md)');
}

/** Adds `--heic`, which lets this process and those that it starts decode HEIC. */
export function addHeicOption(command: Command): Command {
  return command
    .option('--heic', 'decode HEIC too, with libheif-js, which you install yourself (docs/images.md)')
    .hook('preAction', () => {
      if (command.opts<{ heic?: true }>().heic) process.env[folderVariable] = findHeicDecoder().folder;
    });
}

/**
 * Finds options that npm kept for itself because they stood before `--`; it passes them on as environment variables only.
 *
 * @param args The arguments that npm has passed on: values whose options it kept, such as the 3000 of `--port 3000`.
 * @returns The sentence for the user, or undefined if there are none.
 */
export function explainOptionsKeptByNpm(
  command: Command,
  env: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv.slice(3),
): string | undefined {
  const name = command.name();
  // The package's scripts are named after the commands.
  if (env.npm_lifecycle_event !== name) return undefined;
  const script = name === 'start' ? 'npm start' : `npm run ${name}`;
  const because = `npm keeps options before -- for itself; write: ${script} --`;
  const takesSettings = name === 'deploy' || command.options.some(({ short }) => short === '-c');
  const setting = takesSettings && settingKeptByNpm(env);
  if (setting) return `${because} -c ${setting} (of several -c, npm shows only the last)`;
  const kept = [...command.options, ...(name === 'deploy' ? cdkOptions : [])].flatMap((option) => {
    const { long, required } = option;
    const flags = option.flags.replace(/^-\w, /, '');
    const value = valueKeptByNpm(option, env);
    // npm takes `--port 8080` for a switch and an argument.
    return value
      ? [{ words: value === 'true' ? flags : `${long} ${value}`, long, lacks: required && value === 'true' }]
      : [];
  });
  if (kept.length === 0) return undefined;
  const lacking = kept.filter(({ lacks }) => lacks).length;
  const isClear = lacking === 1 && args.length === 1 && command.registeredArguments.length === 0;
  const words = kept.map((option) => (option.lacks && isClear ? `${option.long} ${args[0]}` : option.words));
  return `${because} ${words.join(' ')}`;
}

/** npm takes `-c` for its own `--call`, which `npx -c` and scripts under it have too: with a command, not a setting. */
function settingKeptByNpm({ npm_config_call: call }: NodeJS.ProcessEnv): string | undefined {
  return call !== undefined && /^[a-z][\w.:]*(=|$)/.test(call) ? call : undefined;
}

function valueKeptByNpm({ long, short }: Option, env: NodeJS.ProcessEnv): string | undefined {
  const value =
    long && !npmOwnOptions.has(long) ? env[`npm_config_${long.slice(2).replaceAll('-', '_')}`] : undefined;
  return value || (short ? env[`npm_config_${short.slice(1)}`] : undefined);
}

/** Options of `cdk deploy` that decide what is deployed, and where. */
const cdkOptions = [
  '--context <NAME=VALUE>',
  '--profile <NAME>',
  '--region <NAME>',
  '--role-arn <ARN>',
  '--parameters <NAME=VALUE>',
  '--outputs-file <FILE>',
  '--require-approval <WORD>',
].map((flags) => new Option(flags));

// npm sets these whether or not the user gave them.
const npmOwnOptions = new Set(['--prefix', '--force']);
