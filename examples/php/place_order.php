<?php
// Places an order, reads it with the others, and asks for what may be asked of it.
// Run it against `smm-panel demo`: php place_order.php http://127.0.0.1:8080/api/v2 smp_live_...

require __DIR__ . '/panel_api.php';

if ($argc !== 3) {
    fwrite(STDERR, "usage: php place_order.php URL KEY\n");
    exit(2);
}
$panel = new PanelApi($argv[1], $argv[2]);
$order = [
    'service' => 1,
    'link' => 'https://instagram.com/example',
    'quantity' => 100,
    // The number of the order in your own books: it is kept for ever, and the same one gives the
    // same order again.
    'request_id' => 'my-order-' . bin2hex(random_bytes(8)),
];
try {
    echo 'balance: ' . $panel->balance()['balance'] . ', services: ' . count($panel->services()) . "\n";
    $placed = $panel->order($order);
    if (isset($placed['error'])) {
        fwrite(STDERR, "refused: {$placed['error']}\n");
        exit(1);
    }
    $again = $panel->order($order);
    $status = $panel->status($placed['order']);
    echo "order {$placed['order']} (placed again: {$again['order']}): "
        . "{$status['status']} for {$status['charge']} {$status['currency']}\n";
    // One of it is ours, the other nobody's: a list answers each by itself. Whatever this example
    // changes it has placed before.
    $both = [$placed['order'], 999999999];
    foreach ($panel->multiStatus($both) as $id => $line) {
        echo "order $id: " . ($line['error'] ?? "{$line['status']}, remains {$line['remains']}") . "\n";
    }
    echo 'cancel: ' . json_encode($panel->cancel($both)) . "\n";
    echo 'refill: ' . json_encode($panel->multiRefill($both))
        . ' ' . json_encode($panel->refill($placed['order'])) . "\n";
    echo 'refill status: ' . json_encode($panel->multiRefillStatus([999999998, 999999999]))
        . ' ' . json_encode($panel->refillStatus(999999999)) . "\n";
} catch (PanelUnreachable $unknown) {
    // Nothing is known: mark nothing as failed, and run the same again later.
    fwrite(STDERR, $unknown->getMessage() . "\n");
    exit(1);
}
