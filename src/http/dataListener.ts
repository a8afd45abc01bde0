// Where do participants come in? One listener with all routes of the gateway but those for operators.
import { createServer, type Server } from 'node:http';
import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { GatewayError } from '../errors.ts';
import { holdContinue } from './body.ts';
import { createBodyBudget } from './budget.ts';
import { callOf } from './call.ts';
import { clientAddresses } from './clientAddress.ts';
import { answerClientErrors } from './clientErrors.ts';
import type { DataDeps, RouteDeps } from './deps.ts';
import { fhirRoute } from './fhirRoutes.ts';
import { createFrame, noSuchRoute } from './frame.ts';
import { handoverRoute } from './handoverRoutes.ts';
import { addMitzRoutes } from './mitzRoutes.ts';
import { documentRoute, tokenRoute } from './oauthRoutes.ts';
import { pageRoute } from './pageRoutes.ts';
import { createRates } from './rates.ts';
import { createErrorTranslator } from './send.ts';
import type { HttpSettings } from './settings.ts';
import { createUnderWay } from './underWay.ts';

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
});

/** The address is known, the method is not; OPTIONS only tells which ones are. */
function otherMethods(route: string, allow: string) {
  return (request: Request, response: express.Response): void => {
    callOf(request).route = route;
    if (request.method !== 'OPTIONS') {
      throw new GatewayError('methodNotAllowed', 'This address does not know that method.', {
        headers: { Allow: allow },
      });
    }
    response.setHeader('Allow', allow).status(204).end();
  };
}

function addDocuments(app: Express, { identity }: RouteDeps): void {
  const documents: Readonly<Record<string, () => object | Promise<object>>> = {
    '/oauth/jwks': () => identity.jwks(),
    '/.well-known/oauth-authorization-server': () => identity.authorizationServerMetadata(),
    '/.well-known/smart-configuration': () => identity.smartConfiguration(),
  };
  for (const [path, document] of Object.entries(documents)) {
    const route = app.route(path);
    route.options(otherMethods(path, 'GET, HEAD, OPTIONS'));
    route.get(documentRoute(path, document)).all(otherMethods(path, 'GET, HEAD, OPTIONS'));
  }
}

function addPages(app: Express, deps: RouteDeps): void {
  for (const kind of ['card', 'overview'] as const) {
    const path = `/${kind}/:token`;
    app.route(path).get(pageRoute(kind, deps)).all(otherMethods(path, 'GET, HEAD, OPTIONS'));
  }
}

function createApp(deps: RouteDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.use(securityHeaders, createFrame(deps, clientAddresses(deps.settings.trustedProxies)));
  const token = app.route('/oauth/token');
  token.post(tokenRoute(deps)).all(otherMethods('/oauth/token', 'POST, OPTIONS'));
  addDocuments(app, deps);
  const handover = handoverRoute(deps);
  const allowed = otherMethods('/handover/:id', 'GET, HEAD, DELETE, OPTIONS');
  app.route('/handover/:id').get(handover).delete(handover).all(allowed);
  addPages(app, deps);
  addMitzRoutes(app, deps);
  app.use('/stu3', fhirRoute('stu3', deps));
  app.use('/r4', fhirRoute('r4', deps));
  app.use(noSuchRoute);
  app.use(createErrorTranslator(deps));
  return app;
}

function setLimits(server: Server, { times, maxHeaders, maxConnections }: HttpSettings): void {
  server.headersTimeout = times.headersMs;
  server.requestTimeout = times.requestMs;
  server.keepAliveTimeout = times.keepAliveMs;
  server.timeout = times.idleMs;
  server.maxHeadersCount = maxHeaders;
  server.maxConnections = maxConnections;
}

/** The listener for participants, not yet listening: `server.listen(settings.data.port, settings.data.host)`. */
export function createDataListener(deps: DataDeps): Server {
  const { settings, metrics } = deps;
  const budget = createBodyBudget(settings.body);
  metrics.watchBodyBytes(budget.inUse);
  const app = createApp({
    ...deps,
    budget,
    rates: createRates(settings.rates),
    underWay: createUnderWay(settings.underWayPerParticipant),
  });
  const server = createServer(
    { maxHeaderSize: settings.maxHeaderBytes, connectionsCheckingInterval: 1_000, requireHostHeader: true },
    app,
  );
  setLimits(server, settings);
  answerClientErrors(server, deps);
  server.on('checkContinue', (request, response) => {
    holdContinue(request);
    server.emit('request', request, response);
  });
  return server;
}
