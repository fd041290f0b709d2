import { REPORT_TYPES, type ReportType } from '#catalogue';
import { intervalOf, minuteOf, startOfDay, type Minute, type TimePrecision } from './instant';
import { eightQOf, weightOf, type Source } from './weights';

const reportTypes: ReadonlyMap<string, ReportType> = new Map(REPORT_TYPES.map((type) => [type, type]));

/**
 * The type as one of the reports, undefined for any other. The answer is this module's own string: comparing it costs a
 * pointer, not a text, in every later pass.
 */
export const reportTypeOf = (type: string): ReportType | undefined => reportTypes.get(type);

/** What the published table says of a code, or of its longest mapped prefix; undefined when it knows neither. */
export type CodeTable = (code: string) => { code: string; goldstein10: number; kinetic: boolean } | undefined;

/** The parts of a stored event: the element without its references and sources, and these two by path. */
export interface EventBody {
  readonly content: Readonly<Record<string, unknown>>;
  readonly refs: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, unknown>>;
}

interface Actor {
  readonly code: string;
}

export interface IssuePosition {
  readonly issue: string;
  readonly position?: number;
  readonly weight?: number;
}

/** What the views read of a type's own fields, as sent. Which may be present follows from the type. */
export interface OwnFields {
  readonly declaredProportionality?: string;
  readonly declaredFinal?: boolean;
  readonly channel?: string;
  readonly rank?: string;
  readonly round?: number;
  readonly nextContactAt?: string;
  readonly party?: Actor;
  readonly action?: string;
  readonly issues?: readonly IssuePosition[];
  readonly body?: Actor;
  readonly format?: string;
  readonly stage?: string;
  readonly document?: string;
  readonly access?: string;
  readonly outcome?: string;
  readonly measure?: string;
  readonly implementation?: string;
  readonly reciprocity?: string;
  readonly verifier?: unknown;
  readonly expiresAt?: string;
  readonly stance?: string;
  readonly demand?: string;
  readonly deadlineAt?: string;
  readonly trend?: string;
  readonly riskAlert?: boolean;
  readonly resolutionOpportunity?: boolean;
  readonly hiikLevel?: number;
  readonly likelihood?: string;
  readonly confidence?: string;
  readonly horizonDays?: number;
  readonly basedOn?: readonly string[];
}

/**
 * All that the views need of one report: plain data, a function of its content alone. Who belongs to which
 * side, and so whether the weight counts, is the frame's to say.
 */
export interface Facts {
  readonly type: ReportType;
  /** As sent, seconds and all. */
  readonly occurredAt: string;
  /** Start and end of the interval that `occurredAt` and `timePrecision` name. */
  readonly instant: Minute;
  readonly end: Minute;
  readonly timePrecision: TimePrecision;
  /** It is no assessment, and of something that happened here: `auxiliary` is absent. */
  readonly counts: boolean;
  /** Actor codes of the source end and of the target end: `IRNMIL,YMNREB>USA`. */
  readonly between: string;
  /** The CAMEO code after fallback; empty when there is none. */
  readonly code: string;
  readonly goldstein10: number;
  /** The code is kinetic and the type strike or retaliation. */
  readonly kinetic: boolean;
  /** Eight times the quality of the best source, 0 to 8. */
  readonly eightQ: number;
  /** Signed, in units of 1/80 point. */
  readonly weight: number;
  /** Lasts until `until`, or until an event ends it. */
  readonly state: boolean;
  readonly until: Minute | null;
  readonly incidentId: string | null;
  readonly respondsTo: readonly string[];
  readonly ends: readonly string[];
  readonly own: OwnFields | null;
}

/** The members of `data` that views look at, by type. Of other types they use only what all reports have. */
const OWN_FIELDS: Readonly<Partial<Record<ReportType, ReadonlySet<string>>>> = {
  RetaliationReported: new Set(['declaredProportionality', 'declaredFinal']),
  MediationContactReported: new Set(['channel', 'rank', 'round', 'nextContactAt', 'outcome']),
  SanctionsStatementIssued: new Set(['party', 'action', 'issues']),
  MultilateralEngagementReported: new Set(['body', 'format', 'stage', 'document', 'access', 'outcome']),
  ConfidenceBuildingMeasureReported: new Set(['measure', 'implementation', 'reciprocity', 'verifier', 'expiresAt']),
  OfficialStatementIssued: new Set(['stance', 'demand', 'deadlineAt']),
  AnalystAssessmentIssued: new Set([
    'trend',
    'riskAlert',
    'resolutionOpportunity',
    'hiikLevel',
    'likelihood',
    'confidence',
    'horizonDays',
  ]),
};

const NONE: readonly string[] = Object.freeze([]);

/**
 * The facts of one report, valid by the catalogue and upcast to its current version.
 * @throws UnreadableTime when a time is none: such an event is poison, not to be skipped.
 */
export function factsOf(type: ReportType, { content, refs, sources }: EventBody, codes: CodeTable): Facts {
  const occurredAt = content.occurredAt as string;
  const timePrecision = (content.timePrecision ?? 0) as TimePrecision;
  const [instant, end] = intervalOf(occurredAt, timePrecision);
  const data = (content.data ?? {}) as Record<string, unknown>;
  const found = content.cameoCode === undefined ? undefined : codes(content.cameoCode as string);
  const goldstein10 = found?.goldstein10 ?? 0;
  const kinetic = found?.kinetic === true && (type === 'StrikeReported' || type === 'RetaliationReported');
  const eightQ = eightQOf(sources.sources as readonly Source[] | undefined);
  const until = content.occurredUntil === undefined ? null : minuteOf(content.occurredUntil as string);
  return {
    type,
    occurredAt,
    instant,
    end,
    timePrecision,
    counts: type !== 'AnalystAssessmentIssued' && content.auxiliary === undefined,
    between: betweenOf(content, data),
    code: found?.code ?? '',
    goldstein10,
    kinetic,
    eightQ,
    weight: weightOf(goldstein10, eightQ, kinetic),
    state: content.ongoing === true || (until !== null && startOfDay(until) > startOfDay(minuteOf(occurredAt))),
    until,
    incidentId: (refs.incidentId as string | undefined) ?? null,
    respondsTo: (refs.respondsTo as readonly string[] | undefined) ?? NONE,
    ends: (refs.ends as readonly string[] | undefined) ?? NONE,
    own: ownFieldsOf(type, data, refs),
  };
}

/** The codes of both ends in one string: it is compared and looked up, and hardly ever taken apart. */
function betweenOf(content: EventBody['content'], data: Record<string, unknown>): string {
  let source = codesOf('', content.actors as readonly Actor[] | undefined);
  source = codesOf(source, content.onBehalfOf as readonly Actor[] | undefined);
  source = codeOf(source, data.mediator as Actor | undefined);
  source = codeOf(source, data.body as Actor | undefined);
  source = codeOf(source, data.party as Actor | undefined);
  let target = codesOf('', content.recipients as readonly Actor[] | undefined);
  target = codesOf(target, data.parties as readonly Actor[] | undefined);
  target = codeOf(target, data.counterparty as Actor | undefined);
  return `${source}>${target}`;
}

const codeOf = (list: string, actor: Actor | undefined): string =>
  actor === undefined ? list : list === '' ? actor.code : `${list},${actor.code}`;

function codesOf(list: string, actors: readonly Actor[] | undefined): string {
  if (actors !== undefined) for (const actor of actors) list = codeOf(list, actor);
  return list;
}

function ownFieldsOf(type: ReportType, data: Record<string, unknown>, refs: EventBody['refs']): OwnFields | null {
  let own: Record<string, unknown> | null = null;
  const wanted = OWN_FIELDS[type];
  for (const name in data) if (wanted?.has(name)) (own ??= {})[name] = data[name];
  const basedOn = refs['data.basedOn'];
  if (basedOn !== undefined) (own ??= {}).basedOn = basedOn;
  return own;
}
