/** Moves an image out of the bucket of uploads, with its tags. */
import { CopyObjectCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client();

export async function handler({ detail: { bucket, key, versionId } }) {
  const source = `${bucket}/${encodeURIComponent(key)}?versionId=${versionId}`;
  try {
    await s3.send(new CopyObjectCommand({ CopySource: source, Bucket: process.env.QUARANTINE, Key: key }));
  } catch (error) {
    // Events may arrive twice: it has been moved already.
    if (error.name === 'NoSuchVersion') return;
    throw error;
  }
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
}
