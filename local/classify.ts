/** npm run -s classify: local image files -> their labels, by the same steps as the Lambda function. */
import { type Classifier, createClassifier, type Prediction } from '../functions/classify/classify.ts';
import { InvalidModel } from '../functions/classify/manifest.ts';
import { preprocess } from '../functions/classify/preprocess.ts';
import { findModel } from '../layers/model/layer.ts';
import { createCommand, modelOption } from './command.ts';
import { findFiles, readImage } from './files.ts';

const examples = `
Examples:
  npm run -s classify -- cat.jpg
  npm run -s classify -- photos/ 'more/**/*.png'     folders with all that is in them, and patterns
  npm run -s classify -- --json photos/ | jq -r 'select(.predictions) | [.file, .predictions[0].label] | @tsv'
  curl -s https://example.com/cat.jpg | npm run -s classify -- -

Exit code: 0 if every file was classified, 1 if any was not (the others still are), 2 on wrong usage.`;

interface Classified {
  readonly file: string;
  readonly format: string;
  /** As stored, before any rotation. */
  readonly width: number;
  readonly height: number;
  readonly model: string;
  readonly predictions: readonly Prediction[];
}

interface Failed {
  readonly file: string;
  readonly error: { readonly name: string; readonly message: string };
}

const program = createCommand('npm run -s classify --')
  .description('Labels local image files, as the Lambda function would.')
  .argument('<FILE...>', "image files, folders, patterns in quotes, or '-' for standard input")
  .option('--json', 'one JSON object a line instead of a table')
  .addOption(modelOption())
  .addHelpText('after', examples)
  .parse();
const { json, model } = program.opts<{ json?: true; model: string }>();

const classifier = await openClassifier();
const files = await findFiles(program.args);
const fileWidth = Math.min(48, Math.max(4, ...files.map((file) => file.length)));

if (!json) console.log(row('FILE', 'SCORE', 'LABEL'));
for (const file of files) {
  const answer = await classifyFile(classifier, file);
  if ('error' in answer) process.exitCode = 1;
  console.log(json ? JSON.stringify(answer) : table(answer));
}

async function openClassifier(): Promise<Classifier> {
  try {
    return await createClassifier(findModel(model));
  } catch (error) {
    if (error instanceof InvalidModel) program.error(`error: ${error.message}`);
    throw error;
  }
}

async function classifyFile({ manifest, classify }: Classifier, file: string): Promise<Classified | Failed> {
  try {
    const image = await readImage(file);
    const [predictions] = await classify(preprocess([image], manifest.input, manifest.preprocess));
    const { format, width, height } = image;
    return { file, format, width, height, model: manifest.name, predictions: predictions! };
  } catch (error) {
    const { name, message } = error as Error;
    return { file, error: { name, message } };
  }
}

function table(answer: Classified | Failed): string {
  if ('error' in answer) return row(answer.file, '-', `${answer.error.name}: ${answer.error.message}`);
  if (answer.predictions.length === 0) return row(answer.file, '-', 'no label reaches the least score');
  return answer.predictions
    .map(({ label, score }, rank) =>
      row(rank === 0 ? answer.file : '', `${(score * 100).toFixed(1)} %`, label),
    )
    .join('\n');
}

function row(file: string, score: string, label: string): string {
  return `${file.padEnd(fileWidth)}  ${score.padStart(7)}  ${label}`;
}
