import { expect, it } from 'vitest';
import { lineOf, type ResnetRow, updateTable } from './table.ts';

const names = ['torchvision:resnet18', 'timm:resnet18', 'timm:ecaresnet50d'];

function row(name: string, difference: number): ResnetRow {
  const comparison = { difference, pytorchDifference: 1e-6 };
  return { name, title: 'ResNet18 of PyTorch', comparison, date: '2026-01-01' };
}

it('replaces the row of a network that was measured again, and orders all rows by name', () => {
  const refused: ResnetRow = { name: names[2]!, reason: 'refused: unknown', date: '2026-01-01' };
  const before = updateTable('', [row(names[1]!, 2e-6), refused], names);

  const after = updateTable(before, [row(names[1]!, 3e-6), row(names[0]!, 4e-6)], names);

  expect(after.split('\n').slice(2)).toEqual([
    '| torchvision:resnet18 | ResNet18 of PyTorch | 4.0e-6 | 1.0e-6 | 2026-01-01 |',
    '| timm:resnet18 | ResNet18 of PyTorch | 3.0e-6 | 1.0e-6 | 2026-01-01 |',
    '| timm:ecaresnet50d | refused: unknown | | | 2026-01-01 |',
  ]);
});

it('says that a network gave no answer if it has no comparison and no reason', () => {
  expect(lineOf({ name: 'timm:resnet18', date: '2026-01-01' })).toBe(
    '| timm:resnet18 | no answer | | | 2026-01-01 |',
  );
});
