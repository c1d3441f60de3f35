/** npm run diagrams: draws the pictures of docs/architecture.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDiagrams } from './with-diagrams.ts';

const page = join(import.meta.dirname, '../architecture.md');
writeFileSync(page, withDiagrams(readFileSync(page, 'utf8')));
