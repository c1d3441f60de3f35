/** Replaces the SDK's event streams in the bundle: of the function's requests, none has one. */

/** The SDK calls it for every client. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

/** The SDK calls it for a request with an event stream. */
export function eventStreamSerdeProvider(): never {
  throw new Error('the bundle contains no event streams; see functions/no-event-streams.ts');
}
