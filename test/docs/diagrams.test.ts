import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withDiagrams } from '../../docs/diagrams/with-diagrams.ts';

it('has diagrams in architecture.md that match the code (npm run diagrams redraws them)', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');

  const drawn = withDiagrams(page);

  expect(drawn.match(/^flowchart LR\n(?: +.+\n)+/gm)).toHaveLength(2);
  expect(page).toBe(drawn);
});
