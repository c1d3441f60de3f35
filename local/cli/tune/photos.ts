/** The photos that are measured: the user's, or the playground's samples. */
import { basename } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { sampleFiles } from '../../playground/server/samples.ts';
import { findFiles, readBytes } from '../images/files.ts';

export interface Photo {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** More photos make a run no more exact. */
export const maxPhotos = 100;

/**
 * Reads the files of a folder: all of them or, of more than a hundred, every second or third, and so on.
 *
 * @param folder The samples if it is not given.
 */
export async function readPhotos(folder: string | undefined): Promise<Photo[]> {
  const files = folder === undefined ? sampleFiles() : await findFiles([folder]);
  const step = Math.ceil(files.length / maxPhotos);
  const chosen = files.filter((_, index) => index % step === 0);
  return Promise.all(
    chosen.map(async (file, index) => ({
      // Numbered, since files of two subfolders may have one name.
      key: `${index}-${basename(file)}`,
      bytes: await readBytes(file),
    })),
  );
}

export async function uploadPhotos(s3: S3Client, Bucket: string, photos: readonly Photo[]): Promise<void> {
  for (const { key, bytes } of photos) {
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes }));
  }
}
