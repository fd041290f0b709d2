const { existsSync } = require('node:fs');
const { join } = require('node:path');

const NODE_MAJOR = 24;

/** Runs a program of `dist`, or says in a line what it lacks: what is there need not be whole. */
module.exports = async function load(name, file) {
  const fail = (text) => {
    console.error(`${name}: ${text}`);
    process.exitCode = 2;
  };
  if (Number.parseInt(process.versions.node) < NODE_MAJOR)
    return fail(
      `this is Node ${process.versions.node}, and ${NODE_MAJOR} is needed; npx and npm take the one that "npm ci" installed.`,
    );
  const main = join(__dirname, '../dist', file);
  if (!existsSync(main)) return fail('not built yet: run "npm run build" first.');
  try {
    await require(main).ended;
  } catch (error) {
    if (!String(error.code).endsWith('MODULE_NOT_FOUND')) throw error;
    fail(`a part is missing; run "npm ci && npm run build". ${error.message.split('\n')[0]}`);
  }
};
