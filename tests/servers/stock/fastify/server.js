// Create-order with Fastify: its own schemas (ajv), @fastify/formbody and @fastify/multipart; forms carry JSON text.
'use strict';

const { parseArgs } = require('node:util');
const { timingSafeEqual } = require('node:crypto');
const fastify = require('fastify');

const TYPES = { 400: 'bad_request', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 429: 'rate_limit_exceeded' };
const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const token = process.env.SPOT_API_TOKEN;
if (!token) {
  console.error('give the token in SPOT_API_TOKEN');
  process.exit(2);
}

const text = { type: 'string' };
const address = {
  type: 'object',
  required: ['street1', 'city', 'state', 'country', 'zip'],
  properties: {
    street1: text,
    street2: { type: 'string', nullable: true },
    city: text,
    state: text,
    country: { type: 'string', enum: ['US', 'CA'] },
    zip: text,
  },
};
const recipient = {
  type: 'object',
  required: ['address', 'email', 'first_name', 'last_name', 'phone'],
  properties: { first_name: text, last_name: text, email: text, phone: text, address },
};
const kitTypes = { type: 'array', items: text };
const metadata = { type: 'object', nullable: true, additionalProperties: true };
const createOrder = {
  type: 'object',
  required: ['kit_types', 'recipient'],
  properties: { kit_types: kitTypes, recipient, metadata },
};
const order = {
  type: 'object',
  properties: {
    order_id: text,
    created: { type: 'string', format: 'date-time' },
    updated: { type: 'string', format: 'date-time' },
    status: { type: 'string', enum: ['pending', 'in_progress', 'completed', 'canceled'] },
    recipient,
    kit_types: kitTypes,
    kits: { type: 'array', items: { type: 'object', additionalProperties: true } },
    metadata,
  },
};

const app = fastify();
let lastNumber = 1000000;

app.register(require('@fastify/formbody'));
app.register(require('@fastify/multipart'), { attachFieldsToBody: 'keyValues' });

app.addHook('onRequest', async (request) => {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Token ${token}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw Object.assign(new Error('Invalid token.'), { statusCode: 401 });
  }
});

function parseJsonFields(request, reply, done) {
  const isForm = !request.headers['content-type']?.startsWith('application/json');
  for (const name of isForm && request.body ? ['recipient', 'metadata'] : []) {
    if (typeof request.body[name] === 'string') {
      try {
        request.body[name] = JSON.parse(request.body[name]);
      } catch {
        done(Object.assign(new Error(`${name} must be JSON`), { statusCode: 400 }));
        return;
      }
    }
  }
  done();
}

app.post(
  '/api/v2/orders/',
  { schema: { body: createOrder, response: { 201: order } }, preValidation: parseJsonFields },
  async (request, reply) => {
    const now = new Date().toISOString();
    lastNumber += 1;
    reply.code(201);
    return { order_id: `O${lastNumber}`, created: now, updated: now, status: 'pending', kits: [], ...request.body };
  },
);

app.setErrorHandler((error, request, reply) => {
  const status = error.statusCode ?? 500;
  const type = TYPES[status] ?? (status < 500 ? 'bad_request' : 'internal_server_error');
  const detail = status < 500 ? error.message : 'Internal server error';
  reply.code(status).send({ error: { status, type, detail } });
});
app.setNotFoundHandler((request, reply) => {
  reply.code(404).send({ error: { status: 404, type: 'not_found', detail: 'Not found' } });
});

app.listen({ port: Number(options.port), host: '127.0.0.1' }).then((url) => console.log(`listening on ${url}`));
process.on('SIGTERM', () => process.exit(0));
