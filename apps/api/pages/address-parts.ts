import { z } from 'zod';

/** Parts of the addresses of pages. What is in a path and is no token or key is answered like one that was forged. */

export const linkToken = z.string().min(1).max(512);
export const formKeyPart = z.string().min(1).max(512);

/** A parameter that is given twice, or that nobody knows, is passed over: people land here from all kinds of links. */
export const formPageQuery = z.object({
  /** The language of the page. */
  lang: z.string().optional().catch(undefined),
  /** The number of the form's version that was shown. */
  v: z.string().optional().catch(undefined),
});
