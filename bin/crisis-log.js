#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '../dist/apps/cli/src/main.js');
if (existsSync(main)) require(main);
else {
  console.error('crisis-log is not built yet: run "npm run build" first.');
  process.exitCode = 2;
}
