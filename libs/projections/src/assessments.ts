import type { EffectiveVersion } from './effective-events';
import type { OwnFields } from './facts';

/** What analysts say, shown as they say it: no gauge rests on it, and none is turned into their words. */
export interface Judgement<T> {
  readonly value: T;
  readonly eventId: string;
  readonly issuedAt: string;
}

export interface Judgements {
  readonly trend: Judgement<string> | null;
  readonly riskAlert: Judgement<boolean> | null;
  readonly resolutionOpportunity: Judgement<boolean> | null;
  readonly hiikLevel: Judgement<number> | null;
  /** The assessment that named the trend: how sure it is, how far it looks, what it rests on. */
  readonly likelihood: string | null;
  readonly confidence: string | null;
  readonly horizonDays: number | null;
  readonly basedOn: readonly string[];
}

/** @param assessments in order */
export function judgementsOf(assessments: readonly EffectiveVersion[]): Judgements {
  const naming = (name: keyof OwnFields): EffectiveVersion | undefined =>
    assessments.findLast(({ facts }) => facts.own?.[name] !== undefined);
  const latest = <T>(name: keyof OwnFields): Judgement<T> | null => {
    const found = naming(name);
    if (found === undefined) return null;
    return { value: found.facts.own![name] as T, eventId: found.eventId, issuedAt: found.facts.occurredAt };
  };
  const behind = naming('trend')?.facts.own;
  return {
    trend: latest('trend'),
    riskAlert: latest('riskAlert'),
    resolutionOpportunity: latest('resolutionOpportunity'),
    hiikLevel: latest('hiikLevel'),
    likelihood: behind?.likelihood ?? null,
    confidence: behind?.confidence ?? null,
    horizonDays: behind?.horizonDays ?? null,
    basedOn: behind?.basedOn ?? [],
  };
}
