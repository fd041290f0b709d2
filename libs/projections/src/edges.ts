import {
  CONFLICT_DAYS,
  LEVEL_DAYS,
  RESOLUTION_DAYS,
  conflictRiskOf,
  intensityOf,
  isUnverifiedDanger,
  isVerifiedThreat,
  levelOf,
  resolutionOpportunityOf,
  showsWillingness,
} from './alerts';
import { nextStateChange } from './channels';
import type { Incident } from './incidents';
import { DAY, type Minute } from './instant';
import { legExpiry } from './retaliation';
import { MOVEMENT_DAYS, type Present } from './present';

/**
 * When, with time alone, legs expire, channels fall silent, and the looks back of the level, the alerts and the
 * movements run out of what holds them: of each the first change, Infinity for never. By silence nothing of it comes back.
 */
export function edgesOf(now: Present): Minute[] {
  const verified = now.recent.filter((incident) => incident.verified);
  return [
    ...now.exchange.openLegs.map(legExpiry),
    ...now.lines.map((line) => nextStateChange(line, now.at) ?? Infinity),
    levelEdge(now.recent, now.at.minute),
    levelEdge(verified, now.at.minute),
    conflictEdge(now),
    resolutionEdge(now),
    now.quiet
      ? Infinity
      : runsOut(
          now.recent.filter((incident) => incident.speaker.weight !== 0),
          MOVEMENT_DAYS,
        ),
  ];
}

/** The minute from which none of them lies within `days` any more. */
const runsOut = (incidents: readonly Incident[], days: number): Minute =>
  incidents.reduce((latest, incident) => Math.max(latest, incident.ageFrom() + days * DAY), -Infinity);

function levelEdge(recent: readonly Incident[], at: Minute): Minute {
  const level = levelOf(recent, at);
  if (level === 0) return Infinity;
  return runsOut(
    recent.filter((incident) => intensityOf(incident) === level),
    LEVEL_DAYS,
  );
}

/** Open legs hold the alert too; when the last of them expires, that is an edge of its own. */
function conflictEdge({ recent, exchange, at }: Present): Minute {
  const { state } = conflictRiskOf(recent, exchange.openLegs, at.minute);
  if (state === 'off' || exchange.openLegs.length > 0) return Infinity;
  return runsOut(recent.filter(state === 'on' ? isVerifiedThreat : isUnverifiedDanger), CONFLICT_DAYS);
}

/** The last active channel's silence ends the opportunity too, and is an edge of its own. */
function resolutionEdge({ recent, hasActiveChannel, at }: Present): Minute {
  if (!resolutionOpportunityOf(recent, hasActiveChannel, at.minute).state) return Infinity;
  const willing = (side: number): Incident[] => recent.filter((incident) => showsWillingness(incident, side));
  return Math.min(runsOut(willing(0), RESOLUTION_DAYS), runsOut(willing(1), RESOLUTION_DAYS));
}
