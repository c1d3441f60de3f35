import { describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import {
  hasOwnMark,
  isLabelledBy,
  isRaisedBy,
  isRenamedCopy,
  keyHash,
  markOf,
} from '../../../../functions/classify/object/mark.ts';

const copied: ImageRef = { bucket: 'photos', key: 'a.jpg', eTag: 'abc', isCopy: true };
const model = { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') };
const head = {
  ETag: '"abc"',
  Metadata: { 'labels-mark': `abc/${keyHash(copied)}`, 'labels-model': 'resnet50/2cb95161' },
};

describe('the mark', () => {
  it('has the ETag of the upload, or that of the object if no upload is named', () => {
    const { eTag: _, ...named } = copied;

    expect(markOf(copied, { ETag: '"of a copy"' }, 'labels')).toBe(`abc/${keyHash(copied)}`);
    expect(markOf(named, { ETag: '"of the object"' }, 'labels')).toBe(`of the object/${keyHash(copied)}`);
  });
});

describe('our own copy', () => {
  it('is recognised by the function whose session raised the event', () => {
    expect(isRaisedBy('labeller', { ...copied, requester: 'AWS:AROA123:labeller' })).toBe(true);
    expect(isRaisedBy('labeller', { ...copied, requester: 'AWS:AROA123:other-labeller' })).toBe(false);
    expect(isRaisedBy('labeller', copied)).toBeUndefined();
  });

  it('is not an upload under a session named like the function', () => {
    const uploaded = { ...copied, isCopy: false, requester: 'AWS:AROA999:labeller' };

    expect(isRaisedBy('labeller', uploaded)).toBe(false);
  });

  it('is recognised by the mark of its own key', () => {
    expect(hasOwnMark(copied, head, 'labels')).toBe(true);
  });

  it.each([
    ['a copy to another key, mark and all', { ...copied, key: 'b.jpg' }, head, 'labels'],
    ['a copy to another bucket', { ...copied, bucket: 'others' }, head, 'labels'],
    ['an upload with the mark', { ...copied, isCopy: false }, head, 'labels'],
    ['a copy without metadata', copied, {}, 'labels'],
    ['a copy with half a mark', copied, { Metadata: { 'labels-mark': 'abc' } }, 'labels'],
    ['a copy labelled under another prefix', copied, head, 'tags'],
  ])('is not %s', (_, ref, itsHead, prefix) => {
    expect(hasOwnMark(ref, itsHead, prefix)).toBe(false);
  });

  it('is recognised under another ETag only if copies get one', () => {
    const kms = { ...head, ETag: '"xyz"', ServerSideEncryption: 'aws:kms' } as const;
    const twice = { ...kms, ServerSideEncryption: 'aws:kms:dsse' } as const;
    const plain = { ...head, ETag: '"xyz"', ServerSideEncryption: 'AES256' } as const;
    const parts = { Metadata: { 'labels-mark': `abc-2/${keyHash(copied)}` } };

    expect(isRenamedCopy(copied, kms, 'labels')).toBe(true);
    expect(isRenamedCopy(copied, twice, 'labels')).toBe(true);
    expect(isRenamedCopy(copied, plain, 'labels')).toBe(false);
    expect(isRenamedCopy({ ...copied, eTag: 'abc-2' }, parts, 'labels')).toBe(true);
    expect(isRenamedCopy({ ...copied, eTag: 'newer' }, kms, 'labels')).toBe(false);
    expect(isRenamedCopy(copied, { ...head, ETag: '"xyz"' }, 'labels')).toBe(false);
    expect(isRenamedCopy({ ...copied, key: 'b.jpg' }, kms, 'labels')).toBe(false);
  });
});

describe('an object that is labelled already', () => {
  const kms = { ...head, ETag: '"xyz"', ServerSideEncryption: 'aws:kms' } as const;

  it('has the mark of its bytes and the model, wherever it was labelled', () => {
    expect(isLabelledBy(model, copied, head, 'labels')).toBe(true);
    expect(isLabelledBy(model, { ...copied, key: 'b.jpg' }, head, 'labels')).toBe(true);
  });

  it.each([
    ['by another model', { ...model, sha256: 'f'.repeat(64) }, copied, head],
    ['with other bytes', model, copied, { ...head, ETag: '"xyz"' }],
    ['under another key, with an ETag that copying changes', model, { ...copied, key: 'b.jpg' }, kms],
    ['not at all', model, copied, { ETag: '"abc"' }],
  ])('is not one that is labelled %s', (_, itsModel, ref, itsHead) => {
    expect(isLabelledBy(itsModel, ref, itsHead, 'labels')).toBe(false);
  });

  it('is recognised even if KMS gave the copy another ETag', () => {
    expect(isLabelledBy(model, copied, kms, 'labels')).toBe(true);
  });
});
