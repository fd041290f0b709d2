import type { Matter } from './briefing-matter';
import { nameOf } from './briefing-names';
import { diplomaticStatus } from './diplomatic-status';
import { Moment, type Minute } from './instant';
import { modelOf } from './models';
import { risk } from './risk';

export interface Change {
  readonly text: string;
  readonly events: readonly string[];
}

/** What would be otherwise at a later minute if nothing more were reported: the same events, seen from there. */
export function changesOf(matter: Matter, minute: Minute): Change[] {
  const { now, events } = matter.input;
  const ahead = modelOf(now.frame, now.model.version).situationOf(now.frame, events, Moment.of(minute));
  const [before, after] = [matter.risk, risk.view(ahead)];
  const [was, will] = [matter.status, diplomaticStatus.view(ahead)];
  const goes = (what: string, from: unknown, to: unknown, ids: readonly string[]): Change[] =>
    from === to ? [] : [{ text: `${what} goes from ${String(from)} to ${String(to)}`, events: ids }];
  const { conflictRisk, resolutionOpportunity } = before.alerts;
  return [
    ...goes('the band of R', before.band, after.band, matter.drivers(3)),
    ...goes('the movement of escalation', before.escalation.movement, after.escalation.movement, matter.drivers(3)),
    ...goes('the movement of diplomacy', before.diplomacy.movement, after.diplomacy.movement, matter.reliefs(3)),
    ...outpacing(before.outpaces, after.outpaces, [...matter.drivers(1), ...matter.reliefs(1)]),
    ...before.openLegs
      .filter((leg) => !after.openLegs.includes(leg))
      .map((leg) => ({ text: `the ${matter.mention(leg)} no longer counts as waiting for an answer`, events: [leg] })),
    ...was.channels.flatMap(({ parties, state, lastContact }, i) =>
      goes(`the channel of ${parties.map(nameOf).join(' and ')}`, state, will.channels[i]?.state, [lastContact]),
    ),
    ...goes('the window for diplomacy', was.window.state, will.window.state, was.window.conditions.activeChannel),
    ...goes('the level', before.level, after.level, matter.drivers(3)),
    ...goes('the level with unverified incidents', before.levelReported, after.levelReported, matter.drivers(3)),
    ...goes('the conflict-risk alert', conflictRisk.state, after.alerts.conflictRisk.state, conflictRisk.events),
    ...(resolutionOpportunity.state === after.alerts.resolutionOpportunity.state
      ? []
      : [{ text: 'the conditions of a resolution opportunity lapse', events: resolutionOpportunity.events }]),
  ];
}

function outpacing(before: boolean | null, after: boolean | null, events: readonly string[]): Change[] {
  if (before === after) return [];
  if (after === null) return [{ text: 'too little weighs any more for a balance', events }];
  return [
    { text: after ? 'diplomacy comes to outpace escalation' : 'diplomacy no longer outpaces escalation', events },
  ];
}
