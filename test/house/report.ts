/** npm run house: prints the import circles, the fullest folders and which room imports which. */
import { circlesIn, folderSizes, readImports } from './imports.ts';

const imports = readImports();
const circles = circlesIn(imports);

console.log(`${imports.size} files, ${circles.length} import circles (type-only imports count)`);
for (const circle of circles) console.log(`  ${circle.length} files: ${circle.join(', ')}`);
console.log('Fullest folders:');
for (const [folder, files] of folderSizes(imports).slice(0, 5)) console.log(`  ${files} ${folder}`);
