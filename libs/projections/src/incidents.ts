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

/** All reports of one thing that happened. The speaker stands for it; the others are silent. */
export class Incident {
  speaker: Report;
  /** Its part in the daily extremes, which alone may touch it. */
  entry: Entry | undefined;

  constructor(
    readonly reports: Report[],
    private readonly enders: ReadonlyMap<string, readonly Incident[]>,
  ) {
    this.speaker = reports[0]!;
    this.entry = undefined;
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

  chooseSpeaker(): void {
    this.speaker = this.reports.reduce((best, report) => (speaksBefore(report, best) ? report : best));
  }
}

/** Told when an incident starts or stops to stand for something; between the two its speaker is the same. */
export interface IncidentListener {
  enter(incident: Incident): void;
  leave(incident: Incident): void;
}

/**
 * The incidents of a growing (or shrinking) set of effective events, whatever the order they come in. Reports
 * with the same incidentId (default the event's own id) and of one type are one; strike and retaliation are one type.
 */
export class Incidents {
  private readonly byKey = new Map<string, Map<string, Incident>>();
  private readonly enders = new Map<string, Incident[]>();

  constructor(
    private readonly parties: Parties,
    private readonly listener: IncidentListener,
  ) {}

  add(version: EffectiveVersion): void {
    const report = this.reportOf(version);
    const group = this.groupOf(version.facts);
    const key = keyOf(version);
    const incident = group.get(key);
    if (incident === undefined) {
      const first = new Incident([report], this.enders);
      group.set(key, first);
      this.enter(first);
    } else if (speaksBefore(report, incident.speaker)) {
      this.leave(incident);
      incident.reports.push(report);
      incident.speaker = report;
      this.enter(incident);
    } else {
      incident.reports.push(report);
    }
  }

  /** Takes out what was added before. */
  remove(version: EffectiveVersion): void {
    const group = this.groupOf(version.facts);
    const key = keyOf(version);
    const incident = group.get(key)!;
    const index = incident.reports.findIndex((report) => report.version === version);
    const spoke = incident.speaker.version === version;
    if (spoke) this.leave(incident);
    incident.reports.splice(index, 1);
    if (incident.reports.length === 0) group.delete(key);
    else if (spoke) {
      incident.chooseSpeaker();
      this.enter(incident);
    }
  }

  /** In the order of their speakers. */
  all(): Incident[] {
    const all: Incident[] = [];
    for (const group of this.byKey.values()) for (const incident of group.values()) all.push(incident);
    return all.sort(bySpeaker);
  }

  private reportOf(version: EffectiveVersion): Report {
    const { facts } = version;
    const reach = this.parties.reach(facts.between, facts.instant);
    return { version, facts, reach, weight: reach.pairs.length === 0 ? 0 : facts.weight };
  }

  private groupOf({ type }: Facts): Map<string, Incident> {
    const name = type === 'RetaliationReported' ? 'StrikeReported' : type;
    let group = this.byKey.get(name);
    if (group === undefined) this.byKey.set(name, (group = new Map()));
    return group;
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

export const keyOf = ({ eventId, facts }: EffectiveVersion): string => facts.incidentId ?? eventId;
