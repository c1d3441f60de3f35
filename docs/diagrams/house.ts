/** The rooms of the function and which uses which, as the bundler sees their imports: a Mermaid flowchart. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const home = 'functions/classify';

/** In the order the data flows. What they all share (rejections, the clock, the mark) would only cover the picture with lines. */
const rooms = [
  'handler.ts',
  'respond.ts',
  'events.ts',
  'label-image.ts',
  'fetch.ts',
  'opt-out.ts',
  'read-image.ts',
  'decode.ts',
  'formats/',
  'jpeg/',
  'preprocess.ts',
  'resize.ts',
  'classify.ts',
  'session.ts',
  'general.ts',
  'writeback.ts',
  'publish.ts',
  'report.ts',
];

/** @throws if a room is not there any more: then this list is out of date. */
export const houseDiagram = (): string => {
  const imports = readImports();
  const missing = rooms.filter((room) => ![...imports.keys()].some((path) => roomOf(path) === room));
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: no such room in ${home}`);
  const lines = rooms.flatMap((from) =>
    rooms
      .filter((to) => to !== from && uses(from, to, imports))
      .map((to) => `  ${idOf(from)} --> ${idOf(to)}`),
  );
  return ['flowchart LR', ...rooms.map((room) => `  ${idOf(room)}[${room}]`), ...lines].join('\n');
};

type Imports = ReadonlyMap<string, readonly string[]>;

const readImports = (): Imports => {
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
  return new Map(
    Object.entries(metafile.inputs).map(([path, { imports }]) => [path, imports.map(({ path }) => path)]),
  );
};

const uses = (from: string, to: string, imports: Imports): boolean =>
  [...imports].some(([path, paths]) => roomOf(path) === from && paths.some((other) => roomOf(other) === to));

/** The parts of a room that has a folder of its own (`events/`) belong to it. */
const roomOf = (path: string): string | undefined => {
  if (!path.startsWith(`${home}/`)) return undefined;
  const [first = '', ...rest] = path.slice(home.length + 1).split('/');
  return rooms.find(
    (room) => room === first || (rest.length > 0 && [`${first}/`, `${first}.ts`].includes(room)),
  );
};

const idOf = (room: string): string => room.replace(/(\.ts|\/)$/, '');
