// A certified OpenID provider with one client, for the tests. Whoever signs in types who they are; there is no password.
//
//   PORT, CLIENT_ID, CLIENT_SECRET, RETURN_ADDRESS: from whoever starts it. A login "anna+two" showed two factors.

import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const { PORT, CLIENT_ID, CLIENT_SECRET, RETURN_ADDRESS } = process.env
const issuer = `http://localhost:${PORT}`

const provider = new Provider(issuer, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [RETURN_ADDRESS] }],
  claims: { openid: ['sub', 'oid', 'amr'] },
  cookies: { keys: ['of no worth'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/who/${interaction.uid}` },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, oid: `immutable-${id}` }) }),
  async loadExistingGrant (context) {
    const grant = new context.oidc.provider.Grant({ clientId: CLIENT_ID, accountId: context.oidc.session.accountId })
    grant.addOIDCScope('openid')
    await grant.save()
    return grant
  }
})

const FORM = `<!doctype html><html lang="en"><title>Who are you?</title><form method="post">
  <label>Login <input name="login"></label> <button>Sign in</button></form></html>`

async function ask (request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html')
    return response.end(FORM)
  }
  let body = ''
  for await (const piece of request) body += piece
  const [accountId, two] = new URLSearchParams(body).get('login').split('+')
  const login = { accountId, amr: two ? ['pwd', 'mfa'] : ['pwd'] }
  await provider.interactionFinished(request, response, { login })
}

const callback = provider.callback()
const server = createServer((request, response) =>
  request.url.startsWith('/who/') ? ask(request, response) : callback(request, response))
server.listen(Number(PORT), '127.0.0.1', () => console.log(`ready ${issuer}`))
