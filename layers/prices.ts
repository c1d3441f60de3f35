/**
 * AWS list prices in us-east-1, in US dollars, before any free tier or discount; used by the dashboard's estimate and the
 * tables of the docs. First-tier prices of June 2026. For current prices and other regions, see:
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
    /** PUT and COPY. */
    perThousandPuts: 0.005,
  },
  /** Per 64 KB; opt-in events from S3 cost the same. */
  eventBridge: { perMillionEvents: 1 },
  /** A message takes three requests (send, receive, delete); a batch of ten shares the last two. */
  sqs: { perMillionRequests: 0.4 },
  cloudWatch: {
    logsPerGb: 0.5,
    /** Per month, prorated to the hours in which the metric has data. */
    perCustomMetric: 0.3,
    /** Per month and metric that the alarm watches. */
    perAlarm: 0.1,
    /** Per month. */
    perDashboard: 3,
  },
} as const;
