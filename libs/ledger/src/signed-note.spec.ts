import fc from 'fast-check';
import { Refusal } from './refusal';
import {
  firstLine,
  formatSigningKey,
  formatVerifierKey,
  openNote,
  parseSigningKey,
  parseVerifierKey,
  renamed,
  signingKey,
  signNote,
} from './signed-note';
import { sampleKey } from './testing/sample-log';

const reasonOf = (step: () => unknown): string => {
  try {
    step();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'accepted';
};

// The example of c2sp.org/signed-note.
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const NOTE =
  'This is an example message.\n\n— example.com/foo ' +
  'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

describe('the example of the specification', () => {
  it('is opened with its key', () => {
    const key = parseVerifierKey(VKEY);
    expect(formatVerifierKey(key)).toBe(VKEY);
    expect(openNote(NOTE, [key])).toEqual({ text: 'This is an example message.\n', signers: [key] });
    expect(firstLine(NOTE)).toBe('This is an example message.');
  });

  it('is refused with any one character changed', () => {
    const key = parseVerifierKey(VKEY);
    fc.assert(
      fc.property(fc.nat(NOTE.length - 1), fc.constantFrom('A', 'z', '\n', ' ', '=', '\t'), (i, character) => {
        const changed = NOTE.slice(0, i) + character + NOTE.slice(i + 1);
        fc.pre(changed !== NOTE);
        expect(reasonOf(() => openNote(changed, [key]))).toMatch(/^(signature|note)-/);
      }),
      { numRuns: 500 },
    );
  });
});

const key = sampleKey('a', 'log.example/a');
const other = sampleKey('b', 'log.example/b');
const text = 'one\n\nthree, ünïcode ✓\n';

describe('a note', () => {
  it('is opened by whoever knows one of its keys, and says which', () => {
    const note = signNote(text, [key, other]);
    expect(openNote(note, [other]).signers).toEqual([other]);
    expect(openNote(note, [key, other]).signers).toEqual([key, other]);
    expect(openNote(note, [key]).text).toBe(text);
  });

  it('is refused whole if a known key signed something else, whoever else signed it', () => {
    const wrong = signNote('another text\n', [other]).split('\n\n')[1]!;
    expect(reasonOf(() => openNote(signNote(text, [key]) + wrong, [key, other]))).toBe('signature-wrong');
    expect(openNote(signNote(text, [key]) + wrong, [key]).text).toBe(text);
  });

  it('is not opened by the same key under another name', () => {
    const note = signNote(text, [key]);
    expect(reasonOf(() => openNote(note, [renamed(key, 'log.example/c')]))).toBe('signature-unknown');
    expect(renamed(renamed(key, 'x'), key.name)).toEqual(key);
  });

  it.each([
    ['no signature', `${text}\n`],
    ['no blank line', text],
    ['no newline at its end', signNote(text, [key]).slice(0, -1)],
    ['a line that is no signature', `${signNote(text, [key])}hello\n`],
    ['a signature without bytes', `${text}\n— log.example/a AAAA\n`],
    ['a signature that is not the base64 of its bytes', signNote(text, [key]).replace('=\n', '\n')],
    ['a control character', signNote(text, [key]).replace('three', 'th\tree')],
    ['a carriage return', signNote(text, [key]).replaceAll('\n', '\r\n')],
    ['too many signatures', text + '\n' + '— log.example/a AAAAAAA=\n'.repeat(65)],
    ['nothing', ''],
  ])('with %s is malformed', (_case, note) => expect(reasonOf(() => openNote(note, [key]))).toBe('note-malformed'));

  it('with unknown signatures beside a known one is opened: witnesses add theirs', () => {
    const note = signNote(text, [key]) + '— witness.example AAAAAAAA\n'.repeat(15);
    expect(openNote(note, [key]).signers).toEqual([key]);
  });
});

describe('a key', () => {
  it('is read back from its text', () => {
    expect(parseSigningKey(formatSigningKey(key))).toEqual(key);
    expect(formatVerifierKey(parseVerifierKey(formatVerifierKey(key)))).toBe(formatVerifierKey(key));
  });

  it('of a type this build does not know is kept, and opens nothing', () => {
    const later = renamed({ ...key, type: 0x06 }, key.name);
    const read = parseVerifierKey(formatVerifierKey(later));
    expect(read.type).toBe(0x06);
    expect(reasonOf(() => openNote(signNote(text, [key]), [read]))).toBe('signature-unknown');
  });

  it.each([
    ['another id', VKEY.replace('530d903a', '530d903b')],
    ['another name', VKEY.replace('/foo', '/bar')],
    ['a byte too few', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q=='],
    ['no parts', 'example.com/foo'],
    ['a name with a space', VKEY.replace('/foo', ' foo')],
  ])('with %s is refused', (_case, vkey) => expect(reasonOf(() => parseVerifierKey(vkey))).toBe('key-malformed'));

  it('needs 32 bytes, and a name without white space and plus', () => {
    expect(reasonOf(() => signingKey('a', Buffer.alloc(31)))).toBe('key-malformed');
    for (const name of ['', 'a b', 'a+b', 'a\u2003b', 'a\nb']) {
      expect(reasonOf(() => signingKey(name, Buffer.alloc(32)))).toBe('key-malformed');
    }
  });
});
