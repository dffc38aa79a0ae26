import { createHash } from 'node:crypto';

export const parts = ['api', 'worker', 'temporal', 'postgres'] as const;
export type Part = (typeof parts)[number];
export const flowNames = ['opt-in', 'campaign', 'erasure', 'resubscription'] as const;
export type FlowName = (typeof flowNames)[number];

/** A part is killed so many milliseconds after the flow's first request. */
export interface Moment {
  part: Part;
  flow: FlowName;
  delayMs: number;
}

/** A flow is through within this time on a calm machine, in milliseconds. */
const longestDelayMs = 2_500;

/** The same moments for the same seed. */
export function drawMoments(n: number, seed: string): Moment[] {
  return Array.from({ length: n }, (_, index) => {
    const draw = createHash('sha256').update(`${seed}\n${index}`).digest();
    return {
      part: parts[draw.readUInt32BE(0) % parts.length]!,
      flow: flowNames[draw.readUInt32BE(4) % flowNames.length]!,
      delayMs: draw.readUInt32BE(8) % longestDelayMs,
    };
  });
}

export function describeMoment({ part, flow, delayMs }: Moment): string {
  return `kill -9 ${part} ${delayMs} ms into ${flow}`;
}
