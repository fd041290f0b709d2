import type { ConsumerDefinition, ConsumerState, ParkedItem } from './consumer-state';
import type { Given } from './consumers';

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** A consumer as its owner sees it. Places in the feed are left out: they move with hidden items. */
export function toldConsumer(name: string, { definition, held, parked }: ConsumerState): string {
  return JSON.stringify({
    ...madeWith(name, definition!),
    leases: held.flatMap(({ crisis, lease }) =>
      lease
        ? [
            {
              lease: String(lease.number),
              crisisId: crisis,
              items: lease.items.length,
              expiresAt: timeOf(lease.expiresAt),
            },
          ]
        : [],
    ),
    retries: held.flatMap(({ crisis, tried, retryAt }) =>
      tried && retryAt !== undefined
        ? [{ crisisId: crisis, id: tried.id, attempts: tried.attempts, retryAt: timeOf(retryAt) }]
        : [],
    ),
    parked: parked.length,
  });
}

/** Only what each was made with: what a consumer holds is told at the level it was made for alone. */
export const toldConsumers = (all: readonly (readonly [name: string, definition: ConsumerDefinition])[]): string =>
  JSON.stringify({ consumers: all.map(([name, definition]) => madeWith(name, definition)) });

const madeWith = (name: string, { crisis, type, actor, level, maxAttempts }: ConsumerDefinition): object => ({
  name,
  crisis,
  type,
  actor,
  level,
  maxAttempts,
});

/** Has no lease when there is nothing to hand out. */
export function toldBatch(given: Given | undefined): string {
  if (!given) return '{"items":[]}';
  const { crisis, lease, attempt, items } = given;
  const head = { lease: String(lease.number), crisisId: crisis, expiresAt: timeOf(lease.expiresAt), attempt };
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(',')}]}`;
}

export const toldParked = (parked: readonly ParkedItem[]): string =>
  JSON.stringify({
    parked: parked.map(({ id, eventId, crisis, attempts, parkedAt, isReplayed }) => ({
      id,
      eventId,
      crisisId: crisis,
      attempts,
      parkedAt: timeOf(parkedAt),
      isReplayed,
    })),
  });
