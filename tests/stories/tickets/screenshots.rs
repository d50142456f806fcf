//! Screenshots: what is kept of a file is its picture, and only its owner and staff see it.

use std::io::Cursor;

use futures::TryStreamExt;
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::*;

/// The largest screenshot, in bytes.
const MOST: usize = 5 * 1024 * 1024;

/// A picture as a file of this format.
fn sent(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(40, 30, |x, y| {
        image::Rgb([x, y, x * y].map(|value| value.to_le_bytes()[0]))
    });
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(picture);
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

impl Desk {
    /// Sends bytes as the customer.
    async fn shows(&self, ticket: i64, bytes: Vec<u8>) -> Reply {
        self.shows_as(&self.panel.key, ticket, "application/octet-stream", bytes)
            .await
    }

    async fn shows_as(&self, key: &str, ticket: i64, media: &str, bytes: Vec<u8>) -> Reply {
        let path = format!("/api/v3/tickets/{ticket}/screenshots");
        let url = self.panel.url.replace("/api/v2", &path);
        let request = self.panel.http().post(url).bearer_auth(key);
        let request = request.header(CONTENT_TYPE, media).body(bytes);
        self.panel.send(request).await
    }

    /// Downloads from a path.
    async fn downloads(&self, key: &str, path: &str) -> reqwest::Response {
        let url = self.panel.url.replace("/api/v2", path);
        let request = self.panel.http().get(url).bearer_auth(key);
        request.send().await.unwrap()
    }

    /// A ticket about a new order.
    async fn ticket(&self) -> i64 {
        let order = self.completed("https://x.test/shown").await;
        self.files(order).await
    }
}

#[apply(story)]
async fn a_screenshot_comes_back_as_a_picture_to_be_saved_and_nothing_else() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    let png = sent(ImageFormat::Png);
    let page = b"<html><script>alert(document.domain)</script></html>";
    let jpeg = sent(ImageFormat::Jpeg);
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0GPS 52.5163 13.3777";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let photograph = [&jpeg[..2], b"\xff\xe1", &length, exif, &jpeg[2..]].concat();
    let archive = [&png[..], b"PK\x03\x04evil.js"].concat();
    for (number, bytes) in [[&png[..], page].concat(), photograph, archive]
        .into_iter()
        .enumerate()
    {
        let reply = desk.shows(ticket, bytes).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        let number = number + 1;
        assert_eq!(reply.json(), json!({"ticket_id": ticket, "number": number}));
        let path = format!("/api/v3/tickets/{ticket}/screenshots/{number}");
        let own = desk.downloads(&desk.panel.key, &path).await;
        assert_eq!(own.status(), 200);
        let header = |name: &str| own.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/png");
        let saved = format!("attachment; filename=\"ticket-{ticket}-{number}.png\"");
        assert_eq!(header(CONTENT_DISPOSITION.as_str()), saved);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        let kept = own.bytes().await.unwrap();
        for part in [&b"<script"[..], b"GPS", b"Exif", b"PK\x03\x04", b"evil"] {
            assert!(!has(&kept, part), "{}", String::from_utf8_lossy(part));
        }
        let drawn = image::load_from_memory_with_format(&kept, ImageFormat::Png).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (40, 30));
        let path = format!("/operator/v1/tickets/{ticket}/screenshots/{number}");
        let staffs = desk.downloads(&desk.support, &path).await;
        assert_eq!(staffs.headers()["x-content-type-options"], "nosniff");
        assert_eq!(staffs.headers()[CONTENT_DISPOSITION], saved.as_str());
        assert_eq!(staffs.bytes().await.unwrap(), kept);
    }
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(shown["screenshots"], json!([1, 2, 3]));
    let shown = desk.staff_get(&format!("/{ticket}")).await;
    assert_eq!(shown["screenshots"], json!([1, 2, 3]));
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    let png = sent(ImageFormat::Png);
    for no in [
        Vec::new(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff;".to_vec(),
        b"<!doctype html><title>a</title>".to_vec(),
        [b"<html>", &png[..]].concat(),
        png[..png.len() / 2].to_vec(),
    ] {
        let reply = desk.shows(ticket, no.clone()).await;
        assert_eq!(refused(&reply), "422 field_invalid", "{no:?}");
        assert_eq!(reply.json()["details"]["field"], "screenshot");
    }
    for media in [
        "image/svg+xml",
        "text/html",
        "application/json",
        "image/png",
    ] {
        let key = &desk.panel.key;
        let reply = desk.shows_as(key, ticket, media, png.clone()).await;
        assert_eq!(refused(&reply), "415 media_type_unsupported", "{media}");
    }
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(shown["screenshots"], json!([]));
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_bomb_is_refused_before_it_is_unfolded() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    // It says that it has 60,000 times 60,000 pixels.
    let mut declared = sent(ImageFormat::Png);
    let size = [60_000_u32.to_be_bytes(), 60_000_u32.to_be_bytes()].concat();
    declared[16..24].copy_from_slice(&size);
    let sum = crc32fast::hash(&declared[12..29]).to_be_bytes();
    declared[29..33].copy_from_slice(&sum);
    // It has 5,001 times 5,000, all of them black.
    let mut black = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageLuma8(image::GrayImage::new(5_001, 5_000));
    picture.write_to(&mut black, ImageFormat::Png).unwrap();
    for bomb in [declared, black.into_inner()] {
        assert!(bomb.len() < MOST, "{}", bomb.len());
        let reply = desk.shows(ticket, bomb).await;
        assert_eq!(refused(&reply), "422 field_invalid");
        assert!(says(&reply).contains("25 million pixels"), "{}", reply.body);
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_file_has_at_most_5_mib() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    let png = sent(ImageFormat::Png);
    let padded = |size: usize| {
        let mut padded = png.clone();
        padded.resize(size, b' ');
        padded
    };
    for size in [MOST + 1, 50_000_000] {
        let reply = desk.shows(ticket, padded(size)).await;
        assert_eq!(refused(&reply), "413 body_too_large", "{size}");
        assert_eq!(reply.json()["details"]["max"], MOST);
    }
    let reply = desk.shows(ticket, padded(MOST)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let kept = "SELECT CAST(LENGTH(picture) AS TEXT) FROM ticket_screenshots";
    let kept: usize = texts(&desk.panel, kept).await[0].parse().unwrap();
    assert!(kept < 10_000, "{kept}");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_ticket_has_up_to_three_screenshots_until_it_is_decided() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    let show = || desk.shows(ticket, sent(ImageFormat::WebP));
    let (a, b, c, d, e) = tokio::join!(show(), show(), show(), show(), show());
    let mut answers = [a, b, c, d, e].map(|reply| reply.status);
    answers.sort_unstable();
    assert_eq!(answers, [201, 201, 201, 409, 409]);
    let fourth = show().await;
    assert_eq!(refused(&fourth), "409 state_conflict");
    let why = "a ticket has at most 3 screenshots, and this one has 3";
    assert_eq!(says(&fourth), why);
    let order = desk.completed("https://x.test/other").await;
    let other = desk.files(order).await;
    let done = desk.decides(&desk.support, other, outcome("decline")).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let late = desk.shows(other, sent(ImageFormat::Png)).await;
    assert_eq!(refused(&late), "409 state_conflict");
    desk.panel.finish().await;
}

#[apply(story)]
async fn nobody_else_adds_or_sees_one() {
    let desk = Desk::start().await;
    let ticket = desk.ticket().await;
    let png = sent(ImageFormat::Png);
    assert_eq!(desk.shows(ticket, png.clone()).await.status, 201);
    let (_, theirs) = account(&desk.panel.panel, "bob", "5").await;
    let octets = "application/octet-stream";
    let mut told = Vec::new();
    for id in [ticket, 999] {
        let reply = desk.shows_as(&theirs, id, octets, png.clone()).await;
        assert_eq!(refused(&reply), "404 object_unknown");
        told.push(says(&reply));
        for face in ["/api/v3", "/operator/v1"] {
            let path = format!("{face}/tickets/{id}/screenshots/1");
            let reply = desk.panel.ask(&theirs, Method::GET, &path, None).await;
            let no = match face {
                "/api/v3" => "404 object_unknown",
                _ => "403 forbidden",
            };
            assert_eq!(refused(&reply), no, "{path}");
        }
    }
    assert_eq!(told[0], told[1]);
    for number in ["2", "0", "-1"] {
        let path = format!("/api/v3/tickets/{ticket}/screenshots/{number}");
        let key = &desk.panel.key;
        let reply = desk.panel.ask(key, Method::GET, &path, None).await;
        assert_eq!(refused(&reply), "404 object_unknown", "{number}");
    }
    let staffs = desk.shows_as(&desk.support, ticket, octets, png).await;
    assert!(
        staffs.status == 401 || staffs.status == 403,
        "{}",
        staffs.body
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn the_sdk_opens_a_ticket_with_a_screenshot() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let base = desk.panel.url.replace("/api/v2", "");
    let client = smm_panel_sdk::Client::new(&base, &desk.panel.key).unwrap();
    let ticket = client.open_ticket(order, WHAT).await.unwrap().ticket_id;
    let jpeg = sent(ImageFormat::Jpeg);
    let added = client.add_screenshot(ticket, &jpeg);
    assert_eq!(added.await.unwrap().number, 1);
    let kept = client.screenshot(ticket, 1).await.unwrap();
    assert!(kept.starts_with(b"\x89PNG"));
    let no = client.add_screenshot(ticket, b"GIF89a").await.unwrap_err();
    assert_eq!(no.refusal().unwrap().status, Some(422));
    client.write_to_ticket(ticket, "Here it is.").await.unwrap();
    let read = client.ticket(ticket).await.unwrap();
    assert_eq!(read.screenshots, [1]);
    assert_eq!(read.messages.len(), 1);
    let all: Vec<_> = client.tickets().try_collect().await.unwrap();
    assert_eq!(all.len(), 1);
    desk.panel.finish().await;
}
