import { type CameoEntry, cameo } from '#catalogue';
import { isBody, partyOf } from './bodies';
import { type Actor, clip, type FeedRow, type Place } from './feed-row';
import type { Fit } from './frame';
import { incidentId } from './identity';

/** An event as a client sends it. */
export interface MappedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly timePrecision: 1;
  readonly cameoCode: string;
  readonly actors: readonly Actor[];
  readonly recipients: readonly Actor[];
  readonly location?: Place;
  readonly sources: readonly object[];
  readonly tlp: 'CLEAR';
  readonly summary: string;
  readonly incidentId: string;
  readonly data?: object;
}

/** Why a row is no event of this crisis. */
export type SkipReason =
  | 'names no party of --about'
  | 'an actor name that no rule resolves'
  | 'fits no pair of the crisis'
  | 'code outside the scope of the log'
  | 'not a CAMEO code';

export type MappedRow = { readonly event: MappedEvent } | { readonly skipped: SkipReason };

const MULTILATERAL = 'MultilateralEngagementReported';
const MEDIATION = 'MediationContactReported';

/** Machine rows are strikes, never retaliations: no coder knows what an act answers. */
const TYPE_OF: Readonly<Record<string, string>> = {
  strike: 'StrikeReported',
  mediation_contact: MEDIATION,
  sanctions_statement: 'SanctionsStatementIssued',
  multilateral_engagement: MULTILATERAL,
  confidence_building: 'ConfidenceBuildingMeasureReported',
  official_statement: 'OfficialStatementIssued',
};

/**
 * The event that a row of a feed reports, or why it is none of the crisis. Absent stays absent: what the feed does not
 * say (channel, weapons, outcome) is left out, which means unknown. `idOf` is asked for rows that become events only.
 */
export const mapRow = (row: FeedRow, fit: Fit, idOf: (row: FeedRow) => string): MappedRow => {
  const [source, target] = [row.source, row.target].map(({ actors = [] }) => actors.map(({ code }) => code)) as [
    string[],
    string[],
  ];
  if (!fit.isAbout([...source, ...target])) return { skipped: 'names no party of --about' };
  if (!row.source.actors || !row.target.actors) return { skipped: 'an actor name that no rule resolves' };
  if (!fit.hasPair(source, target)) return { skipped: 'fits no pair of the crisis' };
  const entry = /^\d{2,4}$/.test(row.cameoCode) ? cameo(row.cameoCode) : undefined;
  if (entry === undefined) return { skipped: 'not a CAMEO code' };
  const type = typeOf(entry, [...source, ...target]);
  if (type === undefined) return { skipped: 'code outside the scope of the log' };
  const data = dataOf(type, entry, row, fit);
  return {
    event: {
      eventId: idOf(row),
      type,
      occurredAt: `${row.day}T00:00:00Z`,
      timePrecision: 1,
      cameoCode: row.cameoCode,
      actors: row.source.actors,
      recipients: row.target.actors,
      ...(row.location !== undefined && { location: row.location }),
      sources: [sourceOf(row)],
      tlp: 'CLEAR',
      summary: summaryOf(row, entry),
      incidentId: incidentId(row, type, source, target),
      ...(data !== undefined && { data }),
    },
  };
};

/** A body, or three parties, at the ends of a contact make it multilateral. */
const typeOf = (entry: CameoEntry, codes: readonly string[]): string | undefined => {
  const type = TYPE_OF[entry.eventType];
  const isContact = type === MEDIATION && entry.code.startsWith('04');
  return isContact && (codes.some(isBody) || new Set(codes.map(partyOf)).size >= 3) ? MULTILATERAL : type;
};

const MEDIATE = '045';

const dataOf = (type: string, entry: CameoEntry, row: FeedRow, fit: Fit): object | undefined => {
  const { source, target } = row;
  if (type === MULTILATERAL) {
    const body = [...source.actors!, ...target.actors!].find(({ code }) => isBody(code));
    return body && { body };
  }
  // Only "mediate" says in itself that its source mediates; a mediator's visit may be about anything.
  if (type !== MEDIATION || entry.code !== MEDIATE) return undefined;
  const mediator = source.actors!.find(({ code }) => fit.isMediator(code));
  return mediator && { mediator };
};

const MAX_URL = 2_000;

const sourceOf = (row: FeedRow): object => ({
  name: row.feed.name,
  ...(isUrl(row.url) && { url: row.url }),
  ...(row.publishedAt !== undefined && { publishedAt: row.publishedAt }),
  reliability: 'F',
  credibility: 6,
});

/** GDELT also names sources such as "BBC Monitoring" there. */
const isUrl = (text: string | undefined): boolean =>
  text !== undefined &&
  text.length <= MAX_URL &&
  /^https?:\/\/[^\s\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u.test(text) &&
  URL.canParse(text);

const MAX_SUMMARY = 500;

const summaryOf = (row: FeedRow, entry: CameoEntry): string =>
  clip(
    `${row.source.name} to ${row.target.name}: ${row.text || entry.subType.replaceAll('_', ' ')} (CAMEO ${row.cameoCode})`,
    MAX_SUMMARY,
  );
