/** Where an answer came from; part of the evidence (P5). */
export interface AnsweredFrom {
  ip: string;
  userAgent?: string;
}
