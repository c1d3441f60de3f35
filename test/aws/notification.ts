/** S3 notifications as S3 sends them, for tests. */
interface NotificationOptions {
  readonly bucket?: string;
  readonly eventName?: string;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly principalId?: string;
}

/** A notification with one record about `key`, encoded as S3 does. */
export const notification = (key: string, options: NotificationOptions = {}) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventTime: '2026-01-01T00:00:00.000Z',
      eventName: options.eventName ?? 'ObjectCreated:Put',
      userIdentity: { principalId: options.principalId ?? 'AWS:AIDAUPLOADER' },
      requestParameters: { sourceIPAddress: '192.0.2.1' },
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: options.bucket ?? 'photos', arn: `arn:aws:s3:::${options.bucket ?? 'photos'}` },
        object: {
          key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
          size: 1024,
          ...(options.eTag !== undefined && { eTag: options.eTag }),
          ...(options.versionId !== undefined && { versionId: options.versionId }),
          sequencer: '0066A1B2C3D4E5F6',
        },
      },
    },
  ],
});
