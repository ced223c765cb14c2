/**
 * The yardstick of the ingest bench: a uWebSockets.js endpoint that parses the same JSON and answers, no
 * more.
 */
import uws from 'uWebSockets.js';

const port = Number(process.argv[2]);

uws
  .App()
  .post('/server/data/events', (response) => {
    let body = Buffer.alloc(0);
    let aborted = false;
    response.onAborted(() => {
      aborted = true;
    });
    response.onData((chunk, isLast) => {
      body = body.length === 0 ? Buffer.from(Buffer.from(chunk)) : Buffer.concat([body, Buffer.from(chunk)]);
      if (!isLast || aborted) return;
      const events = JSON.parse(body.toString('utf8')) as unknown[];
      response.cork(() => {
        response
          .writeHeader('content-type', 'application/json')
          .end(JSON.stringify({ count: events.length }));
      });
    });
  })
  .listen('127.0.0.1', port, (socket) => {
    process.stdout.write(socket === false ? 'cannot listen\n' : 'ready\n');
  });
