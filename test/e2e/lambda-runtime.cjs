/**
 * Stands in for Lambda's runtime in the root that lambda-root.sh makes: loads the function the same way, passes it the events one
 * by one, and prints the peak memory at the end, as Lambda's log does.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { handler } = require('/var/task/index.js');

const timeoutMs = 60_000;

const invokeAll = async (events) => {
  for (const [index, event] of events.entries()) {
    const deadline = Date.now() + timeoutMs;
    await handler(event, {
      awsRequestId: `request-${index}`,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    });
  }
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(JSON.stringify({ peakMegabytes: kilobytes / 1024 }));
};

invokeAll(JSON.parse(process.argv[2]));
