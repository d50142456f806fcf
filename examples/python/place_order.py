"""Places an order, waits until it has ended, and says what came back and why.

Its service is the second of `smm-panel demo`, which delivers 600 of every 1000.
"""

import sys
from os import environ
from time import sleep
from uuid import uuid4

from smm_panel_client import AuthenticatedClient
from smm_panel_client.api.orders import order_place, order_view
from smm_panel_client.api.refunds import order_refunds
from smm_panel_client.models import Error, NewOrder


def accepted(answer):
    if isinstance(answer, Error):
        sys.exit(f"{answer.code}: {answer.message}")
    return answer


url, key = environ["SMM_PANEL_URL"], environ["SMM_PANEL_KEY"]
panel = AuthenticatedClient(url, key, raise_on_unexpected_status=True)

# Keep it with your order: after a lost answer, the same request under it gives the same order again.
once = str(uuid4())
body = NewOrder(service_id=2, link="https://instagram.com/p/example", quantity=1000)
placed = accepted(order_place.sync(client=panel, body=body, idempotency_key=once))
# Money is decimal text, for `decimal.Decimal`: a float would round it.
print(f"order {placed.order_id}: charged {placed.charge} USD")

for _ in range(60):
    order = accepted(order_view.sync(placed.order_id, client=panel))
    if order.ended_at:
        break
    sleep(1)
else:
    sys.exit(f"order {order.order_id} is still {order.status}")
print(f"it is {order.status}, {order.remains} of {order.total_quantity} units remain")

for refund in accepted(order_refunds.sync(placed.order_id, client=panel)).refunds:
    print(f"{refund.formula} = {refund.amount} USD: {refund.message}")
