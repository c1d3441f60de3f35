import { expect, it } from 'vitest';
import { NoLambdaReport, readReport } from '../../../../local/cli/tune/lambda-report.ts';

const logged =
  'START RequestId: 8f507cfc-9f5a Version: $LATEST\n{"message":"classified"}\nEND RequestId: 8f507cfc-9f5a\n';

it('reads the report of a warm invocation', () => {
  const report =
    'REPORT RequestId: 8f507cfc-9f5a\tDuration: 182.43 ms\tBilled Duration: 183 ms\tMemory Size: 2048 MB\tMax Memory Used: 271 MB\t\n';
  expect(readReport(base64(logged + report))).toEqual({ durationMs: 182.43, billedMs: 183, peakMb: 271 });
});

it('reads the report of a cold start, whose start is billed', () => {
  const report =
    'REPORT RequestId: 8f507cfc-9f5a\tDuration: 240.10 ms\tBilled Duration: 1002 ms\tMemory Size: 1024 MB\tMax Memory Used: 260 MB\tInit Duration: 761.55 ms\t\n';
  expect(readReport(base64(logged + report))).toEqual({
    durationMs: 240.1,
    billedMs: 1002,
    peakMb: 260,
    initMs: 761.55,
  });
});

it('says so if the log has no report', () => {
  expect(() => readReport(base64(logged))).toThrow(NoLambdaReport);
  expect(() => readReport('')).toThrow('ends without');
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
