#!/usr/bin/env node
void require('./load.js')('crisis-log-server', 'apps/api/src/main.js');
