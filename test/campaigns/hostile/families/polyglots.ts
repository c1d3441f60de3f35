/** Files of several formats at once, or with another format's signature. */
import type { HostileFile } from '../hostile-file.ts';
import { copyOf, oneOfEach } from '../originals.ts';
import { jpegSegment, pngChunk, riffChunk } from './parts.ts';

const others: readonly (readonly [string, Buffer])[] = [
  ['HTML', Buffer.from('<html><script>alert(1)</script></html>')],
  ['a ZIP archive', Buffer.from('504b030414000000000000000000', 'hex')],
  ['PDF', Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n')],
  ['PHP', Buffer.from('<?php system($_GET[0]); ?>')],
  ['a byte order mark', Buffer.from('efbbbf', 'hex')],
  ['a line break', Buffer.from('\n')],
  ['zeros', Buffer.alloc(512)],
  ['a program', Buffer.from('7f454c460201010000000000', 'hex')],
];

const around: readonly HostileFile[] = oneOfEach.flatMap((name) =>
  others.flatMap(([kind, other]) => [
    { name: `${name} behind ${kind}`, make: () => Buffer.concat([other, copyOf(name)]) },
    { name: `${name} before ${kind}`, make: () => Buffer.concat([copyOf(name), other]) },
  ]),
);

const pairs: readonly HostileFile[] = oneOfEach.flatMap((first) =>
  oneOfEach.map((second) => ({
    name: `${first}, then ${second}`,
    make: () => Buffer.concat([copyOf(first), copyOf(second)]),
  })),
);

/** The first bytes of one file and the rest of another. */
const chimeras: readonly HostileFile[] = oneOfEach.flatMap((head) =>
  oneOfEach.map((body) => ({
    name: `${body} with the head of ${head}`,
    make: () => Buffer.concat([copyOf(head).subarray(0, 64), copyOf(body).subarray(64)]),
  })),
);

const hidden: readonly HostileFile[] = oneOfEach.flatMap((name) => [
  {
    name: `${name} in a JPEG's comment`,
    make: () => {
      const bytes = copyOf('odd_17x13_420.jpg');
      const comment = jpegSegment(0xfe, copyOf(name).subarray(0, 65_000));
      return Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]);
    },
  },
  {
    name: `${name} in a PNG's own chunk`,
    make: () => {
      const bytes = copyOf('tiny_3x2.png');
      return Buffer.concat([bytes.subarray(0, 33), pngChunk('hiDe', copyOf(name)), bytes.subarray(33)]);
    },
  },
  {
    name: `${name} in a WebP's own chunk`,
    make: () => Buffer.concat([copyOf('lossy.webp'), riffChunk('hide', copyOf(name))]),
  },
]);

export const polyglots: readonly HostileFile[] = [...around, ...pairs, ...chimeras, ...hidden];
