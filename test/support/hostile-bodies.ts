import { statement, strike } from './elements';

/** A body that is refused: its name, its bytes, the status, what `detail` says. */
export type HostileBody = readonly [name: string, body: string | Buffer, status: 400 | 413 | 422, says: RegExp];

export const MEBIBYTE = 1024 * 1024;
const text = JSON.stringify(strike());
/** One more member, written as it stands. */
const withMember = (member: string): string => `${text.slice(0, -1)},${member}}`;
const withBytes = (...bytes: number[]): Buffer =>
  Buffer.concat([Buffer.from(withMember('"incidentId":"').slice(0, -1)), Buffer.from(bytes), Buffer.from('"}')]);
const sent = (more: object): string => JSON.stringify(strike(more));
const nested = (depth: number): string => withMember(`"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`);
/** As long as a body may be, of copies of one part. */
const full = (begin: string, part: string, end: string): string =>
  begin + part.repeat(Math.floor((MEBIBYTE - begin.length - end.length) / part.length)) + end;
const codePoint = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

const NOT_JSON: readonly HostileBody[] = [
  ['truncated JSON', text.slice(0, -5), 400, /not JSON/],
  ['half of a text', text.slice(0, text.indexOf('Isfahan')), 400, /not JSON/],
  ['trailing data', `${text} 1`, 400, /not JSON/],
  ['two documents', text + text, 400, /./],
  ['an empty body', '', 400, /not JSON/],
  ['a blank body', ' \t ', 400, /not JSON/],
  ['a byte order mark', `\uFEFF${text}`, 400, /byte order mark/],
  ['a byte order mark at the end', `${text}\uFEFF`, 400, /not JSON/],
  ...(
    [
      ['a comma too many', '"x":1,'],
      ['a comma too few', '"x":1 "y":2'],
      ['a comment', '"x":1/* */'],
      ['NaN', '"x":NaN'],
      ['Infinity', '"x":-Infinity'],
      ['undefined', '"x":undefined'],
      ['a leading zero', '"x":01'],
      ['a plus sign', '"x":+1'],
      ['a bare fraction', '"x":.5'],
      ['a bare point', '"x":5.'],
      ['hexadecimal', '"x":0x10'],
      ['single quotes', "'x':1"],
      ['a bare name', 'x:1'],
      ['an escape that is none', '"x":"\\x41"'],
      ['half an escape', '"x":"\\u12"'],
      ['another white space', '"x":\u00a01'],
      ['a tab in a text', '"x":"\t"'],
      ['a raw NUL', '"x":"\0"'],
      ['a raw escape character', '"x":"\u001b[2J"'],
    ] as const
  ).map(([name, member]): HostileBody => [name, withMember(member), 400, /not JSON/]),
];

const NOT_TEXT: readonly HostileBody[] = [
  ['a byte that begins nothing', withBytes(0xff), 400, /UTF-8/],
  ['a wrong continuation', withBytes(0xc3, 0x28), 400, /UTF-8/],
  ['an overlong NUL', withBytes(0xc0, 0x80), 400, /UTF-8/],
  ['an overlong slash', withBytes(0xe0, 0x80, 0xaf), 400, /UTF-8/],
  ['a surrogate as bytes', withBytes(0xed, 0xa0, 0x80), 400, /UTF-8/],
  ['a code point beyond Unicode', withBytes(0xf4, 0x90, 0x80, 0x80), 400, /UTF-8/],
  ['a character cut short', withBytes(0xe2, 0x82), 400, /UTF-8/],
  ['Latin-1', Buffer.from(withMember('"incidentId":"Téhéran"'), 'latin1'), 400, /UTF-8/],
  ['UTF-16', Buffer.from(text, 'utf16le'), 400, /not JSON/],
  ['UTF-16 with its mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), 400, /UTF-8/],
  ['a lone high surrogate', withMember('"incidentId":"\\ud800"'), 400, /surrogate/],
  ['a lone low surrogate', withMember('"incidentId":"\\udc00"'), 400, /surrogate/],
  ['a pair the wrong way round', withMember('"incidentId":"\\udc00\\ud800"'), 400, /surrogate/],
  ['a surrogate far inside', withMember('"actors2":[{"a":["\\ud83d"]}]'), 400, /surrogate/],
];

const NAMES: readonly HostileBody[] = [
  ['a name twice', withMember('"tlp":"RED"'), 400, /"tlp" stands twice/],
  ['a type twice', withMember('"type":"OfficialStatementIssued"'), 400, /"type" stands twice/],
  ['an id twice', withMember('"eventId":"00000000-0000-4000-8000-000000000000"'), 400, /"eventId" stands twice/],
  ['data twice', withMember('"data":{}'), 400, /"data" stands twice/],
  ['a name twice far inside', withMember('"x":[{"y":{"a":1,"b":[],"a":1}}]'), 400, /"a" stands twice/],
  ['a name twice, once escaped', withMember('"\\u0074lp":"RED"'), 400, /escape/],
  ['an escaped name', withMember('"\\u0073ummary2":1'), 400, /escape/],
  ['__proto__', withMember('"__proto__":{"polluted":true}'), 400, /__proto__/],
  ['__proto__ in data', text.replace('"data":{', '"data":{"__proto__":{"x":1},'), 400, /__proto__/],
  ['__proto__ as an escape', withMember('"\\u005f_proto__":{"polluted":true}'), 400, /escape/],
  ['constructor.prototype', withMember('"constructor":{"prototype":{"polluted":true}}'), 422, /constructor/],
  ['constructor in data', text.replace('"data":{', '"data":{"constructor":{"prototype":{}},'), 422, /constructor/],
  ...['toString', 'hasOwnProperty', '__defineGetter__', 'valueOf', 'toJSON', 'then', 'length', '0', '', 'TLP'].map(
    (name): HostileBody => [`the name ${JSON.stringify(name)}`, withMember(`${JSON.stringify(name)}:1`), 422, /./],
  ),
  ['a name that looks like another', withMember('"tl\u0440":"CLEAR"'), 422, /./],
  ['a name with something invisible', withMember('"tlp\u200b":"CLEAR"'), 422, /./],
  ['an unknown field', withMember('"severity":9'), 422, /severity/],
  ['a derived field', withMember('"goldstein":-10'), 422, /derived/],
  ['a field of the server', withMember('"recordedBy":"somebody"'), 422, /recordedBy/],
];

/** Each where the reader of JSON meets it, or in a field that takes a number. */
const NUMBERS: readonly HostileBody[] = [
  ...['9007199254740992', '9007199254740993', '-9007199254740993', '1e17', '123456789012345678901234567890'].map(
    (number): HostileBody => [`the integer ${number}`, withMember(`"x":${number}`), 400, /2\^53/],
  ),
  ...['1e400', '-1e400', '1e999999999', '9'.repeat(400)].map((number): HostileBody => [
    `the number ${number.slice(0, 20)}`,
    withMember(`"x":${number}`),
    400,
    /too large/,
  ]),
  ...['1e-400', '-0.1e-999', `0.${'0'.repeat(400)}1`].map((number): HostileBody => [
    `the number ${number.slice(0, 20)}`,
    withMember(`"x":${number}`),
    400,
    /too small/,
  ]),
  ...['-0', '-0.0', '-0e5', '0.5', '-1', '4', '"1"', 'true', '[1]', '1.0000000000001'].map((number): HostileBody => [
    `${number} where a small whole number goes`,
    withMember(`"timePrecision":${number}`),
    422,
    /timePrecision/,
  ]),
  ...['-0', '-0.0', '90.0000001', '"1"'].map((number): HostileBody => [
    `${number} where a latitude goes`,
    withMember(`"location":{"lat":${number},"lon":1}`),
    422,
    /lat/,
  ]),
  ['the largest integer where none goes', withMember('"x":9007199254740991'), 422, /x/],
];

const SIZES: readonly HostileBody[] = [
  ['33 levels', nested(33), 400, /levels/],
  ['32 levels where none go', nested(32), 422, /x/],
  ['5,000 levels', nested(5_000), 400, /levels/],
  ['half a million levels', full('', '[', ''), 400, /levels/],
  ['half a million objects in one another', full('', '{"a":', ''), 400, /levels/],
  ['a byte more than 1 MiB', text + ' '.repeat(MEBIBYTE + 1 - text.length), 413, /./],
  ['a summary of 1.1 MB', sent({ summary: 'x'.repeat(1_100_000) }), 413, /./],
  ['100,000 names', full('{"a":1', ',"b":1', '}'), 400, /"b" stands twice/],
  ['a number of a million digits', full('{"x":', '1', '}'), 400, /too large/],
  ['a million zeros behind a point', full('{"x":0.', '0', '1}'), 400, /too small/],
  ['half a million escapes', full('{"x":"', '\\n', '"}'), 422, /./],
  ['half a million quotes', full('{"x":"', '\\"', '"}'), 422, /./],
  ['350,000 empty texts', full('{"x":[""', ',""', ']}'), 422, /./],
  ['250,000 zeros below zero', full('{"x":[0', ',-0', ']}'), 422, /./],
  ['150,000 actors', full('{"type":"StrikeReported","actors":[{}', ',{}', ']}'), 422, /actors/],
  ['a summary of 501', sent({ summary: 'x'.repeat(501) }), 422, /summary/],
  ['51 actors', sent({ actors: Array.from({ length: 51 }, () => ({ code: 'ISR' })) }), 422, /actors/],
];

const TIMES: readonly HostileBody[] = [
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-02-03T24:00:00Z',
  '2026-02-03T00:00:60Z',
  '2026-02-03T00:00:00',
  '2026-02-03T00:00:00+24:00',
  '2026-02-03T00:00:00-00:00',
  '2026-02-03 00:00:00Z',
  '2026-02-03T00:00:00.1234Z',
  '2026-02-03',
  '+275761-01-01T00:00:00Z',
  '275761-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '1899-12-31T23:59:59Z',
  '\u0662026-02-03T00:00:00Z',
  'yesterday',
  '',
  1_770_000_000,
].map((time): HostileBody => [`the time ${String(time)}`, sent({ occurredAt: time }), 422, /occurredAt/]);

/** Controls of direction, and what is not seen at all. */
const UNSEEN = [
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x061c, 0x200e, 0x200f],
  ...[0x200b, 0x2060, 0xfeff, 0x2028, 0x2029, 0x0000, 0x0007, 0x001b, 0x007f, 0x0085],
];

const IDENTIFIERS: readonly HostileBody[] = [
  ...UNSEEN.map((code): HostileBody => [
    `${codePoint(code)} in a label`,
    sent({ incidentId: `natanz${String.fromCodePoint(code)}2` }),
    422,
    /incidentId/,
  ]),
  ...['caf\u0065\u0301', '\u212b', '\ufb01nal\u0323\u0307', '\u1100\u1161'].map((label): HostileBody => [
    `${label} not composed`,
    sent({ incidentId: label }),
    422,
    /incidentId/,
  ]),
  ['a blank label', sent({ incidentId: ' \u3000 ' }), 422, /incidentId/],
  ['a label of two lines', sent({ incidentId: 'a\nb' }), 422, /incidentId/],
  ['a name with a control', sent({ actors: [{ code: 'ISR', name: 'A\u202eB' }] }), 422, /actors/],
  ['an actor code in other letters', sent({ actors: [{ code: '\u0399SR' }] }), 422, /actors/],
  ['an actor code with an end of line', sent({ actors: [{ code: 'ISR\n' }] }), 422, /actors/],
  ['a code in other digits', sent({ cameoCode: '\u0661\u0669\u0665' }), 422, /cameoCode/],
  ['an upper-case event id', sent({ eventId: '0197A3C0-0000-7000-8000-000000000001' }), 422, /eventId/],
  ['an event id in wide digits', sent({ eventId: '\uff10197a3c0-0000-7000-8000-000000000001' }), 422, /eventId/],
  ['an event id with a NUL', sent({ eventId: '0197a3c0-0000-7000-8000-00000000000\0' }), 422, /eventId/],
  ['NUL in a text', sent({ summary: 'a\u0000b' }), 422, /summary/],
];

const EVENTS: readonly HostileBody[] = [
  ['an event that is a string', '"strike"', 422, /./],
  ['a number', '1', 422, /./],
  ['null', 'null', 422, /./],
  ['an empty object', '{}', 422, /type/],
  [
    'no data where some must be',
    JSON.stringify({ type: 'EventRetracted', occurredAt: '2026-02-03T00:00:00Z' }),
    422,
    /data/,
  ],
  ['data that is an array', sent({ data: [] }), 422, /data/],
  ['a type that is inherited', sent({ type: 'constructor' }), 422, /type/],
  ['a type that is an array', sent({ type: ['StrikeReported'] }), 422, /type/],
  ['a system type', sent({ type: '$metadata' }), 422, /type/],
  ['a reference that is no id', JSON.stringify(statement({ respondsTo: ['x'] })), 422, /respondsTo/],
  [
    'opening a crisis where events go',
    JSON.stringify({ type: 'CrisisOpened', occurredAt: '2026-01-01T00:00:00Z', data: {} }),
    422,
    /CrisisOpened/,
  ],
];

/** T15: what JSON may bring. */
export const HOSTILE_BODIES: readonly HostileBody[] = [
  ...NOT_JSON,
  ...NOT_TEXT,
  ...NAMES,
  ...NUMBERS,
  ...SIZES,
  ...TIMES,
  ...IDENTIFIERS,
  ...EVENTS,
];
