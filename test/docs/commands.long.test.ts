/**
 * Runs every command of the docs, or checks that its program accepts it. A command that cannot run here names the file that
 * runs it, and the test looks for it there.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startS3, type TestS3 } from '../support/aws/s3.ts';
import { untilEnd } from '../support/run.ts';
import { blocksOf, eventShown, everyPage, readPage, root } from './pages.ts';
import { awsBlocksOf, commandsOf, inlineCodeOf } from './shell.ts';
import { assertDeployable, assertKnown, assertTaken } from './would-take.ts';

// npm is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let s3: TestS3;
beforeAll(async () => {
  mkdirSync(join(root, 'build'), { recursive: true });
  // Inside the clone, so that npm finds its scripts.
  folder = mkdtempSync(join(root, 'build/docs-'));
  for (const name of ['photos', 'more']) mkdirSync(join(folder, name));
  for (const name of ['cat.png', 'cat.jpg', 'photos/cat.png', 'more/cat.png'])
    copyFileSync(join(root, 'test/support/photos/chelsea.png'), join(folder, name));
  copyFileSync(join(root, 'test/support/photos/coffee.png'), join(folder, 'coffee.png'));
  writeFileSync(join(folder, 'event.json'), eventShown());
  writeFileSync(join(folder, 'cats.json'), blocksOf('docs/label-rules.md')[0]!.code);
  s3 = await startS3();
  s3.put('cat.jpg', Buffer.from('a cat'), {
    'x-amz-meta-labels': 'tabby=0.9',
    'x-amz-meta-labels-model': 'a/1',
  });
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

// npx takes longer than most commands; test/local/cli/bucketlens.long.test.ts tests that it finds the program.
const npx = `npx() { [ "$1" = bucketlens ] && node '${join(root, 'bin/bucketlens.js')}' "\${@:2}"; }`;

function shell(script: string) {
  const env = {
    ...process.env,
    INIT_CWD: folder,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return untilEnd(spawn('bash', ['-o', 'pipefail', '-c', `${npx}\n${script}`], { cwd: folder, env }));
}

type Rule = (command: string) => unknown;

/** Runs the command in a folder with photos and expects this output. */
function prints(expected: RegExp, adapt: (command: string) => string = (command) => command): Rule {
  return async (command) => {
    const { stdout, stderr, exitCode } = await shell(adapt(command));

    expect(stdout, stderr).toMatch(expected);
    expect(exitCode, stderr).toBe(0);
  };
}

/** Expects the file to contain these words, by which it runs the command. */
function isRunBy(file: string, words: string): Rule {
  return () => expect(readPage(file)).toContain(words);
}

/** Expects the tests that the command names to exist; they are part of this run. */
const namesTests: Rule = (command) => expect(existsSync(join(root, command.split(' ').at(-1)!))).toBe(true);

/** Runs the command and expects the output that the page shows below it; scores differ a little between processors. */
const printsAsShown: Rule = async (command) => {
  const { stdout, stderr, exitCode } = await shell(command);

  const shown = outputsShown.get(command)!;
  expect(stdout.trimEnd().replaceAll(/[\d.]+ %/g, 'SCORE')).toBe(shown.replaceAll(/[\d.]+ %/g, 'SCORE'));
  const scoresIn = (text: string) => [...text.matchAll(/([\d.]+) %/g)].map(([, score]) => Number(score));
  const expected = scoresIn(shown);
  expect(scoresIn(stdout).every((score, i) => Math.abs(score - expected[i]!) < 1)).toBe(true);
  expect(exitCode, stderr).toBe(0);
};

const outputsShown = new Map(
  everyPage.flatMap(blocksOf).flatMap(({ language, code }) =>
    language === 'text'
      ? code
          .split(/^\$ /m)
          .slice(1)
          .map((session): [string, string] => {
            const [command, ...output] = session.trimEnd().split('\n');
            return [command!, output.join('\n')];
          })
      : [],
  ),
);

const labelsRow = /^photos\/cat\.png +\d\d\.\d % {2}\w+$/m;

const rules: readonly (readonly [command: RegExp, rule: Rule])[] = [
  [/^npm ci$/, isRunBy('.ci/run', 'npm ci')],
  [/^npm test$/, isRunBy('.ci/run', 'npm test')],
  [/^npm run check$/, isRunBy('.ci/run', 'npm run check')],
  [/^npm start$/, isRunBy('test/support/playground-process.ts', "start('start'")],
  [/^npm run package$/, isRunBy('test/package/package.long.test.ts', 'await buildPackage(')],
  [/^npm install path\/to\/(\S+)$/, isRunBy('test/package/package.long.test.ts', 'installApp(tarball')],
  // These two use the registry.
  [/^npm run api$/, isRunBy('.ci/run', 'npm run api')],
  [/^npm run supply-chain$/, isRunBy('.ci/run', 'npm run supply-chain')],
  // These take minutes.
  [/^npm run (bench|chaos|coverage|fuzz|hostile|int8|load|resnets|zoo)( -- |$)/, assertKnown],
  [/^npx vitest run test\//, namesTests],

  [/^npx bucketlens classify --help$/, prints(/^Usage: bucketlens classify/)],
  [/^npx bucketlens classify photos\/ 'more\/\*\*\/\*\.png'$/, prints(labelsRow)],
  [/^cat cat\.jpg \| npx bucketlens classify -$/, prints(/^- +\d\d\.\d % {2}\w+$/m)],
  [
    /^npx bucketlens classify --model open-nsfw photo\.jpg$/,
    prints(/^cat\.jpg +100\.0 % {2}sfw$/m, (command) => command.replace('photo', 'cat')),
  ],
  [/^npx bucketlens classify --json photos\/ \| jq /, prints(/^photos\/cat\.png\t\w+$/m)],
  [/^npx bucketlens tensor --orientation ignore -o cat\.npy cat\.png$/, prints(/^$/)],
  [
    /^npx bucketlens (tensor (.* )?(--pixel|--json) |statistics photos\/$|classify --model efficientnet-lite0 ((--mode \w+ )?coffee|--label-rules cats\.json cat)\.png$)/,
    printsAsShown,
  ],
  [/^npm run -s general -- photos\/$/, prints(/^photos\/cat\.png: .*\n\n1 pictures/)],
  [/^npx bucketlens labels s3:/, prints(/90\.0 % {2}tabby/)],
  [
    /^npx bucketlens labels --endpoint-url http:\/\/127\.0\.0\.1:4601 /,
    prints(/90\.0 % {2}tabby/, (command) => command.replace('http://127.0.0.1:4601', s3.endpoint)),
  ],
  // test/bench/cost.long.test.ts tests the figures and wrong usage.
  [/^npm run -s cost( -- --duration-ms \S+)?$/, prints(/^\| memory \|/m)],
  [
    // Takes minutes, and writes to the sources.
    /^npm run -s cost -- --measure /,
    prints(/^ +--measure <FILE\.\.\.>/m, () => 'npm run -s cost -- --help'),
  ],
  [
    /^source <\(npx bucketlens complete bash\)$/,
    prints(/ bucketlens$/m, (command) => `${command}\ncomplete -p bucketlens`),
  ],

  // test/local tests them with AWS, test/layers/model with the weights of a network.
  [/^npx bucketlens (backfill|model|start --model|template|tune|deploy --only-model) /, assertTaken],
  [/^npx bucketlens (watch|verify)( --(stack|all|json)[^|]*| [a-z-]+)*$/, assertTaken],
  [
    /^npx bucketlens watch --json \| jq /,
    prints(/^tiger_cat$/m, (command) => command.replace('npx bucketlens watch --json', 'cat event.json')),
  ],
  [/^(npx bucketlens deploy|npm run deploy)( -- | -c |$)/, assertDeployable],
  [/^cd recipes\/\S+$/, isRunBy('test/e2e/checks/recipes/recipe.ts', "folder: join(root, 'recipes', name)")],
  [/^npx cdk deploy$/, isRunBy('test/e2e/deployment.ts', "[process.execPath, cdk, 'deploy']")],
  [/^npx cdk bootstrap$/, isRunBy('test/e2e/deployment.ts', "[cdk, 'bootstrap',")],
  [/^npx cdk destroy$/, isRunBy('test/e2e/deployment.ts', "[cdk, 'destroy',")],
  [/^npx cdk synth$/, isRunBy('test/cdk/app/app.long.test.ts', 'as `cdk synth` does')],
  [/^aws s3 cp cat\.jpg .* …$/, isRunBy('test/e2e/checks/docs.ts', "stack.output('TryIt')")],
];

const hasJq = spawnSync('bash', ['-c', 'command -v jq']).status === 0;

describe('the commands of the docs', () => {
  it.for([...new Set(everyPage.flatMap(commandsOf))])('%s', async (command, { skip }) => {
    const found = rules.filter(([pattern]) => pattern.test(command));
    expect(found, 'needs exactly one rule in this file').toHaveLength(1);
    if (command.includes('| jq ') && !hasJq) skip('there is no jq on PATH');

    await found[0]![1](command);
  });

  it('leave no rule unused', () => {
    const commands = everyPage.flatMap(commandsOf);

    expect(rules.filter(([pattern]) => !commands.some((command) => pattern.test(command)))).toEqual([]);
  });

  it.each(everyPage.filter((page) => awsBlocksOf(page).length > 0))(
    'for the AWS CLI have valid syntax in %s; npm run e2e runs them',
    (page) => {
      const script = awsBlocksOf(page)
        .map(({ code }) => code)
        .join('\n');

      expect(spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect(readPage('test/e2e/checks/docs.ts')).toContain(`'${page}': `);
    },
  );

  it.each(everyPage)('exist if the text of %s mentions them', (page) => {
    const mentioned = inlineCodeOf(page).filter((code) => /^(npm |(npx )?bucketlens [a-z])/.test(code));

    for (const command of mentioned) {
      if (command.includes(' -c ')) assertDeployable(command);
      else assertKnown(command);
    }
  });

  it("name the package's current version", () => {
    const { version } = JSON.parse(readPage('package.json'));

    const named = everyPage.flatMap((page) => readPage(page).match(/bucketlens-[\d.]+\.tgz/g) ?? []);
    expect(new Set(named)).toEqual(new Set([`bucketlens-${version}.tgz`]));
  });
});
