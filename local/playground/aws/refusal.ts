/** Errors and documents as S3 sends them: one XML serializer, and S3's error codes. */
import type { S3rverMiddleware } from '@20minutes/s3rver';

/** A request that S3 refuses, with S3's code. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlValue[];

/** Children by name; an array repeats the element. `@` holds attributes. */
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/**
 * Middleware that sends objects and errors as XML. s3rver escapes twice, which no client can read back; a full disk
 * becomes 507.
 */
export const answerAsXml: S3rverMiddleware = async (context, next) => {
  try {
    await next();
  } catch (error) {
    const refusal = toRefusal(error);
    if (!refusal) throw error;
    context.status = refusal.status;
    context.body = { Error: { ...refusal.detail, Code: refusal.code, Message: refusal.message } };
  }
  if (isElement(context.body)) {
    const text = toXml(context.body);
    context.set('content-type', 'application/xml');
    context.body = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
  }
};

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** s3rver's own errors have one. */
  readonly detail?: XmlElement;
}

function toRefusal(error: unknown): Refusal | undefined {
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return { status: 507, code: 'InsufficientStorage', message: 'The disk of the playground is full.' };
  return typeof code === 'string' && typeof status === 'number' ? (error as Refusal) : undefined;
}

/** A plain object: not text, a buffer or a stream. */
function isElement(body: unknown): body is XmlElement {
  return typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype;
}

function toXml(element: XmlElement): string {
  return Object.entries(element)
    .filter(([name]) => name !== '@')
    .flatMap(([name, value]) => [value].flat().map((one) => toElement(name, one)))
    .join('');
}

function toElement(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (!isElement(value)) return `<${name}>${escapeXml(String(value))}</${name}>`;
  const attributes = Object.entries(isElement(value['@']) ? value['@'] : {}).map(
    ([attribute, text]) => ` ${attribute}="${escapeXml(String(text))}"`,
  );
  return `<${name}${attributes.join('')}>${toXml(value)}</${name}>`;
}

/** Escapes text for XML; control characters, which a key may have, become references. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be encoded.
      /[\x00-\x1f]/g,
      (character) => `&#${character.charCodeAt(0)};`,
    );
}

/** Inverts `escapeXml`, and reads the references that other clients write. */
export function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x?[\da-f]+|amp|lt|gt|quot|apos);/gi, (_, name: string) => {
    if (!name.startsWith('#')) return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name] ?? '';
    return String.fromCodePoint(Number(`0${name.slice(1)}`.replace(/^0(?=\d)/, '')));
  });
}
