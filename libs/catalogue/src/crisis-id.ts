export const CRISIS_ID_PATTERN = '^[a-z0-9]+(-[a-z0-9]+)*$';
export const MAX_CRISIS_ID = 64;

const CRISIS_ID = new RegExp(CRISIS_ID_PATTERN);

/** A crisis is named by a slug such as us-iran: it becomes part of a stream name and of a URL. */
export const isCrisisId = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= MAX_CRISIS_ID && CRISIS_ID.test(text);
