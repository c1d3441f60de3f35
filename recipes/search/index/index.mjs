/** Makes the rows of an image those of its last classification; a deleted or rejected image has none. */
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';

const [db, s3] = [new DynamoDBClient(), new S3Client()];
const TableName = process.env.TABLE;

export async function handler({ detail }) {
  const Bucket = detail.bucket.name ?? detail.bucket;
  const Key = detail.object?.key ?? detail.key;
  // Events arrive in any order: those about bytes that have been replaced or deleted since say nothing of today.
  if ((await currentETag({ Bucket, Key })) !== detail.eTag) return;

  const image = { S: `${Bucket}/${Key}` };
  const found = (detail.predictions ?? []).map(({ label, score }) => ({
    image,
    label: { S: label },
    score: { N: `${score}` },
  }));
  const gone = (await rowsOf(image)).filter(({ label }) => !found.some((row) => row.label.S === label.S));
  await Promise.all([
    ...found.map((Item) => db.send(new PutItemCommand({ TableName, Item }))),
    ...gone.map((row) => db.send(new DeleteItemCommand({ TableName, Key: row }))),
  ]);
}

/** Undefined if there is no such object. */
function currentETag(object) {
  return s3.send(new HeadObjectCommand(object)).then(
    ({ ETag }) => ETag.replaceAll('"', ''),
    (error) => {
      if (error.name !== 'NotFound') throw error;
    },
  );
}

async function rowsOf(image) {
  const rows = [];
  const pages = paginateQuery(
    { client: db },
    {
      TableName,
      KeyConditionExpression: 'image = :image',
      ExpressionAttributeValues: { ':image': image },
      ProjectionExpression: 'image, label',
    },
  );
  for await (const { Items } of pages) rows.push(...Items);
  return rows;
}
