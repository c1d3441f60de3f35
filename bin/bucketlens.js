#!/usr/bin/env node
// The sources are TypeScript: this hands them to Node.js.
import { register } from 'tsx/esm/api';

register();
await import('../local/cli/bucketlens.ts');
