import { REPORT_TYPES, type ReportType } from '#catalogue';
import { inOrder, type EffectiveVersion } from './effective-events';
import type { Entry } from './extremes';
import type { Facts } from './facts';
import { DAY, type Minute } from './instant';
import type { Parties, Reach } from './parties';
import { VERIFIED_FROM } from './weights';

/** An effective event as the frame of its instant sees it. */
export interface Report {
  readonly version: EffectiveVersion;
  readonly facts: Facts;
  readonly reach: Reach;
  /** In units of 1/80 point; 0 without a counted pair. */
  readonly weight: number;
}

export const bySpeaker = (a: Incident, b: Incident): number => inOrder(a.speaker.version, b.speaker.version);

/** The one with weight, then the greatest q, then the lowest position, speaks. */
const speaksBefore = (a: Report, b: Report): boolean => {
  const weighs = Number(a.weight !== 0) - Number(b.weight !== 0);
  if (weighs !== 0) return weighs > 0;
  return (
    a.facts.eightQ > b.facts.eightQ || (a.facts.eightQ === b.facts.eightQ && a.version.original < b.version.original)
  );
};

/** Shared by the many incidents that only one source reports. */
const NOBODY: Report[] = [];

/** All reports of one thing that happened. The speaker stands for it; the others are silent. */
export class Incident {
  silent: Report[] = NOBODY;
  /** Its part in the daily extremes, which alone may touch it. */
  entry: Entry | undefined = undefined;

  constructor(
    public speaker: Report,
    private readonly enders: ReadonlyMap<string, readonly Incident[]>,
  ) {}

  hush(report: Report): void {
    if (this.silent === NOBODY) this.silent = [report];
    else this.silent.push(report);
  }

  /** The speaker, then the silent ones in no order. */
  get reports(): readonly Report[] {
    return [this.speaker, ...this.silent];
  }

  get facts(): Facts {
    return this.speaker.facts;
  }

  get id(): string {
    return this.speaker.version.eventId;
  }

  get verified(): boolean {
    return this.speaker.facts.eightQ >= VERIFIED_FROM;
  }

  /** Where its age is counted from: its instant; of a state its end, Infinity while no end is known. */
  ageFrom(): Minute {
    const { state, instant, until } = this.speaker.facts;
    return state ? Math.min(until ?? Infinity, this.endedBy()?.facts.instant ?? Infinity) : instant;
  }

  /** The first incident, not before it, whose `ends` names one of its reports. */
  endedBy(): Incident | undefined {
    if (this.enders.size === 0) return undefined;
    let first: Incident | undefined;
    for (const { version } of this.reports)
      for (const ender of this.enders.get(version.eventId) ?? [])
        if (ender !== this && ender.facts.instant >= this.facts.instant && (!first || bySpeaker(ender, first) < 0))
          first = ender;
    return first;
  }

  /** "Within n days" of `at`; a state that lasts is always, one that ended counts from its end. */
  within(days: number, at: Minute): boolean {
    return this.ageFrom() > at - days * DAY;
  }
}

/** Told when an incident starts or stops to stand for something; between the two its speaker is the same. */
export interface IncidentListener {
  enter(incident: Incident): void;
  leave(incident: Incident): void;
}

/** Incidents in the order of their speakers, by the type of report; strike and retaliation are one. */
export type IncidentsByType = Readonly<Record<IncidentType, readonly Incident[]>>;
export type IncidentType = Exclude<ReportType, 'RetaliationReported' | 'AnalystAssessmentIssued'>;

const INCIDENT_TYPES = REPORT_TYPES.filter(
  (type): type is IncidentType => type !== 'RetaliationReported' && type !== 'AnalystAssessmentIssued',
);

/** The incidents of one type by key. */
interface Group {
  readonly byKey: Map<string, Incident>;
  /** Whether they entered in another order than that of their speakers. */
  disordered: boolean;
}

/**
 * The incidents of a growing (or shrinking) set of effective events, whatever the order they come in. Reports
 * with the same incidentId (default the event's own id) and of one type are one; strike and retaliation are one type.
 */
export class Incidents {
  private readonly groups = Object.fromEntries(
    INCIDENT_TYPES.map((type): [string, Group] => [type, { byKey: new Map(), disordered: false }]),
  ) as Record<IncidentType, Group>;
  private readonly enders = new Map<string, Incident[]>();
  private last: EffectiveVersion | undefined;

  constructor(
    private readonly parties: Parties,
    private readonly listener: IncidentListener,
  ) {}

  /** Takes a version of one of the seven types that count. */
  add(version: EffectiveVersion): void {
    const report = this.reportOf(version);
    const group = this.groupOf(version.facts.type);
    const key = keyOf(version);
    const incident = group.byKey.get(key);
    if (this.last !== undefined && inOrder(this.last, version) > 0) this.disorder();
    this.last = version;
    if (incident === undefined) {
      const first = new Incident(report, this.enders);
      group.byKey.set(key, first);
      this.enter(first);
    } else if (speaksBefore(report, incident.speaker)) {
      this.leave(incident);
      incident.hush(incident.speaker);
      incident.speaker = report;
      // Last, as its speaker is: as long as versions come in order, so do the incidents.
      group.byKey.delete(key);
      group.byKey.set(key, incident);
      this.enter(incident);
    } else {
      incident.hush(report);
    }
  }

  /** Takes out what was added before. */
  remove(version: EffectiveVersion): void {
    const group = this.groupOf(version.facts.type);
    const key = keyOf(version);
    const incident = group.byKey.get(key)!;
    if (incident.speaker.version !== version) {
      incident.silent = incident.silent.filter((report) => report.version !== version);
      return;
    }
    this.leave(incident);
    if (incident.silent.length === 0) {
      group.byKey.delete(key);
      return;
    }
    incident.speaker = incident.silent.reduce((best, report) => (speaksBefore(report, best) ? report : best));
    incident.silent = incident.silent.filter((report) => report !== incident.speaker);
    group.disordered = true;
    this.enter(incident);
  }

  byType(): IncidentsByType {
    const ordered = ({ byKey, disordered }: Group): Incident[] =>
      disordered ? [...byKey.values()].sort(bySpeaker) : [...byKey.values()];
    return Object.fromEntries(
      INCIDENT_TYPES.map((type) => [type, ordered(this.groups[type])]),
    ) as unknown as IncidentsByType;
  }

  private reportOf(version: EffectiveVersion): Report {
    const { facts } = version;
    const reach = this.parties.reach(facts.between, facts.instant);
    return { version, facts, reach, weight: reach.pairs.length === 0 ? 0 : facts.weight };
  }

  private groupOf(type: ReportType): Group {
    return this.groups[incidentTypeOf(type) as IncidentType];
  }

  private disorder(): void {
    for (const type of INCIDENT_TYPES) this.groups[type].disordered = true;
  }

  private enter(incident: Incident): void {
    for (const id of incident.facts.ends) {
      const enders = this.enders.get(id);
      if (enders === undefined) this.enders.set(id, [incident]);
      else enders.push(incident);
    }
    this.listener.enter(incident);
  }

  private leave(incident: Incident): void {
    this.listener.leave(incident);
    for (const id of incident.facts.ends) {
      const enders = this.enders.get(id)!;
      enders.splice(enders.indexOf(incident), 1);
    }
  }
}

/** Incidents of several types as one list, in order. */
export const inOneList = (...lists: readonly (readonly Incident[])[]): Incident[] => lists.flat().sort(bySpeaker);

/** What joins reports into an incident. */
export const keyOf = ({ eventId, facts }: EffectiveVersion): string => facts.incidentId ?? eventId;

/** Reports of different types are never of one incident, but for strike and retaliation. */
export const incidentTypeOf = (type: ReportType): ReportType =>
  type === 'RetaliationReported' ? 'StrikeReported' : type;
