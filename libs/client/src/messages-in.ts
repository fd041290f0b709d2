/** A message of a `text/event-stream`. */
export interface Message {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/**
 * The messages in a stream of bytes, as far as this log's server writes the format: comments and `retry` are passed
 * over.
 */
export async function* messagesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  for await (const block of wholeIn(chunks, '\n\n')) {
    const message = messageIn(block);
    if (message) yield message;
  }
}

/** The lines in a stream of bytes. A last line without its end was cut short, and is left out. */
export const linesIn = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> => wholeIn(chunks, '\n');

async function* wholeIn(chunks: AsyncIterable<Uint8Array>, end: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const whole = text.split(end);
    text = whole.pop()!;
    yield* whole;
  }
}

function messageIn(block: string): Message | undefined {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  const { id, event, data } = fields;
  if (event === undefined || data === undefined) return undefined;
  return { event, data, ...(id !== undefined && { id }) };
}
