/** Runs the docs' AWS CLI commands as written: the blocks of a page, from top to bottom, are one script. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { everyPage } from '../../docs/pages.ts';
import { awsBlocksOf } from '../../docs/shell.ts';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { Emulator } from '../emulator.ts';
import { catPhoto, coffeePhoto } from '../pictures.ts';
import { run } from '../processes.ts';

/** A part of the output of each page with such commands. */
const printed: Readonly<Record<string, RegExp>> = {
  'docs/cost.md': /"Label": "Duration"/,
  'docs/failures.md': /\["gone"\]/,
  'docs/operations.md': /GetQueryResults/,
  'docs/predictions.md': /"detail-type": ?"Image Classified"/,
  'docs/recipes/search-by-label.md': /\/coffee\.png\t0\.95/,
  'docs/recipes/moderate-uploads.md': /label\tsfw\nscore\t0\.9999\n[\s\S]*score\t1\.0000\n$/,
  'docs/query-labels.md': /"labels": "(tiger_cat|Egyptian_cat|tabby)=/,
};

export interface Tools {
  readonly environment: Emulator['environment'];
  /** The folder of the AWS CLI. */
  readonly pythonBin: string;
  readonly runFolder: string;
}

export function docsChecks(stack: DeployedStack, tools: Tools): Check[] {
  return [
    {
      name: 'the output TryIt labels a photo and shows its labels',
      run: async () =>
        assert.match(await runScript(stack.output('TryIt'), tools), printed['docs/query-labels.md']!),
    },
    ...everyPage
      .filter((page) => awsBlocksOf(page).length > 0 && !page.startsWith('docs/recipes/'))
      .map((page) => ({
        name: commandsCheckName(page),
        run: async () => {
          if (page === 'docs/failures.md') await leaveDeadLetter(stack);
          const script = scriptOf(page)
            .replaceAll('my-photos', stack.bucket())
            .replaceAll(/\bFUNCTION\b/g, stack.output('FunctionName'));
          await expectPrinted(page, script, tools);
        },
      })),
  ];
}

/** Runs the AWS CLI's commands of a recipe's page, next to the recipe's own stack. */
export function recipeDocsCheck(page: string, tools: Tools): Check {
  return { name: commandsCheckName(page), run: () => expectPrinted(page, scriptOf(page), tools) };
}

function commandsCheckName(page: string): string {
  return `the AWS CLI's commands of ${page}`;
}

function scriptOf(page: string): string {
  return awsBlocksOf(page)
    .map(({ code }) => code)
    .join('\n');
}

async function expectPrinted(page: string, script: string, tools: Tools): Promise<void> {
  assert.match(await runScript(script, tools), printed[page] ?? /nothing is expected of this page/);
}

/** Puts an event about an object that was deleted since into the dead-letter queue, as Lambda does after the last attempt. */
async function leaveDeadLetter(stack: DeployedStack): Promise<void> {
  const letter = {
    requestContext: { requestId: 'f3b1c5d2', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: { bucket: stack.bucket(), key: 'deleted-since.jpg' },
  };
  const body = JSON.stringify(letter);
  await stack.aws(
    'sqs',
    'send-message',
    '--queue-url',
    stack.output('DeadLetterQueueUrl'),
    '--message-body',
    body,
  );
}

/** Runs a script in a folder of its own with photos of a cat and a coffee. @returns Its output. */
function runScript(script: string, { environment, pythonBin, runFolder }: Tools): Promise<string> {
  const cwd = mkdtempSync(join(runFolder, 'docs-'));
  for (const name of ['cat.jpg', 'cat.png']) copyFileSync(catPhoto, join(cwd, name));
  copyFileSync(coffeePhoto, join(cwd, 'coffee.png'));
  const env = { ...environment, PATH: `${pythonBin}:${environment.PATH}` };
  return run('bash', ['-euo', 'pipefail', '-c', `${prelude}\n${script}`], { cwd, env, timeoutMs: 300_000 });
}

// The CLI ignores the general endpoint for SQS and Lambda. Not every machine has zip.
const prelude = `
aws() { command aws "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }
command -v zip >/dev/null || zip() { python -m zipfile --create "\${@:2}"; }
`;
