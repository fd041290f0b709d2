import { CrisisLog, Refused } from '#client';
import { ReadModel } from './read-model';

/**
 * `node dist/examples/consumer/main.js URL FILE`: keeps a read model in an SQLite file exactly right, through kills and
 * restarts of itself and of the server. Prints the tallies whenever it has caught up, and what comes after that.
 */
async function main(url = 'http://127.0.0.1:3000', file = 'consumer.sqlite'): Promise<void> {
  const model = new ReadModel(file);
  const after = model.cursor();
  const log = new CrisisLog(url);
  const onInterruption = ({ message }: Error): void => console.error(`tries again: ${message}`);
  let isLive = false;
  for await (const followed of log.follow({ ...(after !== undefined && { after }), onInterruption })) {
    model.apply(followed);
    if (!followed.caughtUp) {
      const { item, crisisid, type } = followed.item;
      if (isLive) console.log(`${item}: ${crisisid} ${type}`);
      continue;
    }
    isLive = true;
    for (const { crisis, type, events } of model.tallies()) console.log(`${crisis} ${type} ${events}`);
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  // Of another level than the cursor: what is in the file is what that level saw.
  if (error instanceof Refused && error.status === 409) console.error('delete the file and start over');
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
