curl 'PANEL_ADDRESS/api/v3/account' \
  -H 'Content-Type: application/json' \
  -d '{"email": "you@example.com", "password": "YOUR_PASSWORD"}'
