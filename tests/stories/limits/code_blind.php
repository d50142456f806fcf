<?php
// A reseller's cron that does not look at HTTP codes, as many do not: it polls an order by the class of
// the examples, whose care for the code is taken away, and believes whatever JSON it gets.
//
//   php code_blind.php PANEL_API.php URL KEY ORDER POLLS

[, $class, $url, $key, $order, $polls] = $argv;

$careful = 'if ($status !== 200 || !is_array($answer)) {';
$source = file_get_contents($class);
if (substr_count($source, $careful) !== 1) {
    fwrite(STDERR, "the class does not look at the code where this script expects it\n");
    exit(2);
}
$blind = str_replace($careful, 'if (!is_array($answer)) { return []; } if (false) {', $source);
eval(substr($blind, strlen('<?php')));

$api = new PanelApi($url, $key);
$seen = ['status' => 0, 'nothing' => 0, 'dead' => 0, 'catalogue' => 0, 'broken' => 0];
for ($poll = 0; $poll < (int) $polls; $poll++) {
    $answer = $api->status((int) $order);
    if (isset($answer['error'])) {
        $seen['dead']++;
    } elseif (isset($answer['status'])) {
        $seen['status']++;
    } else {
        $seen['nothing']++;
    }
    $many = $api->multiStatus([(int) $order])[$order] ?? [];
    if (isset($many['error'])) {
        $seen['dead']++;
    }
    $services = $api->services();
    if (isset($services['error'])) {
        $seen['broken']++;
    } elseif (isset($services[0]['service'])) {
        $seen['catalogue']++;
    }
}
echo json_encode($seen), "\n";
