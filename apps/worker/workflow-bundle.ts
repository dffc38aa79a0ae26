import { fileURLToPath } from 'node:url';

/** The workflows as one file, made by `npm run build` and loaded by every worker. */
export const workflowBundlePath = fileURLToPath(new URL('./workflow-bundle.cjs', import.meta.url));
