/** Times are milliseconds since the epoch. A view is taken at a whole minute. */
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

export const floorToMinute = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;

/** A whole minute as the views write it, without milliseconds. */
export const textOfMinute = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
