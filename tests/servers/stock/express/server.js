// Create-order with Express: express-openapi-validator checks what its body parsers (and its own multer) have read.
'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const express = require('express');
const OpenApiValidator = require('express-openapi-validator');
const yaml = require('js-yaml');

const TYPES = { 400: 'bad_request', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 429: 'rate_limit_exceeded' };
const DOCUMENT = path.join(__dirname, '../../../../openapi/spot-api-v2.yaml');
const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const token = process.env.SPOT_API_TOKEN;
if (!token) {
  console.error('give the token in SPOT_API_TOKEN');
  process.exit(2);
}

// The validator rejects valid documents, such as one with nullable beside oneOf: it gets create-order and what that refers to.
function createOrderAlone(document) {
  const schemas = {};
  const take = (value) => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (!schemas[name]) {
        schemas[name] = document.components.schemas[name];
        take(schemas[name]);
      }
    }
  };
  const paths = { '/api/v2/orders/': { post: document.paths['/api/v2/orders/'].post } };
  take(paths);
  return { ...document, paths, components: { ...document.components, schemas } };
}

const app = express();
let lastNumber = 1000000;

app.use(express.json());
app.use(express.urlencoded({ extended: true }));
app.use(
  OpenApiValidator.middleware({
    apiSpec: createOrderAlone(yaml.load(readFileSync(DOCUMENT, 'utf8'), { schema: yaml.CORE_SCHEMA })),
    validateRequests: true,
    validateResponses: true,
    validateSecurity: {
      handlers: { tokenAuth: (req) => req.get('Authorization') === `Token ${token}` },
    },
  }),
);

app.post('/api/v2/orders/', (req, res) => {
  const now = new Date().toISOString();
  lastNumber += 1;
  res.status(201).json({
    order_id: `O${lastNumber}`,
    status: 'pending',
    recipient: req.body.recipient,
    kit_types: req.body.kit_types,
    kits: [],
    created: now,
    updated: now,
    metadata: req.body.metadata ?? null,
  });
});

app.use((err, req, res, next) => {
  const status = err.status || 500;
  const first = err.errors?.[0];
  const place = first?.path?.startsWith('/body/') ? first.path.slice('/body/'.length).replaceAll('/', '.') : '';
  const detail = status >= 500 ? 'Internal server error' : `${place} ${first?.message ?? err.message}`.trim();
  const type = TYPES[status] ?? (status < 500 ? 'bad_request' : 'internal_server_error');
  res.set(err.headers ?? {}).status(status).json({ error: { status, type, detail } });
});

const server = app.listen(Number(options.port), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
process.on('SIGTERM', () => process.exit(0));
