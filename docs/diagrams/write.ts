/** npm run diagrams: redraws the diagrams of docs/architecture.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDiagrams } from './with-diagrams.ts';

const page = join(import.meta.dirname, '../architecture.md');
writeFileSync(page, withDiagrams(readFileSync(page, 'utf8')));
