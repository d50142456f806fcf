<?php
// Places an order and reads its status, the way resellers' panels do it.
// Run it against `smm-panel demo`: php place_order.php http://127.0.0.1:8080/api/v2 smp_live_...

if ($argc !== 3) {
    fwrite(STDERR, "usage: php place_order.php URL KEY\n");
    exit(2);
}
[, $url, $key] = $argv;

/** Sends one action and returns the decoded answer; ends with the panel's sentence on a refusal. */
function ask(string $url, array $fields): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => http_build_query($fields),
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    $body = curl_exec($curl);
    $answer = json_decode((string) $body, true);
    if (!is_array($answer)) {
        // No answer says nothing about the order: ask again with the same request_id.
        fwrite(STDERR, 'no answer, HTTP ' . curl_getinfo($curl, CURLINFO_RESPONSE_CODE) . "\n");
        exit(1);
    }
    if (isset($answer['error'])) {
        fwrite(STDERR, "refused: {$answer['error']}\n");
        exit(1);
    }
    return $answer;
}

$placed = ask($url, [
    'key' => $key,
    'action' => 'add',
    'service' => 1,
    'link' => 'https://instagram.com/example',
    'quantity' => 100,
    // The number of the order in your own books: it is kept for ever.
    'request_id' => 'my-order-' . bin2hex(random_bytes(8)),
]);
$status = ask($url, ['key' => $key, 'action' => 'status', 'order' => $placed['order']]);
echo "order {$placed['order']}: {$status['status']} for {$status['charge']} {$status['currency']}\n";
