import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fixture } from '../../../test/support/fixture';
import { canonicalJson } from './canonical-json';
import { bodyFrom, bodyOf, contentHashOf, divideElement, elementOf, partsOf } from './element';
import { dataOf, dataOfParts, EnvelopeFacts, leafOf, metadataOf, PARTS, seal, sealHolds, saltPool } from './envelope';

interface Vector {
  name: string;
  sent: Record<string, unknown>;
  stream: string;
  revision: number;
  salts: Record<string, string>;
  parts: Record<string, Record<string, unknown>>;
  commitments: Record<string, string>;
  data: string;
  metadata: string;
  leaf: string;
}
const { vectors, rootOfFour } = fixture<{ vectors: Vector[]; rootOfFour: string }>('envelope-vectors.json');

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

const factsOf = ({ stream, revision, parts }: Vector) =>
  ({
    stream,
    revision,
    ...parts['header'],
    id: parts['header']!['eventId'],
    recordedBy: parts['author']!['recordedBy'],
    correlationId: parts['author']!['$correlationId'],
    causationId: parts['author']!['$causationId'],
  }) as unknown as EnvelopeFacts;

const saltsOf = ({ salts }: Vector) => Buffer.concat(PARTS.map((part) => Buffer.from(salts[part]!, 'base64url')));

const sealOf = (vector: Vector) => {
  const element = divideElement(vector.sent);
  return seal(factsOf(vector), bodyOf(element), contentHashOf(element), saltsOf(vector));
};

describe.each(vectors.map((vector) => [vector.name, vector] as const))('the envelope of %s', (_name, vector) => {
  const { body, ...parts } = structuredClone(bodyOf(divideElement(vector.sent)));
  const sealed = sealOf(vector);

  it.each(['content', 'refs', 'sources'] as const)('has the part %s', (part) => {
    expect(text(parts[part])).toBe(canonicalJson(vector.parts[part]));
  });

  it('has the six commitments', () => {
    const hashes = PARTS.map((_part, f) => sealed.subarray(128 + f * 32, 160 + f * 32).toString('hex'));
    expect(hashes).toEqual(PARTS.map((part) => vector.commitments[part]));
  });

  it('has data, metadata and leaf byte for byte, rebuilt from body and seal', () => {
    expect(dataOf(text(body), sealed)).toBe(vector.data);
    expect(dataOfParts(parts, sealed)).toBe(vector.data);
    expect(metadataOf(factsOf(vector), sealed)).toBe(vector.metadata);
    expect(leafOf(sealed).toString('hex')).toBe(vector.leaf);
  });

  it('gives the element back', () => {
    const { eventId: _id, type: _type, tlp: _tlp, ...rest } = vector.sent;
    expect(elementOf(text(body))).toEqual(rest);
  });

  it('holds for what was stored and for nothing else', () => {
    const facts = factsOf(vector);
    expect(sealHolds(facts, parts, sealed)).toBe(true);
    expect(sealHolds({ ...facts, revision: facts.revision + 1 }, parts, sealed)).toBe(false);
    expect(sealHolds({ ...facts, marking: 'RED' }, parts, sealed)).toBe(false);
    expect(sealHolds({ ...facts, correlationId: 'other' }, parts, sealed)).toBe(false);
    expect(sealHolds(facts, { ...parts, content: Buffer.from('{}') }, sealed)).toBe(false);
    expect(sealHolds(facts, { ...parts, sources: Buffer.from('{"sources":[1]}') }, sealed)).toBe(false);
  });
});

describe('the envelope', () => {
  it('has leaves that make the tree of RFC 6962', () => {
    const node = (left: Buffer, right: Buffer) =>
      createHash('sha256')
        .update(Buffer.concat([Buffer.of(1), left, right]))
        .digest();
    const [a, b, c, d] = vectors.map((vector) => leafOf(sealOf(vector)));
    expect(node(node(a!, b!), node(c!, d!)).toString('hex')).toBe(rootOfFour);
  });

  it('identifies content by all that was sent but the id', () => {
    const hashOf = (element: object) => contentHashOf(divideElement(element));
    const element = { type: 'T', tlp: 'RED', sources: [1], data: { target: 'x' } };
    expect(hashOf({ ...element, eventId: 'a' })).toBe(hashOf({ eventId: 'b', ...element }));
    for (const other of [{ type: 'U' }, { tlp: 'AMBER' }, { sources: [] }, { data: {} }]) {
      expect(hashOf({ ...element, ...other })).not.toBe(hashOf(element));
    }
  });

  it('divides an element at the paths of the format, and at no other', () => {
    const named = { respondsTo: ['a'], ends: ['b'], incidentId: 'c' };
    const own = { basedOn: ['d'], target: 'e', duplicateOf: 'f', sources: [], ends: [], other: 1 };
    const content = { ...named, type: 'T', sources: [{ name: 's' }], data: { ...own, content: { target: 'x' } } };
    const sent = { ...named, type: 'T', tlp: 'RED', sources: [], data: { ...own, content }, target: 'y' };
    const { content: kept, refs, sources } = bodyOf(divideElement(sent));
    const elsewhere = { sources: [], ends: [], other: 1 };
    expect(JSON.parse(text(kept))).toEqual({
      data: { ...elsewhere, content: { type: 'T', data: { ...elsewhere, content: { target: 'x' } } } },
      target: 'y',
    });
    const paths = { ...named, 'data.basedOn': ['d'], 'data.target': 'e', 'data.duplicateOf': 'f' };
    const inside = Object.entries(paths).map(([path, value]) => [`data.content.${path}`, value]);
    expect(JSON.parse(text(refs))).toEqual({ ...paths, ...Object.fromEntries(inside) });
    expect(JSON.parse(text(sources))).toEqual({ sources: [], 'data.content.sources': [{ name: 's' }] });
  });

  it('is lossless for any element, also where names of the format appear in odd places', () => {
    const name = fc.constantFrom(
      'data',
      'content',
      'sources',
      'respondsTo',
      'target',
      'basedOn',
      'data.target',
      'constructor',
      'a',
    );
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        fc.integer(),
        fc.constant(null),
        fc.array(tie('json'), { maxLength: 2 }),
        fc.dictionary(name, tie('json')),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, json), (sent) => {
        const element = divideElement(sent);
        const { body, ...parts } = structuredClone(bodyOf(element));
        expect(elementOf(text(body))).toEqual(sent);
        expect(canonicalJson(JSON.parse(text(body)))).toBe(text(body));
        const same = partsOf(text(body));
        for (const part of ['content', 'refs', 'sources'] as const) expect(text(parts[part])).toBe(text(same[part]));
        const parsed = structuredClone(bodyFrom(JSON.parse(text(body)) as Parameters<typeof bodyFrom>[0]));
        for (const part of ['content', 'refs', 'sources'] as const) expect(text(parts[part])).toBe(text(parsed[part]));
        expect(text(parsed.body)).toBe(text(body));
        const whole = canonicalJson(sent);
        expect(element.wholeBytes).toBe(Buffer.byteLength(whole));
        expect(contentHashOf(element)).toBe(createHash('sha256').update(whole).digest('base64url'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no body of parts that are no objects', () => {
    for (const refs of [undefined, null, [], 'x'])
      expect(() => bodyFrom({ content: {}, refs, sources: {} })).toThrow(TypeError);
  });

  it('takes fresh salts for every event', () => {
    const salts = saltPool();
    const drawn = new Set(Array.from({ length: 1_000 }, () => Buffer.from(salts()).toString('hex')));
    expect(drawn.size).toBe(1_000);
  });
});
