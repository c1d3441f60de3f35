#!/usr/bin/env node
// The sources are TypeScript, which tsx compiles on the fly.
import { register } from 'tsx/esm/api';

register();
await import('../local/cli/bucketlens.ts');
