// A real OpenID provider on loopback for tests. It is told on standard input, a JSON object a line, what to do, and
// answers each with one line: {"do": "keys", "jwks": ...} signs with other keys from now on, "away" and "back" stop and
// resume answering, "count" tells how often each path was asked.
import http from 'node:http';
import readline from 'node:readline';
import Provider from 'oidc-provider';

const told = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${told.port}`;
const counts = {};
let current;
let away = false;

function provider(jwks) {
  return new Provider(issuer, {
    jwks,
    cookies: { keys: ['a key of tests alone'] },
    clients: told.clients,
    clientAuthMethods: ['client_secret_basic', 'none'],
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'roles', 'employee_id'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    extraClientMetadata: { properties: ['roles', 'employee_id'] },
    extraTokenClaims: (ctx, token) => ({ roles: token.client?.roles, employee_id: token.client?.employee_id }),
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...told.people[id] }) }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:test:doelbinding',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: told.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
}

const orders = {
  keys: (order) => { current = provider(order.jwks).callback(); },
  away: () => { away = true; server.closeAllConnections(); },
  back: () => { away = false; },
  count: () => {},
};

console.warn = () => {};
console.info = () => {};
orders.keys({ jwks: told.jwks });
const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  counts[path] = (counts[path] ?? 0) + 1;
  if (away) request.socket.destroy();
  else current(request, response);
});
server.listen(told.port, '127.0.0.1', () => console.log(JSON.stringify({ issuer })));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
  console.log(JSON.stringify(counts));
}).on('close', () => process.exit(0));
