# The answer has your session, as `token`.
curl 'PANEL_ADDRESS/api/v3/account/sign-in' \
  -H 'Content-Type: application/json' \
  -d '{"email": "you@example.com", "password": "YOUR_PASSWORD"}'

# The answer has your key. It is shown this once.
curl 'PANEL_ADDRESS/api/v3/account/keys' \
  -H 'Authorization: Bearer YOUR_SESSION' \
  -H 'Content-Type: application/json' \
  -d '{"name": "my shop", "scopes": ["read", "order", "cancel"]}'
