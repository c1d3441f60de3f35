import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAncestors } from '../../../../functions/classify/network/ancestors.ts';
import { InvalidLabelRules } from '../../../../functions/classify/network/label-rules.ts';
import { InvalidModel } from '../../../../functions/classify/network/manifest.ts';
import { readLabelRules } from '../../../../functions/classify/network/read-label-rules.ts';
import { readTextFile } from '../../../../functions/classify/network/text-file.ts';
import { readLabels } from '../../../../layers/model/labels.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';

const path = join(mkdtempSync(join(tmpdir(), 'bucketlens-')), 'file');
const text = 'Kätzchen\nHund\n';
const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
  ["UTF-16 as PowerShell's > writes it", utf16],
  ['UTF-16 with the high byte first', Buffer.from(utf16).swap16()],
  ['an empty file', Buffer.alloc(0)],
])('readTextFile reads %s', (_, bytes) => {
  writeFileSync(path, bytes);

  expect(readTextFile(path, InvalidModel)).toBe(bytes.length === 0 ? '' : text);
});

const latin1 = Buffer.from('["K\xe4tzchen"]', 'latin1');

it.each([
  ['Latin-1', latin1],
  ['UTF-16 without a byte order mark', Buffer.from('["cat"]', 'utf16le')],
  ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x41])],
])('readTextFile refuses %s instead of replacing its letters', (_, bytes) => {
  writeFileSync(path, bytes);

  expect(() => readTextFile(path, InvalidModel)).toThrow(
    new InvalidModel(`${path} is not text in UTF-8: save it as UTF-8`),
  );
});

it.each([
  ['labels', readLabels, UnusableModel],
  ['label rules', readLabelRules, InvalidLabelRules],
  ['ancestors', readAncestors, InvalidModel],
])('a file of %s in Latin-1 is refused, and a missing one named', (_, read, Failure) => {
  writeFileSync(path, latin1);

  expect(() => read(path)).toThrow(new Failure(`${path} is not text in UTF-8: save it as UTF-8`));
  expect(() => read('nope.json')).toThrow(Failure);
  expect(() => read('nope.json')).toThrow('nope.json cannot be read: ENOENT');
});
