/** Decodes `aws-chunked`, in which the SDKs and the AWS CLI send bodies with trailing checksums. */

/**
 * Removes the framing: `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of length 0, then trailers.
 * Signatures and checksums are skipped, not verified.
 *
 * Source: "Signature calculations: transferring payload in multiple chunks" in the Amazon S3 API Reference.
 * @throws Error if the body ends early or is framed otherwise.
 */
export async function* decodeAwsChunked(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const readMore = async () => {
    const { done, value } = await source.next();
    if (done) throw new Error('aws-chunked: the body ends inside a chunk');
    rest = Buffer.concat([rest, value]);
  };

  for (;;) {
    while (!rest.includes('\r\n')) await readMore();
    const endOfLine = rest.indexOf('\r\n');
    const line = rest.toString('latin1', 0, endOfLine);
    if (!/^[\da-f]{1,8}(;|$)/i.test(line)) throw new Error('aws-chunked: a chunk has no length');
    let left = Number.parseInt(line, 16);
    rest = rest.subarray(endOfLine + 2);
    if (left === 0) break;
    while (left > 0) {
      if (rest.length === 0) await readMore();
      const bytes = rest.subarray(0, left);
      rest = rest.subarray(bytes.length);
      left -= bytes.length;
      yield bytes;
    }
    while (rest.length < 2) await readMore();
    rest = rest.subarray(2);
  }
  // The connection can be reused only once the trailers are read.
  while (!(await source.next()).done);
}
