/** Draws the folders of the function and their imports, as the bundler sees them, as a Mermaid flowchart. */
import { join, posix } from 'node:path';
import { buildSync } from 'esbuild';

const home = 'functions/classify';
const root = 'handler, respond, label-image';

/** Each folder of functions/classify is a node; the files next to the folders, which compose them, are one node. */
export function houseDiagram(): string {
  const arrows = readArrows();
  const rooms = [...new Set(arrows.flat())];
  return [
    'flowchart LR',
    ...rooms.map((room) => `  ${idOf(room)}[${room}]`),
    ...arrows.map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`),
  ].join('\n');
}

type Arrow = readonly [from: string, to: string];

/** Sorted by importing folder, the composing files first. */
function readArrows(): Arrow[] {
  const { metafile } = buildSync({
    entryPoints: [`${home}/handler.ts`],
    absWorkingDir: join(import.meta.dirname, '../..'),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const pairs = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports
      .filter((other) => other.path.startsWith(`${home}/`))
      .map((other) => `${roomOf(path)}>${roomOf(other.path)}`),
  );
  return [...new Set(pairs)]
    .map((pair) => pair.split('>') as unknown as Arrow)
    .filter(([from, to]) => from !== to && to !== root)
    .sort(
      ([a, b], [c, d]) => Number(c === root) - Number(a === root) || `${a}>${b}`.localeCompare(`${c}>${d}`),
    );
}

function roomOf(path: string): string {
  const [folder = '', ...rest] = posix.relative(home, path).split('/');
  return rest.length > 0 ? folder : root;
}

function idOf(room: string): string {
  return room === root ? 'root' : room;
}
