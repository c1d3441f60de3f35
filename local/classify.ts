/** npm run -s classify: local image files -> their labels, by the same steps as the Lambda function. */
import type { Classification, Classifier } from '../functions/classify/classify.ts';
import { defaultLimits } from '../functions/classify/decode.ts';
import { readImage } from '../functions/classify/read-image.ts';
import { createCommand, modelOption } from './command.ts';
import { findFiles, readBytes } from './files.ts';
import { openClassifier } from './open-classifier.ts';

const examples = `
Examples:
  npm run -s classify -- cat.jpg
  npm run -s classify -- photos/ 'more/**/*.png'     folders with all that is in them, and patterns
  npm run -s classify -- --json photos/ | jq -r 'select(.predictions) | [.file, .predictions[0].label] | @tsv'
  curl -s https://example.com/cat.jpg | npm run -s classify -- -

Exit code: 0 if every file was classified, 1 if any was not (the others still are) or the model is
damaged, 2 on wrong usage.`;

interface Classified extends Classification {
  readonly file: string;
  readonly format: string;
  /** As stored, before any rotation. */
  readonly width: number;
  readonly height: number;
  readonly model: string;
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
const { json } = program.opts<{ json?: true }>();

const classifier = await openClassifier(program);
const files = await findFiles(program.args);
const fileWidth = Math.min(48, Math.max(4, ...files.map((file) => file.length)));

if (!json) console.log(row('FILE', 'SCORE', 'LABEL'));
for (const file of files) {
  const answer = await classifyFile(classifier, file);
  if ('error' in answer) process.exitCode = 1;
  console.log(json ? JSON.stringify(answer) : table(answer));
}

async function classifyFile({ manifest, classify }: Classifier, file: string): Promise<Classified | Failed> {
  try {
    const { info, toTensor } = await readImage(await readBytes(file), defaultLimits, manifest);
    const [classification] = await classify(toTensor());
    const { format, width, height } = info;
    return { file, format, width, height, model: manifest.name, ...classification };
  } catch (error) {
    const { name, message } = error as Error;
    return { file, error: { name, message } };
  }
}

function table(answer: Classified | Failed): string {
  if ('error' in answer) return row(answer.file, '-', `${answer.error.name}: ${answer.error.message}`);
  if (answer.predictions.length === 0) return row(answer.file, '-', 'no label reaches the least score');
  const { predictions, general } = answer;
  const rows = predictions.map(({ label, score }, rank) =>
    row(rank === 0 ? answer.file : '', percent(score), label),
  );
  const isNews = general && general.id !== predictions[0].id;
  return [
    ...rows,
    ...(isNews ? [row('', percent(general.score), `${general.label} (in general)`)] : []),
  ].join('\n');
}

function percent(score: number): string {
  return `${(score * 100).toFixed(1)} %`;
}

function row(file: string, score: string, label: string): string {
  return `${file.padEnd(fileWidth)}  ${score.padStart(7)}  ${label}`;
}
