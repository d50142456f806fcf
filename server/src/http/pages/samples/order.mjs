const PANEL = 'PANEL_ADDRESS';
const KEY = 'YOUR_KEY';

const ask = async (path, init = {}) => {
  const headers = { Authorization: `Bearer ${KEY}`, ...init.headers };
  const answer = await (await fetch(PANEL + path, { ...init, headers })).json();
  if (answer.code) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
};

// 1000 units of service 2. Sent again with the same Idempotency-Key, it is the same order.
const placed = await ask('/api/v3/orders', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
  body: JSON.stringify({ service_id: 2, link: 'https://instagram.com/p/mine', quantity: 1000 }),
});
const id = placed.order_id;
console.log(`order ${id}: charged ${placed.charge} USD`);

// Until it has ended.
let order = await ask(`/api/v3/orders/${id}`);
while (!order.ended_at) {
  await new Promise((resolve) => setTimeout(resolve, 5000));
  order = await ask(`/api/v3/orders/${id}`);
}
console.log(`it is ${order.status}, ${order.remains} of ${order.total_quantity} remain`);

// What came back, and by which formula.
for (const refund of (await ask(`/api/v3/orders/${id}/refunds`)).refunds) {
  console.log(`${refund.formula} = ${refund.amount} USD`);
}
