/** Verifies AWS Signature Version 4 over the bytes of a request as they arrive. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request as Node.js receives it. */
export type SignedRequest = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>;

/**
 * Compares a request's `Authorization` with its method, path, query, signed headers and `x-amz-content-sha256`:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @returns The fault as a sentence, or undefined if the signature is right.
 */
export function signatureFault(request: SignedRequest, secretAccessKey: string): string | undefined {
  const headers = rawHeaders(request);
  const authorization = headers.get('authorization') ?? '';
  const parts = /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), *SignedHeaders=([^,]+), *Signature=(\w+)$/.exec(
    authorization,
  );
  if (!parts) return 'the request is not signed';
  const [, scope = '', signedHeaders = '', signature] = parts;
  const signed = signedHeaders.split(';');
  const unsigned = [...headers.keys()].filter(
    (name) => /^(host$|x-amz-)/.test(name) && !signed.includes(name),
  );
  if (unsigned.length > 0) return `there were headers present which were not signed: ${unsigned.join(', ')}`;

  const canonical = [
    request.method,
    request.url!.split('?')[0],
    canonicalQuery(request.url!),
    ...signed.map((name) => `${name}:${(headers.get(name) ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders,
    headers.get('x-amz-content-sha256'),
  ].join('\n');
  const canonicalHash = createHash('sha256').update(Buffer.from(canonical, 'latin1')).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', headers.get('x-amz-date'), scope, canonicalHash].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signature
    ? undefined
    : 'the request signature we calculated does not match the signature you provided';
}

/** Header values with one character per byte. */
function rawHeaders({ rawHeaders: raw }: SignedRequest): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < raw.length; at += 2) headers.set(raw[at]!.toLowerCase(), raw[at + 1]!);
  return headers;
}

function canonicalQuery(url: string): string {
  const [, query = ''] = url.split('?');
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
