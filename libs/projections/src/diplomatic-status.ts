import { judgementsOf, type Judgements } from './assessments';
import { channelOf, type Channel } from './channels';
import { agreementsOf, isAgreement, measuresOf, type Agreement, type Measure } from './commitments';
import { defineProjection } from './define-projection';
import { demandsOf, type Demand } from './demands';
import { dyadsOf, type Dyad } from './dyads';
import type { Frame } from './frame';
import type { Movement } from './gauges';
import { inOneList, type Incident } from './incidents';
import type { Parties } from './parties';
import { sanctionsGapOf, type SanctionsGap } from './sanctions-gap';
import type { Situation } from './situation';
import { isEngagement, tracksOf, type Track } from './tracks';
import { windowOf, type DiplomacyWindow } from './window';

/** Where diplomacy stands. Every number and every word names the events behind it. */
export interface DiplomaticStatus {
  readonly at: string;
  readonly closed: Frame['closed'];
  /** The analysts' words; beside them, never mixed with them, what the model computes. */
  readonly analysts: Judgements;
  readonly movement: { readonly escalation: Movement; readonly diplomacy: Movement };
  readonly dyads: readonly Dyad[];
  readonly channels: readonly Channel[];
  readonly sanctions: SanctionsGap;
  readonly agreements: readonly Agreement[];
  readonly measures: readonly Measure[];
  readonly tracks: readonly Track[];
  readonly demands: readonly Demand[];
  readonly window: DiplomacyWindow;
  readonly nextChangeAt: string | null;
}

export const diplomaticStatus = defineProjection({ name: 'status', version: 1, view: diplomaticStatusOf });

function diplomaticStatusOf(situation: Situation): DiplomaticStatus {
  const { at, frame, parties, roster, incidents, extremes } = situation;
  const engagements = (wanted: (incident: Incident) => boolean): Incident[] =>
    inOneList(
      incidents.MultilateralEngagementReported.filter(wanted),
      incidents.MediationContactReported.filter(wanted),
    );
  return {
    at: at.toString(),
    closed: frame.closed,
    analysts: judgementsOf(situation.assessments),
    movement: { escalation: situation.escalationMovement, diplomacy: situation.diplomacyMovement },
    dyads: dyadsOf(extremes, frame, parties, at.minute),
    channels: situation.lines.map((line) => channelOf(line, at)),
    sanctions: sanctionsGapOf(incidents.SanctionsStatementIssued, roster, (statement) =>
      sideOfStatement(statement, parties),
    ),
    agreements: agreementsOf(engagements(isAgreement), at.minute),
    measures: measuresOf(incidents.ConfidenceBuildingMeasureReported, at.minute),
    tracks: tracksOf(
      engagements((incident) => isEngagement(incident, at.minute)),
      roster,
      at.minute,
    ),
    demands: demandsOf(incidents.OfficialStatementIssued, at.minute),
    window: windowOf(situation.window, at),
    nextChangeAt: situation.nextChangeAt,
  };
}

/** The side of `party`, else of the first member of a side at the source end; -1 when there is none. */
function sideOfStatement({ facts, speaker }: Incident, parties: Parties): number {
  const party = facts.own?.party;
  const named = party === undefined ? undefined : parties.at(facts.instant).memberOf(party.code);
  if (named?.role === 'side') return named.side;
  return speaker.reach.source.find((member) => member.role === 'side')?.side ?? -1;
}
