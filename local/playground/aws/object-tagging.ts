/** Tags in an upload's header: s3rver stores only the tags of PutObjectTagging. */
import type { S3rverContext, S3rverStore } from '@20minutes/s3rver';
import { escapeXml } from './refusal.ts';

/** Middleware that stores an upload's tags, and returns their number on reads. */
export function keepTags(store: S3rverStore) {
  return async (context: S3rverContext, next: () => Promise<void>): Promise<void> => {
    await next();
    const { bucket, key, queryMethod } = context.params;
    if (!bucket || !key || queryMethod || context.status >= 300) return;
    if (context.method === 'PUT' && !('x-amz-copy-source' in context.headers)) {
      const tags = [...new URLSearchParams(String(context.headers['x-amz-tagging'] ?? ''))];
      await store.deleteSubresource(bucket, key, 'tagging');
      if (tags.length > 0)
        await store.putSubresource(bucket, key, { type: 'tagging', toXML: () => toXml(tags) });
    }
    if (context.method === 'GET' || context.method === 'HEAD') {
      const stored = await store.getSubresource(bucket, key, 'tagging');
      const count = stored?.toXML().match(/<Tag>/g)?.length;
      if (count) context.set('x-amz-tagging-count', String(count));
    }
  };
}

function toXml(tags: readonly (readonly [string, string])[]): string {
  const set = tags.map(
    ([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`;
}
