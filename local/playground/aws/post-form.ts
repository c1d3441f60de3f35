/** Uploads by HTML form (presigned POST): fills in `${filename}`, which s3rver stores as it is. */
import { Readable } from 'node:stream';
import type { S3rverMiddleware } from '@20minutes/s3rver';
import { S3Refusal } from './refusal.ts';
import { objectOf } from './turns.ts';

/**
 * Middleware that replaces `${filename}` in the fields of a form by the name of the uploaded file.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export const fillInFilename: S3rverMiddleware = async (context, next) => {
  const isForm = String(context.headers['content-type']).startsWith('multipart/form-data');
  if (context.method !== 'POST' || objectOf(context).key || !isForm) return next();
  context.req = await withFilename(context.req);
  return next();
};

async function withFilename(body: Readable): Promise<Readable> {
  const source = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    // One byte per character, so that the bytes of the file stay as they are.
    const fields = head.toString('latin1');
    const file = fileHeader.exec(fields);
    if ((file?.index ?? head.length) > maxFieldBytes)
      throw new S3Refusal(
        400,
        'MaxPostPreDataLengthExceeded',
        'Your POST request fields preceding the upload file were too large.',
      );
    if (file) {
      const name = filenameIn(file[0]).split(/[/\\]/).at(-1) ?? '';
      const before = fields.slice(0, file.index).replaceAll(variable, () => name);
      return Readable.from(prepend(Buffer.from(before + fields.slice(file.index), 'latin1'), source));
    }
    const { done, value } = await source.next();
    if (done) return Readable.from([head]);
    head = Buffer.concat([head, value]);
  }
}

// The header of the part with the file; S3 ignores the fields after it.
const fileHeader = /Content-Disposition:[^\r\n]*\bname="file"[^\r\n]*\r\n/i;
const variable = '$' + '{filename}';
const maxFieldBytes = 20_000;

function filenameIn(header: string): string {
  return /\bfilename="((?:[^"\\]|\\.)*)"/i.exec(header)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? '';
}

async function* prepend(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
