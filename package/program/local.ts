/** Replaces layers/runtime/local.ts in the package. */
import type * as clone from '../../layers/runtime/local.ts';
import { loadRuntime } from './runtime.ts';

export const localRuntimeModules: typeof clone.localRuntimeModules = () => loadRuntime().modulesDir;
