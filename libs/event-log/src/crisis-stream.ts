const PREFIX = 'crisis-';

/** The stream of a crisis, and the crisis of such a stream; nothing is checked. */
export const streamOf = (crisis: string): string => PREFIX + crisis;
export const crisisOf = (stream: string): string => stream.slice(PREFIX.length);
