/** Many uploads of few keys at once, and their events in any order: what is on each object in the end is its own. */
import png from '@jimp/js-png';
import { afterEach, describe, expect, it } from 'vitest';
import { notification, objectCreated, sqsBatch } from '../../../support/aws/events.ts';
import { functionName, startFunction, type TestFunction } from '../../../support/aws/function.ts';
import type { Creation } from '../../../support/aws/s3.ts';
import { randomFrom } from '../../../support/random.ts';

const uploads = 200;
const keys = Array.from({ length: 40 }, (_, index) => `photos/${index}.png`);
const instances = 8;

function imageOf(colour: number): Buffer {
  const pixel = [colour & 0xff, (colour * 37) & 0xff, (colour * 101) & 0xff, 255];
  const data = Buffer.from(Array.from({ length: 64 }, () => pixel).flat());
  return png().encode({ width: 8, height: 8, data });
}

/** A creation as S3 tells it: by notification with who did it, or through EventBridge without. */
function eventOf({ key, eventName, ...about }: Creation, throughEventBridge: boolean) {
  const isCopy = eventName === 'ObjectCreated:Copy';
  return throughEventBridge
    ? objectCreated(key, { ...about, reason: isCopy ? 'CopyObject' : 'PutObject' })
    : notification(key, {
        ...about,
        eventName,
        principalId: isCopy ? `AWS:AROA:${functionName}` : 'AWS:AIDA:alice',
      });
}

let labeller: TestFunction;
afterEach(() => labeller.close());

describe('a flood', () => {
  it.each([
    { versioned: false, seed: 1 },
    { versioned: true, seed: 2 },
  ])(
    'leaves every object with the labels of its own bytes, and ends (%o)',
    { timeout: 120_000 },
    async ({ versioned, seed }) => {
      const random = randomFrom(seed);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
      labeller = await startFunction({ versioned });
      const { s3, bus, invoke } = labeller;
      const creations: Creation[] = [];
      const pending: { event: unknown; isCopy: boolean }[] = [];
      s3.onCreated((creation) => {
        creations.push(creation);
        // At least once: every fifth comes twice.
        for (let count = random() < 0.2 ? 2 : 1; count > 0; count--) {
          pending.push({
            event: eventOf(creation, random() < 0.5),
            isCopy: creation.eventName === 'ObjectCreated:Copy',
          });
        }
      });

      const expected = new Map<string, Buffer>();
      let uploaded = 0;
      const act = () => {
        if (uploaded === uploads) return;
        const key = pick(keys);
        if (random() < 0.1) {
          s3.remove(key);
          expected.delete(key);
        } else {
          const bytes = imageOf(uploaded++);
          s3.put(key, bytes, { 'x-amz-meta-upload': String(uploaded) });
          expected.set(key, bytes);
        }
      };
      // Owners act while the function is at work: between any two of its requests.
      s3.failWith(() => {
        if (random() < 0.2) act();
        return undefined;
      });

      const takeAny = () => pending.splice(Math.floor(random() * pending.length), 1)[0]!;
      const deliver = async () => {
        if (random() < 0.7) {
          const { event, isCopy } = takeAny();
          const answer = await invoke(event);
          if (isCopy) expect(['own-copy', 'gone']).toEqual(expect.arrayContaining(answer as string[]));
          return;
        }
        const bodies = Array.from({ length: Math.min(5, pending.length) }, takeAny);
        const { batchItemFailures } = (await invoke(sqsBatch(...bodies.map(({ event }) => event)))) as {
          batchItemFailures: unknown[];
        };
        expect(batchItemFailures).toEqual([]);
      };
      const work = async () => {
        while (pending.length > 0 || uploaded < uploads) {
          if (pending.length === 0 || random() < 0.3) act();
          if (pending.length > 0) await deliver();
        }
      };
      await Promise.all(Array.from({ length: instances }, work));
      // Events that an instance queued after the others had stopped.
      while (pending.length > 0) await deliver();

      expect([...expected.keys()].length).toBeGreaterThan(10);
      for (const key of keys) {
        const object = s3.current(key);
        expect(object?.bytes).toEqual(expected.get(key));
        if (!object) continue;
        const { 'x-amz-meta-labels': labels, 'x-amz-meta-labels-mark': mark } = object.headers;
        expect(mark?.split('/')[0], key).toBe(object.eTag);
        expect(object.headers).toHaveProperty('x-amz-meta-upload');
        const told = bus.events.filter(({ detail }) => detail.key === key && detail.eTag === object.eTag);
        const [{ label, score }] = told[0]!.detail.predictions as [{ label: string; score: number }];
        expect(labels).toMatch(new RegExp(`^${label}=${score.toFixed(4)}`));
      }
      expect(bus.events.map(({ detail }) => detail.writeBack)).toContain('superseded');
      // One copy for an upload at most, none for a copy: no loop.
      const count = (eventName: Creation['eventName']) =>
        creations.filter((creation) => creation.eventName === eventName).length;
      expect(count('ObjectCreated:Put')).toBe(uploads);
      expect(count('ObjectCreated:Copy')).toBeLessThanOrEqual(uploads);
    },
  );
});
