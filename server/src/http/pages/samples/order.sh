panel='PANEL_ADDRESS'
key='YOUR_KEY'

# 1000 units of service 2. Sent again with the same Idempotency-Key, it is the same order.
placed=$(curl -sS "$panel/api/v3/orders" \
  -H "Authorization: Bearer $key" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: order-$(date +%s)" \
  -d '{"service_id": 2, "quantity": 1000, "link": "https://instagram.com/p/mine"}')
echo "$placed"
order=$(echo "$placed" | sed -n 's/.*"order_id":\([0-9]*\).*/\1/p')

# Until it has ended.
while curl -sSf "$panel/api/v3/orders/${order:-0}" -H "Authorization: Bearer $key" |
  grep -qv '"ended_at"'; do sleep 5; done

# What came back, and by which formula.
curl -sS "$panel/api/v3/orders/${order:-0}/refunds" -H "Authorization: Bearer $key"
