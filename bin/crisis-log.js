#!/usr/bin/env node
void require('./load.js')('crisis-log', 'apps/cli/src/main.js');
