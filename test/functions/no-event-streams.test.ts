import { expect, it } from 'vitest';
import { eventStreamSerdeProvider, resolveEventStreamSerdeConfig } from '../../functions/no-event-streams.ts';

it("leaves a client's configuration as it is", () => {
  const config = { region: 'eu-central-1' };

  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
});

it('refuses event streams, and says where they are left out', () => {
  expect(eventStreamSerdeProvider).toThrow('functions/no-event-streams.ts');
});
