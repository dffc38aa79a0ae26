import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowBundlePath } from './workflow-bundle.js';

// Run by `npm run build`. A worker that bundles at its start needs 80 MB more and some seconds.
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../workflows/index.js', import.meta.url)),
  workflowInterceptorModules: [
    fileURLToPath(new URL('../../workflows/trace-context.interceptors.js', import.meta.url)),
  ],
  failureConverterPath: fileURLToPath(new URL('../../libs/temporal/failure-converter.js', import.meta.url)),
  logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error } as never,
});
await mkdir(dirname(workflowBundlePath), { recursive: true });
await writeFile(workflowBundlePath, code);
