// Starts Swagger UI on the document that the page names. A customer's key, given to "Authorize", works for
// both APIs: Swagger UI itself puts it into the header for /api/v3, and `withKey` into the call for
// /api/v2. It lives in the memory of this page only.
'use strict';

(() => {
  // What the examples of /api/v2 have for `key`.
  const PLACEHOLDER = 'YOUR_KEY';

  // Swagger UI shows itself dark where the page's element has this class.
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const dress = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', dress);
  dress();

  const authorizedKey = () => {
    const value = ui.authSelectors.authorized().getIn(['api_key', 'value']);
    return typeof value === 'string' ? value.trim() : '';
  };

  // A form or query with the key in it, or null where the placeholder is not asked for.
  const formWithKey = (text, key) => {
    const form = new URLSearchParams(text);
    if (form.get('key') !== PLACEHOLDER) {
      return null;
    }
    form.set('key', key);
    return form.toString();
  };

  // The same for JSON. Only the key is exchanged: all else is sent as it was typed, to the letter.
  const jsonWithKey = (text, key) => {
    let call;
    try {
      call = JSON.parse(text);
    } catch {
      return null;
    }
    if (call?.key !== PLACEHOLDER) {
      return null;
    }
    const member = new RegExp(`("key"\\s*:\\s*)"${PLACEHOLDER}"`);
    return text.replace(member, (_, before) => before + JSON.stringify(key));
  };

  const bodyWithKey = (body, key) => {
    if (body instanceof FormData || body instanceof URLSearchParams) {
      if (body.get('key') === PLACEHOLDER) {
        body.set('key', key);
      }
      return body;
    }
    if (typeof body !== 'string') {
      return body;
    }
    return jsonWithKey(body, key) ?? formWithKey(body, key) ?? body;
  };

  const withKey = (request) => {
    const address = new URL(request.url, window.location.href);
    const isV2 = address.pathname === '/api/v2' || address.pathname === '/api/v2/';
    if (request.loadSpec || address.origin !== window.location.origin || !isV2) {
      return request;
    }
    // The panel protocol knows no header: its key is in the call.
    delete request.headers?.Authorization;
    const key = authorizedKey();
    if (key === '') {
      return request;
    }
    const query = formWithKey(address.search, key);
    if (query !== null) {
      address.search = query;
      request.url = address.href;
    }
    request.body = bodyWithKey(request.body, key);
    return request;
  };

  const ui = SwaggerUIBundle({
    // The customer's or the operator's, as the page says.
    url: document.getElementById('swagger-ui').dataset.document,
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    requestInterceptor: withKey,
    // Nobody else is told of the document.
    validatorUrl: null,
  });
})();
