const PREFIX = 'crisis-';

/** The stream of a crisis, and the crisis of a stream that is one's. */
export const streamOf = (crisis: string): string => PREFIX + crisis;
export const crisisOf = (stream: string): string => stream.slice(PREFIX.length);
