#!/usr/bin/env node
require('../dist/apps/api/src/main.js');
