/** Functions of somebody else's that take prediction events: compiled against the package's types, and not run. */
import type { EventBridgeEvent } from 'aws-lambda';
import type { BucketlensEvent, ImageClassified } from 'bucketlens/events';

export const onImageClassified = async ({
  detail,
}: EventBridgeEvent<'Image Classified', ImageClassified>): Promise<string | undefined> =>
  detail.predictions[0]?.label;

export const onAny = (event: BucketlensEvent): string => {
  switch (event['detail-type']) {
    case 'Image Classified':
      return event.detail.general?.label ?? 'of many kinds';
    case 'Image Rejected':
      return event.detail.error.message;
    case 'Image Skipped':
      return event.detail.writeBack;
  }
};
