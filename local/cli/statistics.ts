/** bucketlens statistics: mean and standard deviation of a folder's pixels, ready for --mean and --std. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { printable } from '../../functions/classify/image/printable.ts';
import { type Order, orders } from '../../functions/classify/tensor/names.ts';
import type { InputShape, Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { choosePreprocessing, type PreprocessingChoices } from '../../layers/model/preprocessing.ts';
import { kerasResnetPreprocessing } from '../../layers/model/recipes.ts';
import { addHeicOption, createCommand } from './command.ts';
import { type ChannelStatistics, createStatistics } from './images/channel-statistics.ts';
import { findFiles, readBytes } from './images/files.ts';
import { addScalingOptions, choice, parseNumber, parseSize, recipeOption } from './preprocessing-options.ts';
import { startProgress } from './progress.ts';

const help = `
Pixels are scaled and cut as the network would be fed them, then multiplied by --scale. Every photo counts the same. Use the training
photos alone: the network must not know the others.

Examples:
  npx bucketlens statistics photos/
  npx bucketlens statistics --preprocess torchvision --json photos/
  npx bucketlens statistics --order BGR --scale 1 photos/          for a network that takes 0..255 in BGR

The last line goes into \`npx bucketlens model\` or \`npx bucketlens tensor\` as it is.

Exit code: 0 if every file was read, 1 if any failed (the others are counted), 2 on wrong usage.`;

export function statisticsCommand(): Command {
  const command = createCommand('statistics')
    .description(
      "Print the mean and standard deviation of photos' pixels, per channel, for --mean and --std.",
    )
    .argument('<FILE...>', "image files, folders, patterns in quotes, or '-' for standard input")
    .addOption(
      new Option('--size <WxH>', "width and height of the network's input")
        .argParser(parseSize)
        .default({ width: 224, height: 224 }, '224x224'),
    )
    .addOption(choice('order', 'the channel order (L: grey)', orders).default('RGB'))
    .addOption(
      new Option('--scale <N>', 'factor for pixels 0..255')
        .argParser(parseScale)
        .default({ text: '1/255', value: 1 / 255 }, '1/255'),
    )
    .addOption(recipeOption());
  return addHeicOption(addScalingOptions(command))
    .option('--json', 'print one JSON object; files that failed are objects before it')
    .addHelpText('after', help)
    .action(printStatistics);
}

/** The user's own text is printed again: 1/255 reads better than its digits. */
interface Scale {
  readonly text: string;
  readonly value: number;
}

function parseScale(text: string): Scale {
  const value = parseNumber(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a factor above 0, such as 1/255.');
  return { text, value };
}

interface Options extends Omit<PreprocessingChoices, 'mode' | 'order' | 'scale' | 'mean' | 'std'> {
  readonly size: { readonly width: number; readonly height: number };
  readonly order: Order;
  readonly scale: Scale;
  readonly json?: true;
}

async function printStatistics(args: string[], options: Options): Promise<void> {
  const { size, order, scale, json, ...choices } = options;
  const input: InputShape = { layout: 'NHWC', ...size };
  const preprocess: Preprocessing = {
    ...choosePreprocessing(choices, kerasResnetPreprocessing, input),
    mode: unchanged[order],
  };
  const { add, read } = createStatistics(order.length);
  const files = await findFiles(args);
  let counted = 0;
  const progress = startProgress('{value} of {total} files, {eta_formatted} left');
  for (const [done, file] of files.entries()) {
    progress.update(done, files.length);
    try {
      add((await readImage(await readBytes(file), defaultLimits, { input, preprocess })).toTensor());
      counted++;
    } catch (error) {
      const { name, message } = error as Error;
      if (json) console.log(JSON.stringify({ file, error: { name, message } }));
      else console.error(printable(`${file}: ${name}: ${message}`));
      process.exitCode = 1;
    }
  }
  progress.end();
  if (counted === 0) throw new Error('no photo could be read, so there is nothing to measure');

  const unscaled = read();
  assertSpread(unscaled, order, counted);
  const scaled = unscaled.map(({ mean, std }) => ({ mean: mean * scale.value, std: std * scale.value }));
  if (json) console.log(JSON.stringify(describeJson(scaled, { order, scale: scale.value, files: counted })));
  else console.log(describeTable(scaled, { order, scale: scale.text, files: counted, size }));
}

/** The bytes as they are, so that their sums are exact. */
const unchanged = {
  RGB: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  BGR: { order: 'BGR', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  L: { order: 'L', scale: 1, mean: [0], std: [1] },
} as const;

function assertSpread(statistics: readonly ChannelStatistics[], order: Order, files: number): void {
  const flat = statistics.findIndex(({ std }) => std === 0);
  if (flat < 0) return;
  throw new Error(
    `every pixel of the ${files === 1 ? 'photo' : `${files} photos`} has the same value in channel ${order[flat]}: there is no deviation to divide by; give more photos`,
  );
}

function describeJson(
  statistics: readonly ChannelStatistics[],
  about: { readonly order: Order; readonly scale: number; readonly files: number },
) {
  return {
    ...about,
    mean: statistics.map(({ mean }) => mean),
    std: statistics.map(({ std }) => std),
  };
}

function describeTable(
  statistics: readonly ChannelStatistics[],
  about: {
    readonly order: Order;
    readonly scale: string;
    readonly files: number;
    readonly size: { readonly width: number; readonly height: number };
  },
): string {
  const { order, scale, files, size } = about;
  const row = (title: string, cells: readonly string[]) =>
    [title.padEnd(7), ...cells.map((cell) => cell.padStart(9))].join('').trimEnd();
  const means = statistics.map(({ mean }) => digits(mean));
  const stds = statistics.map(({ std }) => digits(std));
  return `${files} ${files === 1 ? 'photo' : 'photos'}, ${size.width}x${size.height}, pixels x ${scale}
${row('', [...order])}
${row('mean', means)}
${row('std', stds)}

--order ${order} --scale ${scale} --mean ${means.join(',')} --std ${stds.join(',')}`;
}

/** Five significant digits: as many as a thousand photos bear. */
function digits(value: number): string {
  return String(Number(value.toPrecision(5)));
}
