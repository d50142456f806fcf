<?php
// The panel protocol as a class, the way resellers' software uses it.
//
// In one thing it is more careful than most: an answer that cannot be read (no answer, an error
// page, HTTP 429 or 503) says nothing about an order. It is a PanelUnreachable to ask again after,
// never a failed order, whose customer would be refunded for what may be delivered.

/** Nobody knows what became of the call: ask again, and place orders again by their request_id. */
class PanelUnreachable extends RuntimeException
{
}

class PanelApi
{
    public function __construct(private string $url, private string $key)
    {
    }

    /** What can be ordered. */
    public function services(): array
    {
        return $this->call(['action' => 'services']);
    }

    /** Places an order: service, link, quantity, and what its type needs. Gives order or error. */
    public function order(array $order): array
    {
        return $this->call(['action' => 'add'] + $order);
    }

    public function status(int $order): array
    {
        return $this->call(['action' => 'status', 'order' => $order]);
    }

    /** By order id; an unknown one has an error in its place. */
    public function multiStatus(array $orders): array
    {
        return $this->call(['action' => 'status', 'orders' => implode(',', $orders)]);
    }

    public function refill(int $order): array
    {
        return $this->call(['action' => 'refill', 'order' => $order]);
    }

    public function multiRefill(array $orders): array
    {
        return $this->call(['action' => 'refill', 'orders' => implode(',', $orders)]);
    }

    public function refillStatus(int $refill): array
    {
        return $this->call(['action' => 'refill_status', 'refill' => $refill]);
    }

    public function multiRefillStatus(array $refills): array
    {
        return $this->call(['action' => 'refill_status', 'refills' => implode(',', $refills)]);
    }

    /** Asks to cancel; the outcome is each order's status. */
    public function cancel(array $orders): array
    {
        return $this->call(['action' => 'cancel', 'orders' => implode(',', $orders)]);
    }

    public function balance(): array
    {
        return $this->call(['action' => 'balance']);
    }

    private function call(array $fields): array
    {
        $curl = curl_init($this->url);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => http_build_query(['key' => $this->key] + $fields),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_CONNECTTIMEOUT => 10,
            CURLOPT_TIMEOUT => 30,
        ]);
        $body = curl_exec($curl);
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        $answer = json_decode((string) $body, true);
        if ($status !== 200 || !is_array($answer)) {
            throw new PanelUnreachable("{$fields['action']}: no answer (HTTP $status)");
        }
        return $answer;
    }
}
