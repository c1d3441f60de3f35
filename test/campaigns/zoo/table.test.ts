import { describe, expect, it } from 'vitest';
import { tableOf, updateTable, type ZooRow } from './table.ts';

const all = ['VGG16', 'MobileNet', 'DenseNet121'].map((name) => ({ name, keras: 3 }));

function row(name: string, difference: number, date: string): ZooRow {
  return {
    name,
    keras: 3,
    answer: {
      file: '',
      parameters: 4e6,
      width: 8,
      height: 8,
      milliseconds: 1,
      version: '3.15.1',
      outputs: [],
    },
    comparison: {
      conversionMs: 1500,
      conversionBytes: 7e8,
      inferenceMs: 20,
      layerBytes: 16e6,
      difference,
      isTopEqual: true,
      base: name,
    },
    date,
  };
}

describe('updateTable', () => {
  it('replaces the rows of networks that were measured again, and keeps the others in the order of all', () => {
    const before = tableOf([row('MobileNet', 1e-6, '2026-01-01'), row('VGG16', 1e-6, '2026-01-01')]);

    const after = updateTable(
      before,
      [row('DenseNet121', 2e-6, '2026-02-02'), row('VGG16', 3e-6, '2026-02-02')],
      all,
    );

    expect(after).toBe(
      tableOf([
        row('VGG16', 3e-6, '2026-02-02'),
        row('MobileNet', 1e-6, '2026-01-01'),
        row('DenseNet121', 2e-6, '2026-02-02'),
      ]),
    );
  });

  it('keeps the row of a network that failed', () => {
    const failed: ZooRow = { name: 'VGG16', keras: 3, failure: 'out of memory', date: '2026-01-01' };

    expect(updateTable(tableOf([failed]), [], all)).toBe(tableOf([failed]));
  });
});
