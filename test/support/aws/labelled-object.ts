/** An S3 with one object, `photos/my cat.jpg`, whose labels a test sets, and the labels of a cat. */
import { S3Client } from '@aws-sdk/client-s3';
import { type AwsAnswer, startAws } from './aws-server.ts';

export const ref = { bucket: 'photos', key: 'my cat.jpg', eTag: 'abc', isCopy: false };
export const head = { ETag: '"abc"' };
export const written = {
  predictions: [
    { index: 281, id: 'n02123045', label: 'tabby', score: 0.7512 },
    { index: 282, id: 'n02123159', label: 'tiger_cat', score: 0.2 },
  ],
  general: { id: 'n02121808', label: 'domestic cat', score: 0.9512 },
  model: { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') },
  metadataPrefix: 'labels',
};
/** The labels of `written` as they are read back. */
export const labels = written.predictions.map(({ label, score }) => ({ label, score }));
export const general = { label: 'domestic cat', score: 0.9512 };

/** The places for labels; an annotation and tags as the responses that contain them. */
export interface StoredLabels {
  metadata?: Record<string, string>;
  annotation?: AwsAnswer;
  tags?: AwsAnswer;
}

/** Starts the server; PUT stores an annotation. */
export async function startLabelledObject() {
  let stored: StoredLabels = {};
  const aws = await startAws(({ method, url, body }) => {
    if (decodeURI(url.pathname) !== '/photos/my cat.jpg') return { status: 404 };
    if (method === 'HEAD') return { headers: metadataHeaders(stored.metadata) };
    if (method === 'PUT') {
      stored.annotation = { body };
      return {};
    }
    if (url.searchParams.has('annotation')) return stored.annotation ?? failure(404, 'NoSuchAnnotation');
    if (url.searchParams.has('tagging')) return stored.tags ?? { body: '<Tagging><TagSet/></Tagging>' };
    return { status: 500 };
  });
  const s3 = new S3Client({
    endpoint: aws.url,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    ...aws,
    s3,
    /** Replaces all labels of the object. */
    store: (labels: StoredLabels) => {
      stored = labels;
    },
    close: async () => {
      s3.destroy();
      await aws.close();
    },
  };
}

export type LabelledObject = Awaited<ReturnType<typeof startLabelledObject>>;

export function failure(status: number, code: string): AwsAnswer {
  return {
    status,
    body: `<Error><Code>${code}</Code><Message>no</Message></Error>`,
  };
}

export function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[]): AwsAnswer {
  return {
    body: `<Tagging><TagSet>${tags.map(({ Key, Value }) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`).join('')}</TagSet></Tagging>`,
  };
}

function metadataHeaders(metadata: Record<string, string> = {}) {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value]));
}
