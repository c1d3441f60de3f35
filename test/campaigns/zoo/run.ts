/**
 * npm run zoo -- --python PATH [--only NAME,…] [--docs]: makes the full-size classifiers of keras.applications with random weights
 * in a Python that has Keras 3 and tf_keras, converts them and compares the scores with Keras'. With --docs the table in the docs has
 * the new rows after each network; rows of networks that were not asked for stay.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Answer, Comparison } from './comparison.ts';
import { keras2Names, keras3Names } from './names.ts';
import { tableOf, updateTable, type ZooRow } from './table.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    only: { type: 'string' },
    docs: { type: 'boolean', default: false },
  },
});
const run = promisify(execFile);
const here = import.meta.dirname;
const documentPath = join(here, '../../../docs/measurements/keras-zoo.md');

/** Ill-conditioned networks amplify the rounding of float32, in Keras as here. */
const tolerance = 1e-3;

const only = values.only?.split(',');
const all = [
  ...keras3Names.map((name) => ({ name, keras: 3 })),
  ...keras2Names.map((name) => ({ name, keras: 2 })),
];
const models = all.filter(({ name }) => !only || only.includes(name));
const date = new Date().toISOString().slice(0, 10);

const rows: ZooRow[] = [];
for (const { name, keras } of models) {
  const row = await compare(name, keras).catch(
    (error: Error): ZooRow => ({ name, keras, failure: reasonOf(error), date }),
  );
  rows.push(row);
  console.log(tableOf([row]).split('\n').at(-1));
  if (values.docs) await writeDocument();
}
if (rows.some(isFailed)) process.exitCode = 1;

function isFailed({ failure, comparison }: ZooRow): boolean {
  return (
    failure !== undefined || !comparison || !(comparison.difference <= tolerance) || !comparison.isTopEqual
  );
}

async function compare(name: string, keras: number): Promise<ZooRow> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-zoo-'));
  try {
    await run(values.python, [join(here, 'make_model.py'), name, folder], {
      env: { ...process.env, KERAS: String(keras) },
      maxBuffer: 1e8,
    });
    const answer = JSON.parse(await readFile(join(folder, 'answer.json'), 'utf8')) as Answer;
    const { stdout } = await run(process.execPath, ['--import', 'tsx', join(here, 'convert-one.ts'), folder]);
    return { name, keras, answer, comparison: JSON.parse(stdout) as Comparison, date };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last line of what a program has printed about its failure. */
function reasonOf(error: Error): string {
  const { stderr = '' } = error as { readonly stderr?: string };
  const lines = stderr.split('\n').filter((line) => /Error|UnusableModel/.test(line));
  return (lines.at(-1) ?? error.message.split('\n')[0]!).slice(0, 200);
}

async function writeDocument(): Promise<void> {
  const text = await readFile(documentPath, 'utf8');
  const [before, table = ''] = text.split('<!-- table -->');
  await writeFile(documentPath, `${before}<!-- table -->\n\n${updateTable(table, rows, all)}\n`);
}
