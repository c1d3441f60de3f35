/** The rooms of functions/classify as `npm run mutation` takes them, each with the tests that are its own. */

/** Patterns of files, from the project's root. */
export interface Room {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

/** Named within functions/classify, of both trees. */
const names: Readonly<Record<string, Room>> = {
  events: { sources: ['events', 'events/*'], tests: ['events', 'events/*'] },
  mark: { sources: ['mark'], tests: ['mark'] },
  config: { sources: ['config', 'base-memory'], tests: ['config'] },
  fetch: { sources: ['fetch'], tests: ['fetch'] },
  'label-image': {
    sources: ['label-image', 'event-head', 'opt-out', 'object-tags', 'read-image', 'deadline', 'stopwatch'],
    tests: ['label-image', 'deadline'],
  },
  header: { sources: ['header'], tests: ['header'] },
  decode: {
    sources: ['decode', 'rejections', 'time-limit', 'formats/{jpeg,bytes,palette}'],
    tests: ['decode', 'bombs', 'time-limit', 'formats/{avif,bytes,tiff}'],
  },
  png: { sources: ['formats/png', 'png/*'], tests: ['png/*'] },
  gif: { sources: ['formats/{gif,lzw}'], tests: ['decode', 'bombs', 'formats/gif'] },
  bmp: { sources: ['formats/bmp'], tests: ['decode', 'bombs'] },
  tiff: { sources: ['formats/{tiff*,ifd}'], tests: ['decode', 'bombs', 'formats/tiff'] },
  webp: { sources: ['formats/webp'], tests: ['decode', 'bombs', 'formats/webp'] },
  avif: { sources: ['formats/{avif,heif,wasm}'], tests: ['decode', 'bombs', 'formats/{avif,heif,wasm}'] },
  'jpeg-header': { sources: ['jpeg/{header,colour-space}'], tests: ['jpeg/header'] },
  'jpeg-entropy': {
    sources: ['jpeg/{bit-reader,huffman,lookup-entries}'],
    tests: ['jpeg/{bit-reader,huffman}'],
  },
  'jpeg-idct': { sources: ['jpeg/{idct,idct-extremes,butterfly}'], tests: ['jpeg/idct'] },
  'jpeg-colours': { sources: ['jpeg/{colours,upsampling}'], tests: ['jpeg/{colours,upsampling}'] },
  // The parts that only whole files test.
  'jpeg-scans': {
    sources: [
      'jpeg/{band,coefficient-row,coefficients,decode-jpeg,default-tables,markers,mcu,progressive*,restarts}',
      'jpeg/{sampling-plan,scans,sequential*,smoothing,symbols,tables}',
    ],
    tests: ['jpeg/{decode-jpeg,scans}'],
  },
  resize: { sources: ['resize', 'filters', 'scaler', 'frame'], tests: ['resize', 'scaler'] },
  preprocess: { sources: ['preprocess', 'pixel-view', 'rows'], tests: ['preprocess', 'scaler'] },
  classify: { sources: ['classify', 'network', 'session'], tests: ['classify', 'network', 'session'] },
  general: { sources: ['general'], tests: ['general'] },
  manifest: { sources: ['manifest'], tests: ['manifest'] },
  writeback: { sources: ['writeback', 'writeback/*'], tests: ['writeback', 'writeback/*'] },
  publish: { sources: ['publish'], tests: ['publish'] },
  'prediction-event': { sources: ['prediction-event'], tests: ['prediction-event'] },
  handler: { sources: ['handler'], tests: ['handler'] },
  respond: {
    sources: ['respond', 'report', 'printable', 'clients'],
    tests: ['respond', 'report', 'printable'],
  },
};

export const rooms: Readonly<Record<string, Room>> = Object.fromEntries(
  Object.entries(names).map(([room, { sources, tests }]) => [
    room,
    {
      sources: sources.map((name) => `functions/classify/${name}.ts`),
      tests: tests.map((name) => `test/functions/classify/${name}.test.ts`),
    },
  ]),
);
