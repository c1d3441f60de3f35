/**
 * The function as it would be written in an afternoon: the same work with a given decoder, without limits, conditional writes
 * and retries, which all cost something.
 */

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CopyObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { size } from './nearest.js';

/** @param readPixels Gives the RGB values of 224 x 224 pixels of an encoded image, by nearest neighbour. */
export function createHandler(readPixels) {
  const s3 = new S3Client();
  const eventBridge = new EventBridgeClient();
  const session = InferenceSession.create(process.env.MODEL, { intraOpNumThreads: 1 });

  return async ({ Records: records }) => {
    for (const { s3: record } of records) {
      const Bucket = record.bucket.name;
      const Key = decodeURIComponent(record.object.key.replaceAll('+', ' '));
      const { Body, ContentType, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const pixels = await readPixels(Buffer.from(await Body.transformToByteArray()));
      const { predictions: probabilities } = await (await session).run({ images: toTensor(pixels) });
      const predictions = [...probabilities.data]
        .map((score, index) => ({ index, score }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 5);
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          Key,
          CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
          MetadataDirective: 'REPLACE',
          ContentType,
          Metadata: {
            ...Metadata,
            labels: predictions.map(({ index, score }) => `${index}=${score}`).join(),
          },
        }),
      );
      const Detail = JSON.stringify({ bucket: Bucket, key: Key, predictions });
      const entry = { Source: 'bench', DetailType: 'Image Classified', Detail };
      await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
    }
  };
}

/** Keras' `preprocess_input` for ResNet50: BGR minus ImageNet's means. */
function toTensor(pixels) {
  const area = size * size;
  const values = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    values[i] = pixels[3 * i + 2] - 103.939;
    values[area + i] = pixels[3 * i + 1] - 116.779;
    values[2 * area + i] = pixels[3 * i] - 123.68;
  }
  return new Tensor('float32', values, [1, 3, size, size]);
}
