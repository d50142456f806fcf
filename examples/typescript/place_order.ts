// Places an order, waits until it has ended, and says what came back and why.
// Its service is the second of `smm-panel demo`, which delivers 600 of every 1000.
import createClient from "openapi-fetch";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { components, paths } from "./panel.js";

type Answer<T> = { data?: T; error?: components["schemas"]["Error"]; response: Response };
function accepted<T>({ data, error, response }: Answer<T>): T {
  if (data !== undefined) return data;
  // What a proxy answers has no code.
  console.error(`${error?.code ?? response.status}: ${error?.message ?? response.statusText}`);
  process.exit(1);
}

const { SMM_PANEL_URL: baseUrl, SMM_PANEL_KEY: key } = process.env;
if (!baseUrl || !key) throw new Error("set SMM_PANEL_URL and SMM_PANEL_KEY");
const panel = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

// Keep it with your order: after a lost answer, the same request under it gives the same order again.
const header = { "Idempotency-Key": randomUUID() };
const body = { service_id: 2, link: "https://instagram.com/p/example", quantity: 1000 };
const placed = accepted(await panel.POST("/api/v3/orders", { params: { header }, body }));
console.log(`order ${placed.order_id}: charged ${placed.charge} USD`);

const params = { path: { order_id: placed.order_id } };
const view = async () => accepted(await panel.GET("/api/v3/orders/{order_id}", { params }));
let order = await view();
for (let tries = 1; !order.ended_at && tries < 60; tries += 1) {
  await sleep(1000);
  order = await view();
}
if (!order.ended_at) throw new Error(`order ${order.order_id} is still ${order.status}`);
console.log(`it is ${order.status}, ${order.remains} of ${order.total_quantity} units remain`);

const { refunds } = accepted(await panel.GET("/api/v3/orders/{order_id}/refunds", { params }));
// Money is decimal text: a `number` would round it.
for (const refund of refunds) console.log(`${refund.formula} = ${refund.amount} USD: ${refund.message}`);
