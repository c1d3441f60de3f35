import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import {
  contentMd5,
  hasOwnMark,
  isLabelledBy,
  isRaisedBy,
  isRenamedCopy,
  keyHash,
  labelledState,
  type ModelIdentity,
  markOf,
  modelId,
} from '../../../../functions/classify/object/mark.ts';
import type { ObjectHead } from '../../../../functions/classify/object/object-head.ts';

const copied: ImageRef = { bucket: 'photos', key: 'a.jpg', eTag: 'abc', isCopy: true };
const model = { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') };
const head = {
  ETag: '"abc"',
  Metadata: { 'labels-mark': `abc/${keyHash(copied)}`, 'labels-model': 'resnet50/2cb95161' },
};

describe('markOf', () => {
  const others = `${keyHash({ ...copied, key: 'b.jpg' })}+${keyHash({ ...copied, key: 'c.jpg' })}`;

  it('has the ETag of the upload, or that of the object if no upload is named', () => {
    const { eTag: _, ...named } = copied;

    expect(markOf(copied, { ETag: '"of a copy"' }, model, 'labels')).toBe(`abc/${keyHash(copied)}`);
    expect(markOf(named, { ETag: '"of the object"' }, model, 'labels')).toBe(
      `of the object/${keyHash(copied)}`,
    );
  });

  it('ends with the MD5 of the bytes unless the ETag is that already', () => {
    expect(markOf(copied, { ETag: '"abc"' }, model, 'labels', 'def')).toBe(`abc/${keyHash(copied)}/def`);
    expect(markOf(copied, { ETag: '"abc"' }, model, 'labels', 'abc')).toBe(`abc/${keyHash(copied)}`);
  });

  it.each([
    ['the same ETag', `abc/${others}`, undefined],
    ['the same MD5 after the keys', `of parts-2/${others}/def`, 'def'],
    ['the same MD5 as ETag', `def/${others}`, 'def'],
  ])('keeps the keys of earlier labels of the same bytes: %s', (_, mark, md5) => {
    const labelled = { ETag: '"abc"', Metadata: { 'labels-mark': mark } };

    expect(markOf(copied, labelled, model, 'labels', md5).split('/')[1]).toBe(`${keyHash(copied)}+${others}`);
  });

  it.each([
    ['of other bytes', `other/${others}`, 'def'],
    ['of other bytes, with an MD5', `other/${others}/123`, 'def'],
    ['of other bytes, compared without an MD5', `other/${others}`, undefined],
    ['without an ETag', `/${others}`, undefined],
    ['with keys that are not hashes', 'abc/0123456+012345678+ABCDEF01+01234567x+x01234567', undefined],
  ])('drops the keys of a mark %s', (_, mark, md5) => {
    const labelled = { ETag: '"abc"', Metadata: { 'labels-mark': mark } };

    expect(markOf(copied, labelled, model, 'labels', md5).split('/')[1]).toBe(keyHash(copied));
  });

  it('moves a key that is labelled again to the front', () => {
    const labelled = { ETag: '"abc"', Metadata: { 'labels-mark': `abc/${others}+${keyHash(copied)}` } };

    expect(markOf(copied, labelled, model, 'labels')).toBe(`abc/${keyHash(copied)}+${others}`);
  });
});

describe('markOf, at a key that another classifier has labelled,', () => {
  const other = { name: 'other', sha256: 'f'.repeat(64) };
  const third = { name: 'third', sha256: '3'.repeat(64) };
  const labelledBy = (before: ObjectHead, by: ModelIdentity): ObjectHead => ({
    ETag: '"abc"',
    Metadata: { 'labels-mark': markOf(copied, before, by, 'labels'), 'labels-model': modelId(by) },
  });
  const one = labelledBy({ ETag: '"abc"' }, model);
  const two = labelledBy(one, other);
  const three = labelledBy(two, third);

  it('remembers the models whose labels it replaces, so that they are not written again', () => {
    expect(labelledState(other, copied, one, 'labels', undefined)).toBeUndefined();
    expect(labelledState(model, copied, two, 'labels', undefined)).toBe('by-later');
    expect(labelledState(third, copied, two, 'labels', undefined)).toBeUndefined();
    expect(labelledState(model, copied, three, 'labels', undefined)).toBe('by-later');
    expect(labelledState(other, copied, three, 'labels', undefined)).toBe('by-later');
    expect(labelledState(third, copied, three, 'labels', undefined)).toBe('by-model');
  });

  it('forgets its own labels when it writes them again', () => {
    const again = labelledBy(two, model);

    expect(labelledState(other, copied, again, 'labels', undefined)).toBe('by-later');
    expect(again.Metadata!['labels-mark']!.split('+')).toHaveLength(2);
    expect(labelledBy(again, model)).toEqual(again);
  });

  it('remembers them for this key only', () => {
    const elsewhere = { ...copied, key: 'b.jpg' };

    expect(labelledState(model, elsewhere, two, 'labels', undefined)).toBeUndefined();
    expect(markOf(elsewhere, one, other, 'labels')).toBe(`abc/${keyHash(elsewhere)}+${keyHash(copied)}`);
  });
});

describe('contentMd5', () => {
  const bytes = Buffer.from('pixels');
  const md5 = createHash('md5').update(bytes).digest('hex');
  const eTag = '0123456789abcdef0123456789abcdef';

  it('is the ETag of an upload in one part', () => {
    expect(contentMd5({ ETag: `"${eTag}"` }, bytes)).toBe(eTag);
    expect(contentMd5({ ETag: `"${eTag}"`, ServerSideEncryption: 'AES256' }, bytes)).toBe(eTag);
  });

  it.each([
    ['of an upload in parts', { ETag: `"${eTag}-2"` }],
    ['under KMS', { ETag: `"${eTag}"`, ServerSideEncryption: 'aws:kms' }],
    ['with more digits', { ETag: `"${eTag}0"` }],
    ['with other characters first', { ETag: `"x${eTag}"` }],
    ['that is missing', {}],
  ] as const)('is computed from the bytes with an ETag %s', (_, itsHead) => {
    expect(contentMd5(itsHead, bytes)).toBe(md5);
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

  it('is not the copy that was labelled, whose event has come again', () => {
    const told = { ...copied, sequencer: '0A' };
    const labelled = { ETag: '"abc"', Metadata: { 'labels-mark': markOf(told, head, model, 'labels') } };

    expect(hasOwnMark(told, labelled, 'labels')).toBe(false);
    expect(hasOwnMark({ ...told, sequencer: '0B' }, labelled, 'labels')).toBe(true);
    expect(hasOwnMark(copied, labelled, 'labels')).toBe(true);
  });

  it('needs no hash of the event if the requester or the kind of event tells', () => {
    const plain = markOf(copied, { ETag: '"abc"' }, model, 'labels');

    for (const ref of [
      { ...copied, sequencer: '0A', requester: 'AWS:AIDA:alice' },
      { ...copied, sequencer: '0A', isCopy: false },
    ])
      expect(markOf(ref, { ETag: '"abc"' }, model, 'labels')).toBe(plain);
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

describe('labelledState', () => {
  const other = { name: 'other', sha256: 'f'.repeat(64) };
  const elsewhere = { ...copied, key: 'b.jpg' };
  const inParts = {
    ETag: '"abc-2"',
    Metadata: { ...head.Metadata, 'labels-mark': `of a copy/${keyHash(elsewhere)}/def` },
  };

  it("is 'by-model' if the model labelled these bytes, under whichever key", () => {
    expect(labelledState(model, copied, head, 'labels', undefined)).toBe('by-model');
    expect(labelledState(model, elsewhere, head, 'labels', undefined)).toBe('by-model');
    expect(labelledState(model, copied, inParts, 'labels', 'def')).toBe('by-model');
  });

  it("is 'by-later' if another model has replaced the labels that were written at this key", () => {
    const mark = `abc/${keyHash(elsewhere)}+${keyHash(copied)}`;
    const replaced = { ...head, Metadata: { ...head.Metadata, 'labels-mark': mark } };

    expect(labelledState(other, copied, replaced, 'labels', undefined)).toBe('by-later');
    expect(labelledState(model, copied, replaced, 'labels', undefined)).toBe('by-model');
  });

  it.each([
    ['an object without labels', other, { ETag: '"abc"' }, undefined],
    ['a model without a mark', model, { Metadata: { 'labels-model': 'resnet50/2cb95161' } }, undefined],
    ["another model's labels of this key, which it replaces", other, head, undefined],
    ['labels of other bytes', model, { ...head, ETag: '"xyz"' }, 'def'],
    ['labels of bytes whose MD5 is not known', model, inParts, undefined],
    ['labels of bytes with another MD5', model, inParts, '123'],
  ])('is undefined for %s', (_, itsModel, itsHead, md5) => {
    expect(labelledState(itsModel, copied, itsHead, 'labels', md5)).toBeUndefined();
  });
});
