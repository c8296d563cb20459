// A real OpenID provider for tests, on loopback only: node provider.mjs REDIRECT_URL LOGOUT_URL
// Says its issuer on the first line. Anybody signs in by the name of an account below; the password is not looked at.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';

const [redirectUrl, logoutUrl] = process.argv.slice(2);
const accounts = {
  laboratory: { name: 'Gry Genetiker', roles: ['staff', 'geneticist'], org: 'Testkøbing Hospital', chief: 'clinician' },
  clinician: { name: 'Lis Læge', roles: ['doctor'], org: 'Testkøbing Hospital', profession: '7170' },
  asta: { name: 'Asta Prøve', roles: ['citizen'], cpr: '0201919990' },
  stranger: { name: 'Uve Uvedkommende', roles: ['gardener'] },
  unknown: { name: 'Ukendt Borger', roles: ['citizen'], cpr: '0101809995' },
};

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'indgang',
      client_secret: process.env.CLIENT_SECRET,
      redirect_uris: [redirectUrl],
      backchannel_logout_uri: logoutUrl,
      backchannel_logout_session_required: true,
    }],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub', 'sid'], profile: ['name', 'roles', 'org', 'profession', 'chief', 'cpr'] },
    scopes: ['openid', 'profile'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    // The house of the test is on loopback, where a provider would not send anything by itself.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    // The test's one client is the house itself: nobody is asked for consent.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume().on('end', () => process.exit(0)); // ends with the test that started it
