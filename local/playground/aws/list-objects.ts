/** ListObjectsV2 by way of ListObjects: s3rver's own names the end of a page with DES, which OpenSSL 3 does not have. */
import type { S3rverContext } from '@20minutes/s3rver';

interface Listing {
  readonly IsTruncated: boolean;
  readonly NextMarker?: string;
  readonly Contents: readonly { readonly Key: string }[];
  readonly CommonPrefixes: readonly unknown[];
}

/** A middleware that answers version 2 of the request: the token of a page is the last key of the one before. */
export async function listObjectsV2(context: S3rverContext, next: () => Promise<void>): Promise<void> {
  const {
    'list-type': version,
    'continuation-token': token,
    'start-after': startAfter,
    'fetch-owner': _,
    ...query
  } = context.query;
  if (version !== '2') return next();
  const marker = token === undefined ? startAfter : Buffer.from(String(token), 'base64url').toString();
  context.query = { ...query, ...(marker && { marker }) };
  await next();
  const { ListBucketResult: listing } = context.body as { ListBucketResult: Listing };
  const { IsTruncated, NextMarker, Contents, CommonPrefixes } = listing;
  const last = NextMarker ?? Contents.at(-1)?.Key ?? '';
  context.body = {
    ListBucketResult: {
      ...listing,
      KeyCount: Contents.length + CommonPrefixes.length,
      ...(token && { ContinuationToken: token }),
      ...(IsTruncated && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
    },
  };
}
