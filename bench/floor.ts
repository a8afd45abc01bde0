// What would the bare minimum do? The same HTTP library, a JSON parse, and one fsynced insert of the same bytes per request.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import express from 'express';

const database = new DatabaseSync(join(mkdtempSync(join(tmpdir(), 'sluis-floor-')), 'floor.sqlite'));
database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
database.exec('CREATE TABLE body (id INTEGER PRIMARY KEY, at TEXT, bytes BLOB)');
const insert = database.prepare('INSERT INTO body (at, bytes) VALUES (?, ?)');

const app = express();
app.use(express.raw({ type: () => true, limit: '10mb' }));
app.post('/push', (request, response) => {
  JSON.parse(request.body.toString('utf8'));
  insert.run(new Date().toISOString(), request.body);
  response.status(202).end();
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`);
});
