import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '#catalogue';
import { ROOT } from '../../test/support/fixture';

/** As much of an element as these tests look at. */
interface Content {
  type: string;
  occurredAt: string;
  cameoCode?: string;
  actors?: { code: string }[];
  auxiliary?: string;
  ongoing?: boolean;
  incidentId?: string;
  respondsTo?: string[];
  ends?: string[];
  sources?: { name: string; publishedAt: string; reliability: string; credibility: number }[];
  summary?: string;
  data: {
    target?: string;
    content?: Content;
    basedOn?: string[];
    marking?: string;
    measure?: string;
    mediator?: { code: string };
    mediators?: string[];
    issues?: { issue: string; position: number }[];
    party?: { code: string };
  };
}
interface Element extends Content {
  eventId: string;
  tlp?: string;
}

const LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];
const DAY_MS = 86_400_000;

const log: Element[] = readFileSync(join(ROOT, 'examples', 'us-iran', 'crisis.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Element);

const lineOf = new Map(log.map(({ eventId }, line) => [eventId, line]));
const ofType = (type: string): Element[] => log.filter((element) => element.type === type);
const targetOf = ({ data }: Element): Element => log[lineOf.get(data.target!)!]!;
const contentOf = (element: Element): Content => element.data.content ?? element;

const referencesOf = (element: Element): string[] => {
  const { respondsTo = [], ends = [], incidentId, data } = contentOf(element);
  const { target } = element.data;
  return [
    ...respondsTo,
    ...ends,
    ...(data.basedOn ?? []),
    ...(incidentId ? [incidentId] : []),
    ...(target ? [target] : []),
  ];
};

/** The day on which the fact became known: the time in the id (RFC 9562, version 7). */
const knownAt = ({ eventId }: Element): number => parseInt(eventId.replace('-', '').slice(0, 12), 16);

describe('the example crisis', () => {
  it('opens with its frame, which names Iran first', () => {
    expect(log[0]).toMatchObject({
      type: 'CrisisOpened',
      tlp: 'CLEAR',
      data: { sides: [{ members: ['IRN'] }, { members: ['USA', 'ISR'] }] },
    });
  });

  it('is in the order in which things became known, each id once', () => {
    const known = log.map(knownAt);
    expect(known).toEqual(known.toSorted((a, b) => a - b));
    expect(lineOf.size).toBe(log.length);
  });

  it('is accepted line by line, on the day on which it became known', () => {
    log.forEach((element, line) => parse(element, { now: knownAt(element) + DAY_MS, opening: line === 0 }));
  });

  it('names no source that was published after the day on which the fact became known', () => {
    const later = log.flatMap((element) =>
      (contentOf(element).sources ?? [])
        .filter(({ publishedAt }) => Date.parse(publishedAt) > knownAt(element))
        .map(({ name }) => `${element.eventId} ${name}`),
    );
    expect(later).toEqual([]);
  });

  it('refers to events of the types that may be named', () => {
    const wrong = log.flatMap((element, line) =>
      parse(element, { now: Date.now(), opening: line === 0 }).references.filter(
        ({ id, types }) => types?.includes(log[lineOf.get(id)!]!.type) === false,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('refers only to earlier lines', () => {
    const forward = log.flatMap((element, line) =>
      referencesOf(element)
        .filter((id) => !(lineOf.get(id)! < line))
        .map((id) => `line ${line + 1} names ${id}`),
    );
    expect(forward).toEqual([]);
  });

  it('marks no event below what it names, as markings stood then', () => {
    const inForce = new Map<string, number>();
    for (const element of log) {
      const named = referencesOf(element).map((id) => inForce.get(id)!);
      const own = element.tlp === undefined ? inForce.get(element.data.target!)! : LEVELS.indexOf(element.tlp);
      expect([element.eventId, own >= Math.max(0, ...named)]).toEqual([element.eventId, true]);
      inForce.set(element.eventId, own);
      if (element.type === 'MarkingChanged') inForce.set(element.data.target!, LEVELS.indexOf(element.data.marking!));
    }
  });

  it('writes out a marking on all but amendments, and uses all five', () => {
    const unmarked = log.filter(({ tlp, data }) => tlp === undefined && data.target === undefined);
    expect(unmarked).toEqual([]);
    expect(new Set(log.flatMap(({ tlp }) => tlp ?? []))).toEqual(new Set(LEVELS));
  });

  it('has graded sources and a summary on every report, except that assessments rest on events', () => {
    const reports = log.map(contentOf).filter(({ cameoCode }) => cameoCode !== undefined);
    const bare = reports.filter(({ sources = [], summary = '' }) => {
      const isGraded = sources.every(
        ({ reliability, credibility }) => /^[A-F]$/.test(reliability) && credibility >= 1 && credibility <= 6,
      );
      return sources.length === 0 || !isGraded || summary === '' || summary.length > 500;
    });
    expect(bare).toEqual([]);
  });

  it('says in every assessment who wrote it', () => {
    const assessments = ofType('AnalystAssessmentIssued');
    expect(assessments.length).toBeGreaterThan(0);
    for (const { summary } of assessments) expect(summary).toMatch(/^Written by the authors of this example/);
  });

  it('corrects the first report of 13 June from a joint strike to one of Israel', () => {
    const correction = ofType('EventCorrected')[0]!;
    expect(targetOf(correction).actors!.map(({ code }) => code)).toEqual(['USA', 'ISR']);
    expect(contentOf(correction).actors!.map(({ code }) => code)).toEqual(['ISRMIL']);
  });

  it('retracts a false report', () => {
    expect(
      ofType('EventRetracted').map((retraction) => [retraction.data, targetOf(retraction).summary]),
    ).toContainEqual([expect.objectContaining({ reason: 'false' }), expect.stringMatching(/^Esmail Qaani/)]);
  });

  it('lowers a marking', () => {
    const [change] = ofType('MarkingChanged');
    expect(LEVELS.indexOf(change!.data.marking!)).toBeLessThan(LEVELS.indexOf(targetOf(change!).tlp!));
  });

  it('adds Qatar and Egypt to the mediators', () => {
    expect(ofType('CrisisAmended').map(({ data }) => data.mediators!.at(-1))).toEqual(['QAT', 'EGY']);
  });

  it('has both sides differ on the same issues', () => {
    const positionsOf = (party: string) =>
      new Map(
        ofType('SanctionsStatementIssued')
          .filter(({ data }) => data.party?.code === party)
          .flatMap(({ data }) => data.issues ?? [])
          .map(({ issue, position }) => [issue, position]),
      );
    const [iran, unitedStates] = [positionsOf('IRN'), positionsOf('USA')];
    expect([...iran].filter(([issue, position]) => unitedStates.get(issue) === position)).toEqual([]);
    expect([...iran.keys()].filter((issue) => unitedStates.has(issue))).toEqual(
      expect.arrayContaining(['enrichment', 'oil', 'stockpile', 'snapback', 'frozen_assets', 'security_guarantees']),
    );
  });

  const ingredients: [string, (element: Element) => boolean][] = [
    ['a mediation by Oman', ({ data }) => data.mediator?.code === 'OMNGOV'],
    ['a prisoner exchange', ({ data }) => data.measure === 'prisoner_release'],
    ['a ceasefire that lasts', ({ data, ongoing }) => data.measure === 'ceasefire' && ongoing === true],
    [
      'a retaliation against U.S. forces',
      ({ type, cameoCode, summary }) =>
        type === 'RetaliationReported' && cameoCode === '194' && /Al Udeid/.test(summary!),
    ],
    ['an act of the IAEA', ({ actors }) => actors?.some(({ code }) => code === 'IAE') === true],
    [
      'a meeting with the European states',
      ({ type, actors }) =>
        type === 'MultilateralEngagementReported' && actors?.some(({ code }) => code === 'FRAGOV') === true,
    ],
    [
      'a statement of Iran',
      ({ type, actors }) => type === 'OfficialStatementIssued' && actors![0]!.code.startsWith('IRN'),
    ],
    [
      'a statement of the United States',
      ({ type, actors }) => type === 'OfficialStatementIssued' && actors![0]!.code.startsWith('USA'),
    ],
    ['a second report of an incident', ({ incidentId, eventId }) => incidentId !== undefined && incidentId !== eventId],
    ['an event that is not of here and now', ({ auxiliary }) => auxiliary === 'future'],
    ['a state that another event ends', ({ ends }) => ends?.some((id) => log[lineOf.get(id)!]!.ongoing) === true],
    // The background of the opening day is older on purpose and does not count.
    [
      'a report that is three weeks late',
      (element) =>
        knownAt(element) > knownAt(log[0]!) &&
        element.cameoCode !== undefined &&
        knownAt(element) - Date.parse(element.occurredAt) > 21 * DAY_MS,
    ],
    [
      'an event that is not verified',
      ({ sources }) => sources?.every(({ reliability }) => /[C-F]/.test(reliability)) === true,
    ],
  ];
  it.each(ingredients)('has %s', (_, isIt) => {
    expect(log.filter(isIt)).not.toEqual([]);
  });
});
