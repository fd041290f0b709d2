/** One message of a `text/event-stream`. */
export interface Message {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** The messages of a stream as they come; leaving the loop leaves the stream. Ends when the server ends it. */
export async function* messagesOf(url: string, headers: Record<string, string> = {}): AsyncGenerator<Message> {
  const left = new AbortController();
  const response = await fetch(url, { headers, signal: left.signal });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  try {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.split(':')[0]!, line.slice(line.indexOf(':') + 2)]),
        );
        if (fields['event'] !== undefined) yield fields as unknown as Message;
      }
    }
  } finally {
    left.abort();
  }
}

/** The next so many messages. */
export async function take(messages: AsyncGenerator<Message>, count: number): Promise<Message[]> {
  const taken: Message[] = [];
  while (taken.length < count) taken.push((await messages.next()).value as Message);
  return taken;
}
