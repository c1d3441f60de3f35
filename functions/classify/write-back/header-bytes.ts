/**
 * Headers beyond ASCII, such as the Content-Disposition of 'été.jpg'. Node.js reads and sends headers as ISO-8859-1, one
 * character per byte, so that they go back as the bytes that came; but the client signs UTF-8, and S3 refuses the signature.
 */
import type { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectHead } from '../object/object-head.ts';

/** True if all headers of an object can be sent again: those that S3 wants signed must be UTF-8. */
export function canBeSigned({ Metadata = {}, WebsiteRedirectLocation = '' }: ObjectHead): boolean {
  return [...Object.values(Metadata), WebsiteRedirectLocation].every(
    (value) => readUtf8(value) !== undefined,
  );
}

/**
 * Makes a command sign its headers as the bytes that are sent. S3 requires a signature for `x-amz-` headers and the
 * Content-Type; all others that are not ASCII are sent unsigned, which holds however S3 decodes them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signSentBytes(command: CopyObjectCommand): void {
  const sent: Record<string, string> = {};
  const hideUnsignable =
    <Args extends Sent, Output>(next: Handler<Args, Output>) =>
    (args: Args) => {
      const request = args.request as Request;
      const headers = { ...request.headers };
      for (const [name, value] of Object.entries(headers).filter(([, text]) => !isAscii(text))) {
        sent[name] = value;
        const utf8 = mustBeSigned(name) ? readUtf8(value) : undefined;
        if (utf8 === undefined) delete headers[name];
        else headers[name] = utf8;
      }
      return next({ ...args, request: Object.assign(request.clone(), { headers }) });
    };
  const sendAsReceived =
    <Args extends Sent, Output>(next: Handler<Args, Output>) =>
    (args: Args) => {
      Object.assign((args.request as Request).headers, sent);
      return next(args);
    };
  const { middlewareStack } = command;
  middlewareStack.addRelativeTo(hideUnsignable, { ...signing, relation: 'before', name: 'hideUnsignable' });
  middlewareStack.addRelativeTo(sendAsReceived, { ...signing, relation: 'after', name: 'sendAsReceived' });
}

type Handler<Args, Output> = (args: Args) => Promise<Output>;

interface Sent {
  readonly request: unknown;
}

const signing = { toMiddleware: 'httpSigningMiddleware' } as const;

interface Request {
  readonly headers: Record<string, string>;
  clone(): Request;
}

function mustBeSigned(name: string): boolean {
  return name.startsWith('x-amz-') || name === 'content-type';
}

function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length;
}

/** The text of a header's bytes, or undefined if they are not UTF-8 or have spaces that the client's signer would change. */
function readUtf8(value: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(value, 'latin1'),
    );
    return /(?=\s)\P{ASCII}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
