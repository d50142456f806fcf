import json
import time
import urllib.error
import urllib.request
import uuid

PANEL = "PANEL_ADDRESS"
KEY = "YOUR_KEY"


def ask(path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(PANEL + path, data, {
        "Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise SystemExit(refused.read().decode())


# 1000 units of service 2. Sent again with the same Idempotency-Key, it is the same order.
wish = {"service_id": 2, "link": "https://instagram.com/p/mine", "quantity": 1000}
placed = ask("/api/v3/orders", wish, {"Idempotency-Key": str(uuid.uuid4())})
number = placed["order_id"]
print(f"order {number}: charged {placed['charge']} USD")

# Until it has ended.
while "ended_at" not in (order := ask(f"/api/v3/orders/{number}")):
    time.sleep(5)
print(f"it is {order['status']}, {order['remains']} of {order['total_quantity']} remain")

# What came back, and by which formula.
for refund in ask(f"/api/v3/orders/{number}/refunds")["refunds"]:
    print(f"{refund['formula']} = {refund['amount']} USD")
