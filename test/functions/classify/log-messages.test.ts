import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ignoreReasons } from '../../../functions/classify/event/event-content.ts';
import { logMessages } from '../../../functions/classify/log-messages.ts';

const [, section = ''] = readFileSync('docs/operations.md', 'utf8').split('\n## Log messages\n');
const [messages = '', reasons = ''] = section.split('\n## ')[0]!.split('| reason |');

function firstColumn(table: string) {
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
}

it('operations.md explains every log message, and no other', () => {
  expect(firstColumn(messages)).toEqual([...logMessages]);
});

it('operations.md explains every reason for ignoring a record, and no other', () => {
  expect(firstColumn(reasons)).toEqual([...ignoreReasons]);
});
