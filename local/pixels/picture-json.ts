/** A seen picture as JSON and back, for the page. */
import type { SeenPicture } from './seen-picture.ts';

type Base64 = string;

export interface PictureJson extends Omit<SeenPicture, 'view' | 'taken'> {
  readonly view: Omit<SeenPicture['view'], 'data'>;
  /** Pixels, in the byte order of x86 and ARM. */
  readonly data: { readonly type: 'bytes' | 'float32'; readonly base64: Base64 };
  readonly taken?: { readonly columns: readonly number[]; readonly rows: readonly number[] };
}

export function toPictureJson({ view: { data, ...view }, taken, ...rest }: SeenPicture): PictureJson {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    ...rest,
    view,
    data: { type: data instanceof Uint8Array ? 'bytes' : 'float32', base64: toBase64(bytes) },
    ...(taken && { taken: { columns: [...taken.columns], rows: [...taken.rows] } }),
  };
}

export function fromPictureJson({ view, data, taken, ...rest }: PictureJson): SeenPicture {
  const bytes = Uint8Array.from(atob(data.base64), (character) => character.charCodeAt(0));
  return {
    ...rest,
    view: { ...view, data: data.type === 'bytes' ? bytes : new Float32Array(bytes.buffer) },
    ...(taken && { taken: { columns: Int32Array.from(taken.columns), rows: Int32Array.from(taken.rows) } }),
  };
}

function toBase64(bytes: Uint8Array): Base64 {
  const parts: string[] = [];
  // A call takes a limited number of arguments.
  for (let at = 0; at < bytes.length; at += 8192)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(parts.join(''));
}
