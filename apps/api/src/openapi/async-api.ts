import { BUILD } from '../build';
import { documentSchemas } from './document';
import { reachedFrom } from './reached-from';

/** What comes over a stream: its `event:`, and the schema of its `data:`. */
interface Streamed {
  readonly address: string;
  readonly title: string;
  readonly parameters?: object;
  readonly messages: Readonly<Record<string, string>>;
}

const CRISIS = { crisisId: { description: 'The name of the crisis.' } };
const FEED = { event: 'FeedEvent', release: 'FeedEvent', withdraw: 'FeedWithdrawal', 'caught-up': 'CaughtUp' };

const STREAMS: Readonly<Record<string, Streamed>> = {
  feed: {
    address: '/v1/feed/stream',
    title: 'Every event, in the order in which it became known',
    messages: FEED,
  },
  risk: {
    address: '/v1/crises/{crisisId}/risk/stream',
    title: 'The risk of a crisis, and each change of it',
    parameters: CRISIS,
    messages: { state: 'ViewState' },
  },
  status: {
    address: '/v1/crises/{crisisId}/status/stream',
    title: 'The diplomatic status of a crisis, and each change of it',
    parameters: CRISIS,
    messages: { state: 'ViewState' },
  },
};

const DESCRIPTION = `Server-sent events. \`event:\` names the message, \`data:\` is its payload, \`id:\` the cursor from which to go on
(\`Last-Event-ID\`). A comment every 15 s of silence; \`retry:\` says when to come back. What a consumer must do to miss and repeat nothing:
docs/consumers.md.`;

/** AsyncAPI 3: the same schemas as in the description of the API, by the streams that carry them. */
export function asyncApiDocument(): Record<string, unknown> {
  const components = { schemas: documentSchemas() };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Crisis log: what can be followed', version: BUILD, description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: mapped((name, { address, title, parameters, messages }) => ({
      address,
      title,
      ...(parameters && { parameters }),
      messages: Object.fromEntries(
        Object.keys(messages).map((event) => [event, { $ref: `#/components/messages/${messageName(name, event)}` }]),
      ),
    })),
    operations: mapped((name, { title, messages }) => ({
      action: 'send',
      title,
      channel: { $ref: `#/channels/${name}` },
      messages: Object.keys(messages).map((event) => ({ $ref: `#/channels/${name}/messages/${event}` })),
    })),
    components: {
      messages: Object.fromEntries(
        Object.entries(STREAMS).flatMap(([name, { messages }]) =>
          Object.entries(messages).map(([event, schema]) => [
            messageName(name, event),
            { name: event, payload: { $ref: `#/components/schemas/${schema}` } },
          ]),
        ),
      ),
      schemas: reachedFrom(['FeedEvent', 'FeedWithdrawal', 'CaughtUp', 'ViewState'], components.schemas),
    },
  };
}

const messageName = (stream: string, event: string): string => `${stream}-${event}`;

const mapped = (make: (name: string, stream: Streamed) => object): Record<string, object> =>
  Object.fromEntries(Object.entries(STREAMS).map(([name, stream]) => [name, make(name, stream)]));
