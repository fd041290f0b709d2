/** A message of a `text/event-stream`. */
export interface Message {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** The messages in a stream of bytes, as far as this log's server writes the format: comments and `retry` are passed over. */
export async function* messagesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const message = messageIn(block);
      if (message) yield message;
    }
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
