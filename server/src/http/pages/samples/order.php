<?php
const PANEL = 'PANEL_ADDRESS';
const KEY = 'YOUR_KEY';

function ask(string $method, string $path, ?array $body = null, array $headers = []): array
{
    $headers[] = 'Authorization: Bearer ' . KEY;
    $http = ['method' => $method, 'ignore_errors' => true];
    if ($body !== null) {
        $headers[] = 'Content-Type: application/json';
        $http['content'] = json_encode($body);
    }
    $http['header'] = $headers;
    $text = file_get_contents(PANEL . $path, false, stream_context_create(['http' => $http]));
    $answer = json_decode((string) $text, true, flags: JSON_THROW_ON_ERROR);
    if (isset($answer['code'])) {
        throw new RuntimeException("{$answer['code']}: {$answer['message']}");
    }
    return $answer;
}

// 1000 units of service 2. Sent again with the same Idempotency-Key, it is the same order.
$placed = ask('POST', '/api/v3/orders', [
    'service_id' => 2,
    'link' => 'https://instagram.com/p/mine',
    'quantity' => 1000,
], ['Idempotency-Key: ' . bin2hex(random_bytes(16))]);
$id = $placed['order_id'];
echo "order $id: charged {$placed['charge']} USD\n";

// Until it has ended.
while (!isset(($order = ask('GET', "/api/v3/orders/$id"))['ended_at'])) {
    sleep(5);
}
echo "it is {$order['status']}, {$order['remains']} of {$order['total_quantity']} remain\n";

// What came back, and by which formula.
foreach (ask('GET', "/api/v3/orders/$id/refunds")['refunds'] as $refund) {
    echo "{$refund['formula']} = {$refund['amount']} USD\n";
}
