#!/usr/bin/env node
/* eslint-disable @typescript-eslint/no-require-imports */
// npm links a command only to a file that exists at the installation. The bundle is built after it.
// The next run finds what V8 has compiled of the bundle, so this precedes the bundle's load.
require("node:module").enableCompileCache?.();
if (process.env.DEBUG) process.setSourceMapsEnabled(true);
require("../dist/main.js");
