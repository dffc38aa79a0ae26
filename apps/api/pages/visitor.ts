import type { FastifyRequest } from 'fastify';

const maxUserAgentLength = 500;

/**
 * Where a person's answer came from, as the evidence keeps it (P5). The IP is the connection's own, or the one that
 * a trusted proxy names; no other header is believed.
 */
export function visitorOf(request: FastifyRequest): { ip: string; userAgent?: string } {
  return {
    // An IPv4 address on a socket that takes both kinds (RFC 4291, 2.5.5.2).
    ip: request.ip.replace(/^::ffff:(?=\d+\.)/i, ''),
    userAgent: request.headers['user-agent']?.slice(0, maxUserAgentLength),
  };
}
