/**
 * The function as it would be written in an afternoon: the same work with a given decoder, without limits, conditional writes
 * and retries, which all cost something.
 */

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CopyObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { recipe, size } from './recipe.js';

/** @param readPixels Gives the RGB values of 224 x 224 pixels of an encoded image, as the recipe says. */
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
      const { inputNames, outputNames } = await session;
      const outputs = await (await session).run({ [inputNames[0]]: toTensor(pixels) });
      const predictions = [...outputs[outputNames[0]].data]
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

function toTensor(pixels) {
  const { order, mean, std } = recipe;
  const area = size * size;
  const values = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const from = order[c];
    for (let i = 0; i < area; i++) values[c * area + i] = (pixels[3 * i + from] - mean[c]) / std[c];
  }
  return new Tensor('float32', values, [1, 3, size, size]);
}
