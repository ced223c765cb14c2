/** Short answers of the gateway itself, in the shape of Elasticsearch's errors. */
import type { ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

export function sendError(response: ServerResponse, status: number, type: string, reason: string): void {
  sendJson(response, status, { error: { type, reason }, status });
}

/** The guide's words for what the filter does not let through. */
export function sendForbidden(response: ServerResponse): void {
  response.statusMessage = 'Access Forbidden';
  sendJson(response, 403, { error: 'Access Forbidden', status: 403 });
}
