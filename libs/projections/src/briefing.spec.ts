import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS } from '#event-log';
import { ROOT } from '../../../test/support/fixture';
import { type Briefing, briefingOf } from './briefing';
import { briefingMarkdown } from './briefing-markdown';
import type { BriefingInput, Sentence } from './briefing-matter';
import { millisecondsOf } from './instant';
import { type Asked, briefingInputOf, type Logged, levelsOf } from './spec/briefing-input';
import { randomLog, START } from './spec/random-log';

const opened: Logged = {
  eventId: 'opened',
  type: 'CrisisOpened',
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'A crisis',
    sides: [
      { name: 'Iran', members: ['IRN'] },
      { name: 'United States and Israel', members: ['USA', 'ISR'] },
    ],
    mediators: ['OMN'],
    bodies: ['IAE'],
    issues: ['oil', 'banking', 'enrichment'],
  },
};

/** A report as it is sent, graded A1, from one party to another. */
const report = (eventId: string, type: string, cameoCode: string, from: string, to: string, more: object): Logged => ({
  eventId,
  type,
  cameoCode,
  occurredAt: '2026-02-03T10:00:00Z',
  actors: [{ code: from }],
  recipients: [{ code: to }],
  sources: [{ name: 'Agency', reliability: 'A', credibility: 1 }],
  tlp: 'CLEAR',
  data: {},
  ...more,
});

const strike = (eventId: string, more: object = {}): Logged =>
  report(eventId, 'StrikeReported', '195', 'ISR', 'IRN', {
    summary: 'A radar near Isfahan was struck. No one was hurt.',
    ...more,
  });
const contact = (eventId: string, data: object, more: object = {}): Logged =>
  report(eventId, 'MediationContactReported', '045', 'OMN', 'IRN', {
    data: { mediator: { code: 'OMN' }, parties: [{ code: 'IRN' }, { code: 'USA' }], ...data },
    ...more,
  });
const position = (eventId: string, party: string, issues: object[], more: object = {}): Logged =>
  report(eventId, 'SanctionsStatementIssued', '1244', party, party === 'IRN' ? 'USA' : 'IRN', {
    data: { party: { code: party }, issues },
    ...more,
  });
const statement = (eventId: string, data: object, more: object = {}): Logged =>
  report(eventId, 'OfficialStatementIssued', '100', 'USA', 'IRN', { data, ...more });
const measure = (eventId: string, data: object, more: object = {}): Logged =>
  report(eventId, 'ConfidenceBuildingMeasureReported', '0871', 'IRN', 'USA', {
    data: { measure: 'ceasefire', ...data },
    ...more,
  });
const assessment = (eventId: string, data: object, more: object = {}): Logged => ({
  eventId,
  type: 'AnalystAssessmentIssued',
  occurredAt: '2026-02-03T10:00:00Z',
  actors: [{ code: 'IRN' }],
  tlp: 'CLEAR',
  data,
  ...more,
});
const amendment = (eventId: string, type: string, data: object, more: object = {}): Logged => ({
  eventId,
  type,
  occurredAt: '2026-02-05T00:00:00Z',
  data,
  ...more,
});

const AT = '2026-02-05T12:00:00Z';
const asked = (log: Logged[], question: Partial<Asked> = {}): Briefing =>
  briefingOf(briefingInputOf([opened, ...log], { at: AT, ...question }));
const section = (briefing: Briefing, id: string): readonly Sentence[] =>
  briefing.sections.find((its) => its.id === id)!.sentences;

/** [what is given, its events, the section, the sentence, what it cites] */
const SENTENCES: readonly (readonly [string, Logged[], string, string, string[]])[] = [
  ['nothing', [], 'status', 'The window for diplomacy is unknown: nothing has been reported.', ['opened']],
  [
    'nothing',
    [],
    'status',
    'Risk R is 0.0 of 100 (low), diplomacy J is 0.0; both are quiet: nothing with weight was reported in 14 days, which is silence and not improvement.',
    ['opened'],
  ],
  ['nothing', [], 'diplomacy', 'No agreement or measure is in force.', ['opened']],
  [
    'nothing',
    [],
    'outlook',
    'If nothing more is reported, no band, state or alert changes within 60 days.',
    ['opened'],
  ],
  ['a strike', [strike('s')], 'status', 'By verified incidents the level over 30 days is 3 of 3 (force).', ['s']],
  [
    'a strike',
    [strike('s')],
    'changes',
    'Since 29 January at 12:00 UTC R rose from 0.0 to 44.9 (low to elevated) and J stayed at 0.0.',
    ['s'],
  ],
  ['a strike', [strike('s')], 'changes', 'Strike of 3 February (44.9 of R): “A radar near Isfahan was struck”.', ['s']],
  [
    'two strikes of one day',
    [strike('s'), strike('t')],
    'changes',
    'Strike of 3 February (44.9 of R; 1 further report of the same incident or day does not count again): “A radar near Isfahan was struck”.',
    ['s', 't'],
  ],
  [
    'a strike',
    [strike('s')],
    'risks',
    'The strike of 3 February (Israel to Iran) waits for an answer, until 17 February at 10:00 UTC at most: “A radar near Isfahan was struck”.',
    ['s'],
  ],
  ['a strike', [strike('s')], 'risks', 'The conflict-risk alert is on: 1 strike waits for an answer.', ['s']],
  [
    'a strike without words',
    [{ ...strike('s'), summary: undefined }],
    'changes',
    'Strike of 3 February (44.9 of R): Israel to Iran, air or drone strike (CAMEO 195).',
    ['s'],
  ],
  [
    'an unverified strike',
    [strike('s', { sources: [] })],
    'risks',
    'The conflict-risk alert is unverified: in 14 days only unverified or roughly dated reports speak for it.',
    ['s'],
  ],
  [
    'an answered strike',
    [
      strike('s'),
      report('a', 'RetaliationReported', '194', 'IRN', 'ISR', {
        occurredAt: '2026-02-04T13:00:00Z',
        respondsTo: ['s'],
        data: { declaredFinal: true },
      }),
    ],
    'risks',
    'Of 2 verified strikes between the sides 1 was answered, in chains of up to 1 answer; the last after 27 hours.',
    ['a', 's'],
  ],
  [
    'a contact',
    [contact('c', { outcome: 'progress' })],
    'diplomacy',
    'Active: through Oman with Iran and the United States (3 February, progress).',
    ['c'],
  ],
  [
    'a contact long ago',
    [contact('c', {}, { occurredAt: '2026-01-02T00:00:00Z' })],
    'diplomacy',
    'Stalled: through Oman with Iran and the United States (2 January).',
    ['c'],
  ],
  [
    'a contact with both sides',
    [contact('c', { outcome: 'progress' })],
    'status',
    'Channels used so far: 1 active, 0 stalled, 0 closed; latest the contact of 3 February, through Oman with Iran and the United States.',
    ['c'],
  ],
  ['a contact', [contact('c', {})], 'diplomacy', 'No date of a further contact is on record.', ['c']],
  [
    'a contact long ago',
    [contact('c', {}, { occurredAt: '2026-01-02T00:00:00Z' })],
    'diplomacy',
    'No channel is active now.',
    ['c'],
  ],
  [
    'a contact that announces another',
    [contact('c', { nextContactAt: '2026-02-10T09:00:00Z' })],
    'diplomacy',
    'A further contact is announced for 10 February at 09:00 UTC, in the contact of 3 February.',
    ['c'],
  ],
  [
    'a contact that announces another',
    [contact('c', { nextContactAt: '2026-02-10T09:00:00Z' })],
    'outlook',
    '10 February at 09:00 UTC: contact announced in the contact of 3 February.',
    ['c'],
  ],
  [
    'a contact announced that did not come',
    [contact('c', { nextContactAt: '2026-02-04T00:00:00Z' })],
    'diplomacy',
    'The contact announced for 4 February in the contact of 3 February has not been reported.',
    ['c'],
  ],
  [
    'positions of both sides',
    [
      position('i', 'IRN', [
        { issue: 'oil', position: 0 },
        { issue: 'banking', position: 1 },
      ]),
      position('u', 'USA', [
        { issue: 'oil', position: 4 },
        { issue: 'banking', position: 2 },
        { issue: 'enrichment', position: 4 },
      ]),
    ],
    'diplomacy',
    'Iran against United States and Israel, from 0 (full relief) to 4 (full maintenance): furthest apart on oil (0, 4); nearest on banking (1, 2).',
    ['i', 'u'],
  ],
  [
    'a position that moved',
    [
      position('i', 'IRN', [{ issue: 'oil', position: 0 }], { occurredAt: '2026-01-02T00:00:00Z' }),
      position('u', 'USA', [{ issue: 'oil', position: 4 }], { occurredAt: '2026-01-03T00:00:00Z' }),
      position('v', 'USA', [{ issue: 'oil', position: 2 }]),
    ],
    'changes',
    'The gap of positions fell from 100.0 to 50.0.',
    ['v'],
  ],
  [
    'a position of one side',
    [position('u', 'USA', [{ issue: 'oil', position: 4 }])],
    'diplomacy',
    'There is no issue on which both sides have taken a position.',
    ['u'],
  ],
  [
    'a demand with a deadline',
    [statement('d', { demand: 'Inspectors are let in.', deadlineAt: '2026-02-20T00:00:00Z' })],
    'risks',
    'Open demand of the United States to Iran (3 February, deadline 20 February): “Inspectors are let in”.',
    ['d'],
  ],
  [
    'a demand with a deadline',
    [statement('d', { demand: 'Inspectors are let in.', deadlineAt: '2026-02-20T00:00:00Z' })],
    'outlook',
    '20 February: deadline of the United States to Iran, set in the statement of 3 February.',
    ['d'],
  ],
  [
    'a ceasefire',
    [measure('m', { implementation: 'begun', expiresAt: '2026-03-01T00:00:00Z' }, { ongoing: true })],
    'diplomacy',
    'In force: ceasefire (Iran to the United States, 3 February, begun).',
    ['m'],
  ],
  [
    'a measure that binds both',
    [measure('m', { implementation: 'begun', reciprocity: 'reciprocal' }, { ongoing: true })],
    'diplomacy',
    'In force: ceasefire (Iran and the United States, 3 February, reciprocal, begun).',
    ['m'],
  ],
  [
    'a ceasefire that runs out',
    [measure('m', { expiresAt: '2026-03-01T00:00:00Z' }, { ongoing: true })],
    'outlook',
    '1 March: the ceasefire of Iran and the United States runs out.',
    ['m'],
  ],
  [
    'a ceasefire that ran out',
    [measure('m', { implementation: 'announced', expiresAt: '2026-02-04T00:00:00Z' })],
    'risks',
    'The ceasefire (confidence-building measure of 3 February) ran out on 4 February and was not reported completed.',
    ['m'],
  ],
  [
    'a ceasefire reversed',
    [measure('m', {}, { incidentId: 'x' }), measure('r', { implementation: 'reversed' }, { incidentId: 'x' })],
    'risks',
    'The ceasefire (confidence-building measure of 3 February) was reported reversed.',
    ['m', 'r'],
  ],
  [
    'inspectors refused',
    [
      report('i', 'MultilateralEngagementReported', '1245', 'IAE', 'IRN', {
        data: { body: { code: 'IAE' }, format: 'inspection', access: 'refused' },
      }),
    ],
    'diplomacy',
    'Last engagements with multilateral bodies: the IAEA (3 February, inspection, access refused).',
    ['i'],
  ],
  [
    'an assessment',
    [
      strike('s'),
      assessment(
        'x',
        {
          trend: 'deteriorated',
          hiikLevel: 4,
          likelihood: 'very_likely',
          confidence: 'low',
          horizonDays: 30,
          basedOn: ['s'],
        },
        {
          summary: 'More strikes will follow.',
        },
      ),
    ],
    'outlook',
    'The analysts’ outlook of 3 February (likelihood “very likely”, confidence low, until 5 March, based on 1 event): “More strikes will follow”.',
    ['x', 's'],
  ],
  [
    'an assessment',
    [assessment('x', { trend: 'deteriorated', hiikLevel: 4, confidence: 'low', basedOn: ['opened'] })],
    'status',
    'Analysts call the trend deteriorated (3 February, confidence low) and the intensity HIIK 4 of 5 (3 February).',
    ['x'],
  ],
  [
    'an assessment with dissent',
    [assessment('x', { basedOn: ['opened'], dissent: 'Both sides want out.' })],
    'outlook',
    'Dissent among them: “Both sides want out”.',
    ['x'],
  ],
  [
    'a correction',
    [
      strike('s', { occurredAt: '2026-01-10T00:00:00Z' }),
      amendment('k', 'EventCorrected', {
        target: 's',
        reason: 'It was a depot.',
        content: { ...strike('s'), summary: 'A depot near Isfahan was struck.' },
      }),
    ],
    'changes',
    'Corrected: the strike of 10 January; now: “A depot near Isfahan was struck” (reason: “It was a depot”).',
    ['k', 's'],
  ],
  [
    'a retraction',
    [
      strike('s', { occurredAt: '2026-01-10T00:00:00Z' }),
      amendment('k', 'EventRetracted', { target: 's', reason: 'false' }),
    ],
    'changes',
    'Retracted as false: the strike of 10 January, “A radar near Isfahan was struck”.',
    ['k', 's'],
  ],
  [
    'a retraction of a retraction',
    [
      strike('s', { occurredAt: '2026-01-10T00:00:00Z' }),
      amendment('k', 'EventRetracted', { target: 's', reason: 'false' }),
      amendment('l', 'EventRetracted', { target: 'k', reason: 'error' }),
    ],
    'changes',
    'An amendment was taken back (error): the strike of 10 January; now: “A radar near Isfahan was struck”.',
    ['l', 's'],
  ],
  [
    'a late report',
    [strike('s', { occurredAt: '2026-01-10T00:00:00Z', recordedAt: '2026-02-04T08:30:00Z' })],
    'changes',
    'Learned late: the strike of 10 January, recorded on 4 February at 08:30 UTC: “A radar near Isfahan was struck”.',
    ['s'],
  ],
  [
    'a late report',
    [strike('s', { occurredAt: '2026-01-28T00:00:00Z', recordedAt: '2026-02-04T08:30:00Z' })],
    'changes',
    'For 29 January at 12:00 UTC R was 0.0 by what was known then, and is 46.3 by what is known now.',
    ['s'],
  ],
  [
    'a new mediator',
    [
      {
        eventId: 'f',
        type: 'CrisisAmended',
        occurredAt: '2026-02-04T00:00:00Z',
        tlp: 'CLEAR',
        data: { mediators: ['OMN', 'QAT'] },
      },
    ],
    'changes',
    'From 4 February on: mediators Oman and Qatar.',
    ['f'],
  ],
  [
    'a record younger than the days',
    [{ ...strike('s'), recordedAt: '2026-02-06T00:00:00Z' }],
    'changes',
    'The record was opened later, on 6 February: it cannot tell what was learned late.',
    ['opened'],
  ],
];

test.each(SENTENCES.map(([name, log, id, text, events]) => [name, id, text, events, log] as const))(
  'given %s, of %s: %s %j',
  (name, id, text, events, log) => {
    const recordedAt = name === 'a record younger than the days' ? { recordedAt: '2026-02-06T00:00:00Z' } : {};
    const briefing = briefingOf(briefingInputOf([{ ...opened, ...recordedAt }, ...log], { at: AT }));
    expect(section(briefing, id)).toContainEqual({ text, events });
  },
);

describe('the days', () => {
  test('of what weighs alike, one event of each pair is told before another of the same pair', () => {
    const log = [
      ...['a', 'b', 'c', 'd'].map((eventId, i) => strike(eventId, { occurredAt: `2026-02-0${i + 1}T20:00:00Z` })),
      report('e', 'StrikeReported', '195', 'USA', 'IRN', { occurredAt: '2026-01-30T00:00:00Z' }),
    ];
    const told = section(asked(log), 'changes').filter(({ text }) => text.startsWith('Strike'));
    expect(told.map(({ events }) => events[0])).toEqual(['d', 'c', 'b', 'e']);
  });

  test('amendments of what had not yet happened are not told', () => {
    const log = [
      strike('s', { occurredAt: '2026-02-20T00:00:00Z' }),
      amendment('k', 'EventRetracted', { target: 's', reason: 'false' }),
    ];
    expect(section(asked(log), 'changes').flatMap(({ events }) => events)).not.toContain('k');
  });

  test('what is learned after asOf is not known', () => {
    const log = [strike('s'), amendment('k', 'EventRetracted', { target: 's', reason: 'false' })];
    const before = asked(log, { asOf: 1 });
    expect(before.citations.map(({ eventId, standing }) => [eventId, standing])).toContainEqual(['s', 'as reported']);
    expect(before.citations.map(({ eventId }) => eventId)).not.toContain('k');
    expect(asked(log).citations.map(({ eventId, standing }) => [eventId, standing])).toContainEqual(['s', 'retracted']);
  });
});

test('the outlook names what silence will change, when, and the events that it rests on', () => {
  const briefing = asked([contact('c', {}, { occurredAt: '2026-01-10T00:00:00Z' })]);
  expect(section(briefing, 'outlook')[0]).toEqual({
    text: expect.stringMatching(
      /^If nothing more is reported, the next change comes on 7 February at 00:01 UTC: .*the channel of Oman and Iran goes from active to stalled/,
    ) as string,
    events: expect.arrayContaining(['c']) as string[],
  });
});

test('citations carry what a reader needs to weigh them', () => {
  const sources = [
    { name: 'x', reliability: 'C', credibility: 3 },
    { name: 'y', reliability: 'B' },
  ];
  const { citations, marking } = asked([strike('s', { sources, tlp: 'AMBER' })]);
  expect(marking).toBe('AMBER');
  expect(citations).toContainEqual({
    eventId: 's',
    type: 'StrikeReported',
    occurredAt: '2026-02-03T10:00:00Z',
    summary: 'A radar near Isfahan was struck. No one was hurt.',
    grade: 'B6',
    marking: 'AMBER',
    standing: 'as reported',
  });
});

describe('as Markdown', () => {
  const evidence = { time: AT, cursor: 'cursor', digest: 'digest' };

  test('each sentence has the numbers of its events, which stand in a list at the end', () => {
    const text = briefingMarkdown(asked([strike('s')]), evidence);
    const number = /By verified incidents .* \[(\d+)\]$/m.exec(text)![1]!;
    expect(text).toContain(`\n${number}. \`s\` StrikeReported, 2026-02-03T10:00:00Z, grade A1, TLP:CLEAR: A radar`);
  });

  test('what others wrote stays text in its line', () => {
    const summary = 'Break\n\n# Heading [link](http://x) <script>*`_|';
    const text = briefingMarkdown(asked([strike('s', { summary })]), evidence);
    expect(text.match(/^#+ .*$/gm)).toEqual([
      '# A crisis',
      ...[
        'Where it stands',
        'What changed in the last 7 days',
        'Risks',
        'Avenues for diplomacy',
        'Outlook',
        'Events cited',
      ].map((title) => `## ${title}`),
    ]);
    expect(text).toContain('Break # Heading \\[link\\](http://x) \\<script\\>\\*\\`\\_\\|');
  });
});

/** Everything that must hold of any briefing. */
function expectSound(input: BriefingInput): void {
  const briefing = briefingOf(input);
  const sentences = briefing.sections.flatMap((its) => its.sentences);
  const cited = sentences.flatMap(({ events }) => events);
  expect(sentences.filter(({ events }) => events.length === 0)).toEqual([]);
  expect(sentences.filter(({ text }) => !/^[\p{Lu}\d].*\.$/u.test(text))).toEqual([]);
  expect(sentences.filter(({ text }) => /undefined|null|NaN|Infinity/.test(text))).toEqual([]);
  expect(cited.filter((eventId) => input.onRecord(eventId) === undefined)).toEqual([]);
  expect(briefing.citations.map(({ eventId }) => eventId)).toEqual([...new Set(cited)]);
  expect(
    briefing.citations.filter(({ marking }) => LEVELS.indexOf(marking) > LEVELS.indexOf(briefing.marking)),
  ).toEqual([]);
}

/** No event of a record names itself. */
const someLog = randomLog(40, 50).map((log) =>
  log.filter(({ eventId, data }) => (data as { target?: string }).target !== eventId),
);

const question = fc.record({
  at: fc.nat(60 * 1440).map((minutes) => new Date(START + minutes * 60_000).toISOString()),
  days: fc.integer({ min: 1, max: 90 }),
  asOf: fc.nat(40),
  level: fc.constantFrom(...LEVELS),
});

test('every sentence cites, and every cited event is known and visible', () => {
  fc.assert(
    fc.property(someLog, question, (log, asked) => expectSound(briefingInputOf(log, asked))),
    { numRuns: 150 },
  );
});

test('the same input gives the same bytes', () => {
  fc.assert(
    fc.property(someLog, question, (log, asked) => {
      const [one, two] = [0, 1].map(() => JSON.stringify(briefingOf(briefingInputOf(structuredClone(log), asked))));
      expect(one).toBe(two);
    }),
    { numRuns: 30 },
  );
});

describe('the example crisis', () => {
  const example = readFileSync(join(ROOT, 'examples', 'us-iran', 'crisis.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Logged);
  /** Recorded on the day on which it became known, which is in its id. */
  const log = example.map((event) => ({
    ...event,
    recordedAt: new Date(parseInt(event.eventId.replace('-', '').slice(0, 12), 16)).toISOString(),
  }));
  const levels = levelsOf(log);
  const MOMENTS = [
    '2025-04-13T12:00:00Z',
    '2025-06-13T23:00:00Z',
    '2025-06-24T12:00:00Z',
    '2025-09-15T00:00:00Z',
    '2025-11-25T00:00:00Z',
  ];

  test.each(MOMENTS)('at %s is sound at every level, now and as known then', (at) => {
    const then = log.findLastIndex(({ recordedAt }) => millisecondsOf(recordedAt) <= millisecondsOf(at));
    for (const level of LEVELS)
      for (const asOf of [then, log.length]) expectSound(briefingInputOf(log, { at, level, asOf }));
  });

  test.each(MOMENTS)('at %s a reader gets what the log without the events above his level would give', (at) => {
    for (const [i, level] of LEVELS.entries()) {
      const visible = log.filter((_, position) => levels[position]! <= i);
      const [seen, alone] = [log, visible].map((its) =>
        JSON.stringify(briefingOf(briefingInputOf(its, { at, level }))),
      );
      expect(seen).toBe(alone);
    }
  });

  test('the balance is one number, as a percentage and as omega', () => {
    const balances = MOMENTS.concat('2025-09-10T12:00:00Z').map(
      (at) => section(briefingOf(briefingInputOf(log, { at })), 'status')[1]!.text,
    );
    const numbers = balances.map((text) => /, (\d+)% is cooperative \(omega (\d\.\d\d)/.exec(text)!.slice(1));
    expect(numbers).toEqual(numbers.map(([percent]) => [percent, (Number(percent) / 100).toFixed(2)]));
  });

  test('as known on the day, the first report of 13 June stands; then the correction is told', () => {
    const at = '2025-06-14T12:00:00Z';
    const corrected = log.findIndex(({ type }) => type === 'EventCorrected');
    const [before, after] = [corrected - 1, corrected].map((asOf) => briefingOf(briefingInputOf(log, { at, asOf })));
    const cites = (briefing: Briefing): boolean =>
      briefing.citations.some(({ eventId }) => eventId === log[corrected]!.eventId);
    expect([cites(before!), cites(after!)]).toEqual([false, true]);
  });
});
