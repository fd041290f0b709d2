import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { fixture, ROOT } from '../../../test/support/fixture';
import { commitment, decodeSalts, elementOf, openStored, Part, PARTS, StoredEvent } from './envelope';
import { jcs, MAX_DEPTH } from './jcs';
import { digestOf, foreignLeafOf, leafOf } from './leaf';
import { MerkleTree, rootOf } from './merkle-tree';
import { Refusal } from './refusal';

// By path: the package exports itself to `import` only, and Jest requires.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const oracle = require(join(ROOT, 'node_modules/canonicalize/lib/canonicalize.js')) as typeof import('canonicalize');

interface Vector {
  name: string;
  sent: Record<string, unknown>;
  stream: string;
  revision: number;
  salts: Record<Part, string>;
  parts: Record<Part, Record<string, unknown>>;
  commitments: Record<Part, string>;
  data: string;
  metadata: string;
  leaf: string;
}
const { vectors, rootOfFour } = fixture<{ vectors: Vector[]; rootOfFour: string }>('envelope-vectors.json');

const storedOf = ({ stream, revision, parts, data, metadata }: Vector): StoredEvent => ({
  stream,
  revision,
  id: String(parts.header['eventId']),
  type: String(parts.header['type']),
  data: JSON.parse(data),
  metadata: JSON.parse(metadata),
});
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const refusalOf = (step: () => unknown): Refusal | undefined => {
  try {
    step();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
};

describe.each(vectors.map((vector) => [vector.name, vector] as const))('the vector: %s', (_name, vector) => {
  it.each(PARTS)('commits to %s', (part) => {
    const salt = Buffer.from(vector.salts[part], 'base64url');
    expect(hex(commitment(part, salt, vector.parts[part]))).toBe(vector.commitments[part]);
  });

  it('is opened from what is stored: parts, leaf and the element as sent', () => {
    const { parts, salts, leaf } = openStored(storedOf(vector));
    expect(parts).toEqual(vector.parts);
    expect(PARTS.map((part) => Buffer.from(decodeSalts(salts)[part]).toString('base64url'))).toEqual(
      PARTS.map((part) => vector.salts[part]),
    );
    expect(hex(leaf)).toBe(vector.leaf);
    const { eventId: _id, tlp: _tlp, ...sent } = vector.sent;
    expect(elementOf(parts as never)).toEqual(sent);
  });

  it.each<[string, string, (event: Mutable) => void]>([
    ['its stream', 'place', (event) => (event.stream = 'crisis-other')],
    ['its revision', 'place', (event) => event.revision++],
    ['its id', 'header', (event) => (event.id = 'other')],
    ['its type', 'header', (event) => (event.type = 'Other')],
    ['its time', 'header', (event) => (event.metadata['recordedAt'] = '2030-01-01T00:00:00.000Z')],
    ['its marking', 'header', (event) => (event.metadata['marking'] = 'RED')],
    ['its correlation id', 'author', (event) => (event.metadata['$correlationId'] = 'other')],
    ['its writer', 'author', (event) => (event.metadata['recordedBy'] = { principal: 'other' })],
    ['its content', 'content', (event) => (event.data['content'] = { ...(event.data['content'] as object), x: 1 })],
    ['its references', 'refs', (event) => (event.data['refs'] = { respondsTo: ['other'] })],
    ['its sources', 'sources', (event) => (event.data['sources'] = { sources: ['other'] })],
  ])('is refused with %s changed', (_what, part, change) => {
    const event = structuredClone(storedOf(vector)) as Mutable;
    change(event);
    const refusal = refusalOf(() => openStored(event));
    expect([refusal?.reason, refusal?.where.part]).toEqual(['commitment-differs', part]);
  });

  it('is refused with its contentHash changed', () => {
    const event = structuredClone(storedOf(vector)) as Mutable;
    event.data['contentHash'] = 'x'.repeat(43);
    expect(refusalOf(() => openStored(event))?.reason).toBe('content-hash-differs');
  });
});

type Mutable = { -readonly [Name in keyof StoredEvent]: StoredEvent[Name] } & {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
};

describe('leaves', () => {
  it('of the four vectors make their root', () => {
    const tree = new MerkleTree();
    tree.append(vectors.map((vector) => openStored(storedOf(vector)).leaf));
    expect(hex(rootOf(tree.frontier))).toBe(rootOfFour);
  });

  it('of events of another writer commit to place, header and digests', () => {
    const event = { stream: 'crisis-a', revision: 3, id: 'i', type: 'T', created: 5, data: 'd', metadata: 'm' };
    const text = '{"created":5,"data":"d","id":"i","metadata":"m","revision":3,"stream":"crisis-a","type":"T","v":0}';
    expect(hex(foreignLeafOf(event))).toBe(createHash('sha256').update(`\0${text}`).digest('hex'));
  });

  it('digest what a client parsed: JSON by JCS, binary by its bytes, what has no form by a word', () => {
    const sha = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(digestOf({ b: 1, a: '€' })).toBe(sha('{"a":"€","b":1}'));
    expect(digestOf(Buffer.from('bytes'))).toBe(sha('bytes'));
    expect([undefined, '\ud800', NaN, { a: 1n }].map(digestOf)).toEqual(Array(4).fill('unhashable'));
  });

  it('are not made of anything but six hashes', () => {
    for (const text of ['', 'AAAA', 'A'.repeat(255), 'A'.repeat(257)]) {
      expect(refusalOf(() => leafOf(text))?.reason).toBe('hash-malformed');
    }
  });

  it.each(['__proto__.polluted', 'constructor.prototype.polluted', 'data.other', 'recordedAt'])(
    'are not made of an event with a reference at %s',
    (path) => {
      const { parts } = openStored(storedOf(vectors[0]!));
      expect(refusalOf(() => elementOf({ ...parts, refs: { [path]: 'x' } }))?.reason).toBe('event-malformed');
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it.each([
    ['another version', (event: Mutable) => (event.metadata['v'] = 2)],
    ['no data', (event: Mutable) => (event.data = null as never)],
    ['a salt too few', (event: Mutable) => (event.data['salts'] = 'AAAA')],
    ['no commitments', (event: Mutable) => delete event.metadata['commitments']],
    ['content without a canonical form', (event: Mutable) => (event.data['content'] = { a: '\ud800' })],
  ])('are not made of an event with %s', (_case, change) => {
    const event = structuredClone(storedOf(vectors[0]!)) as Mutable;
    change(event);
    expect(refusalOf(() => openStored(event))?.reason).toBe('event-malformed');
  });
});

describe('JCS of the verifier', () => {
  const text = fc.string({ unit: 'binary' });
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      text,
      fc.constantFrom(null, true, false, -0, 1e21, 1e-7),
      fc.array(tie('json'), { maxLength: 5 }),
      fc.dictionary(fc.oneof(text, fc.constantFrom('10', '9', '', '\u{1f600}', '\ufb33', '__proto__')), tie('json'), {
        noNullPrototype: false,
      }),
    ),
  }));

  it('is that of an independent implementation', () => {
    fc.assert(
      fc.property(json, (value) => expect(jcs(value)).toBe(oracle.default(value))),
      { numRuns: 1_000 },
    );
  });

  it('goes as deep as the format and no deeper', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(jcs(nested(MAX_DEPTH))).toHaveLength(2 * MAX_DEPTH);
    expect(() => jcs(nested(MAX_DEPTH + 1))).toThrow(TypeError);
  });
});
