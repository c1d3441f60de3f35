/** bucketlens classify: local image files -> their labels, by the same steps as the Lambda function. */
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { printable } from '../../functions/classify/image/printable.ts';
import type { Classifier } from '../../functions/classify/network/classifier.ts';
import type { Classification } from '../../functions/classify/network/prediction.ts';
import { orderOf } from '../../functions/classify/tensor/arithmetic.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';
import { choosePreprocessing, type PreprocessingChoices } from '../../layers/model/preprocessing.ts';
import { distinctGeneral, noLabelReachesMinScore, percent } from '../wording.ts';
import { addHeicOption, createCommand, labelRulesOption, modelOption } from './command.ts';
import { findFiles, readBytes } from './images/files.ts';
import { openClassifier } from './images/open-classifier.ts';
import { drawThumbnail, showsThumbnails } from './images/thumbnail.ts';
import { addPreprocessingOptions } from './preprocessing-options.ts';
import { startProgress } from './progress.ts';

const help = `
Examples:
  npx bucketlens classify cat.jpg
  npx bucketlens classify photos/ 'more/**/*.png'     folders, recursively, and patterns
  npx bucketlens classify --json photos/ | jq -r 'select(.predictions) | [.file, .predictions[0].label] | @tsv'
  npx bucketlens classify --label-rules rules.json cat.jpg    with labels of your own
  npx bucketlens classify --mode tf cat.jpg           with other preprocessing than the model's own, to compare
  curl -s https://example.com/cat.jpg | npx bucketlens classify -

A file that fails does not stop the others.

Exit code: 0 if every file was classified, 1 if any failed or the model is damaged, 2 on wrong usage.`;

export function classifyCommand(): Command {
  const command = createCommand('classify')
    .description('Label local image files with the code of the Lambda function.')
    .argument('<FILE...>', "image files, folders, patterns in quotes, or '-' for standard input")
    .option('--json', 'print JSON objects, one per line')
    .addOption(modelOption())
    .addOption(labelRulesOption());
  return addHeicOption(addPreprocessingOptions(command))
    .option('--no-thumbnails', 'print no pictures, even on a terminal that can show them')
    .addHelpText('after', help)
    .action(classifyFiles);
}

interface Options extends PreprocessingChoices {
  readonly json?: true;
  readonly model: string;
  readonly labelRules?: string;
  readonly thumbnails: boolean;
}

interface Classified extends Classification {
  readonly file: string;
  readonly format: string;
  /** As stored, before the EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly model: string;
}

interface Failed {
  readonly file: string;
  readonly error: { readonly name: string; readonly message: string };
}

async function classifyFiles(args: string[], options: Options, command: Command): Promise<void> {
  const { json, thumbnails, model: _model, labelRules: _rules, ...choices } = options;
  const classifier = await openClassifier(command);
  const preprocess = preprocessingOf(classifier, choices);
  const files = await findFiles(args);
  const print = json ? printJson : startTable(files, thumbnails && showsThumbnails(process.stdout));
  const progress = startProgress('{value} of {total} files, {eta_formatted} left');
  for (const [done, file] of files.entries()) {
    // On a terminal the rows themselves show the progress.
    if (!process.stdout.isTTY) progress.update(done, files.length);
    const answer = await classifyFile(classifier, preprocess, file);
    if ('error' in answer) process.exitCode = 1;
    await print(answer);
  }
  progress.end();
}

/** The model's own preprocessing, unless the user asks for another. */
function preprocessingOf({ manifest }: Classifier, choices: PreprocessingChoices): Preprocessing {
  const channels = orderOf(manifest.preprocess.mode).length === 1 ? 1 : 3;
  return choosePreprocessing(choices, manifest.preprocess, { ...manifest.input, channels });
}

async function classifyFile(
  { manifest, classify }: Classifier,
  preprocess: Preprocessing,
  file: string,
): Promise<Classified | Failed> {
  try {
    const { info, toTensor } = await readImage(await readBytes(file), defaultLimits, {
      input: manifest.input,
      preprocess,
    });
    const [classification] = await classify(toTensor());
    const { format, width, height } = info;
    return { file, format, width, height, model: manifest.name, ...classification };
  } catch (error) {
    const { name, message } = error as Error;
    return { file, error: { name, message } };
  }
}

function printJson(answer: Classified | Failed): void {
  console.log(JSON.stringify(answer));
}

/** Prints the table's heading and returns a function that prints a row. */
function startTable(files: readonly string[], withThumbnails: boolean) {
  const fileWidth = Math.min(48, Math.max(4, ...files.map((file) => file.length)));
  const row = (file: string, score: string, label: string) =>
    `${printable(file).padEnd(fileWidth)}  ${score.padStart(7)}  ${label}`;
  console.log(styleText('bold', row('FILE', 'SCORE', 'LABEL')));

  return async (answer: Classified | Failed): Promise<void> => {
    if ('error' in answer) {
      return console.log(
        row(answer.file, '-', styleText('red', printable(`${answer.error.name}: ${answer.error.message}`))),
      );
    }
    if (withThumbnails && answer.file !== '-') console.log(await drawThumbnail(await readBytes(answer.file)));
    const { predictions, general } = answer;
    if (predictions.length === 0) console.log(row(answer.file, '-', noLabelReachesMinScore));
    for (const [rank, { label, score }] of predictions.entries()) {
      console.log(row(rank === 0 ? answer.file : '', percent(score), printable(label)));
    }
    const distinct = distinctGeneral(general, predictions);
    if (distinct) console.log(row('', percent(distinct.score), `${printable(distinct.label)} (in general)`));
  };
}
