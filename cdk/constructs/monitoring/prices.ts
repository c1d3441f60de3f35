/**
 * What AWS charges in us-east-1, in US dollars, before any free tier or discount: for the dashboard's estimate and the
 * tables of the docs. Each is the first tier, of June 2026. AWS's pages show the present ones, and those of other regions:
 * - https://aws.amazon.com/lambda/pricing/
 * - https://aws.amazon.com/s3/pricing/
 * - https://aws.amazon.com/eventbridge/pricing/
 * - https://aws.amazon.com/sqs/pricing/
 * - https://aws.amazon.com/cloudwatch/pricing/
 */
export const prices = {
  region: 'us-east-1',
  date: 'June 2026',
  lambda: {
    perGbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
    perMillionRequests: 0.2,
  },
  s3: {
    perThousandGets: 0.0004,
    /** COPY costs as much as PUT. */
    perThousandPuts: 0.005,
  },
  /** Of 64 KB each; those of S3, which are opted into, cost the same. */
  eventBridge: { perMillionEvents: 1 },
  /** A message takes three: it is sent, received and deleted; a batch of ten is received and deleted as one. */
  sqs: { perMillionRequests: 0.4 },
  cloudWatch: {
    logsPerGb: 0.5,
    /** By the month, and only for the hours in which a metric has data. */
    perCustomMetric: 0.3,
    /** By the month, for each metric that the alarm looks at. */
    perAlarm: 0.1,
    /** By the month. */
    perDashboard: 3,
  },
} as const;
