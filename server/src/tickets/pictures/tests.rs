use image::{ExtendedColorType, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// A picture of which every pixel is another.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let [a, .., b] = (x * 31 + y * 17).to_le_bytes();
        let [c, ..] = (x * 7).to_le_bytes();
        Rgb([a, b, c])
    })
}

fn sent(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The names of a PNG's chunks, which it is all made of.
fn chunks(png: &[u8]) -> Vec<String> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
    let mut names = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        names.push(String::from_utf8(tail[..4].to_vec()).unwrap());
        rest = &tail[4 + length + 4..];
    }
    assert!(rest.is_empty(), "{} bytes behind the end", rest.len());
    names.dedup();
    names
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let sum = crc32fast::hash(&named).to_be_bytes();
    [&length[..], &named, &sum].concat()
}

/// A JPEG with EXIF as a phone writes it: turned by 90 degrees, with GPS.
fn photographed(picture: &RgbImage) -> Vec<u8> {
    let jpeg = sent(picture.clone(), ImageFormat::Jpeg);
    let tiff = [
        b"MM\0*\0\0\0\x08".as_slice(),
        // Two entries: the orientation is 6, GPS is at 38.
        b"\0\x02",
        b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0",
        b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26",
        b"\0\0\0\0",
        // One entry: the latitude is north.
        b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0",
        b"GPS 52.5163 13.3777",
    ]
    .concat();
    let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}

const PLAIN: [&str; 3] = ["IHDR", "IDAT", "IEND"];

#[test]
fn what_is_kept_is_a_png_with_the_same_pixels() {
    let shown = picture(40, 30);
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let kept = redraw(&sent(shown.clone(), format)).unwrap();
        assert_eq!(chunks(&kept), PLAIN);
        let drawn = image::load_from_memory(&kept).unwrap();
        assert_eq!(drawn.into_rgb8(), shown, "{format:?}");
    }
    let seen_through = RgbaImage::from_pixel(3, 3, Rgba([1, 2, 3, 4]));
    let kept = redraw(&sent(seen_through.clone(), ImageFormat::Png)).unwrap();
    let drawn = image::load_from_memory(&kept).unwrap();
    assert_eq!(drawn.into_rgba8(), seen_through);
    let grey: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_pixel(3, 3, Luma([0x8000]));
    let kept = redraw(&sent(DynamicImage::ImageLuma16(grey), ImageFormat::Png)).unwrap();
    let drawn = image::load_from_memory(&kept).unwrap();
    assert_eq!(drawn.into_rgb8().get_pixel(1, 1), &Rgb([128; 3]));
}

#[test]
fn where_a_photograph_was_made_is_gone_and_it_stands_upright() {
    let photograph = photographed(&picture(40, 30));
    assert!(photograph.windows(3).any(|it| it == b"GPS"));
    let kept = redraw(&photograph).unwrap();
    assert_eq!(chunks(&kept), PLAIN);
    assert!(!kept.windows(3).any(|it| it == b"GPS"));
    assert!(!kept.windows(4).any(|it| it == b"Exif"));
    let drawn = image::load_from_memory(&kept).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (30, 40));
}

#[test]
fn what_is_another_format_as_well_is_only_a_picture_after_that() {
    let png = sent(picture(40, 30), ImageFormat::Png);
    let (front, end) = png.split_at(png.len() - 12);
    let note = chunk(b"tEXt", b"Comment\0<script>alert(1)</script>");
    let annotated = [front, &note, end].concat();
    for behind in [
        b"<html><script>alert(1)</script></html>".as_slice(),
        b"PK\x03\x04a zip archive",
        b"%PDF-1.7",
        b"",
    ] {
        let kept = redraw(&[annotated.as_slice(), behind].concat()).unwrap();
        assert_eq!(chunks(&kept), PLAIN);
        assert!(!kept.windows(7).any(|it| it == b"<script"));
        assert!(!kept.windows(2).any(|it| it == b"PK" || it == b"%P"));
    }
}

#[test]
fn what_is_no_png_jpeg_or_webp_is_no_picture() {
    let png = sent(picture(4, 3), ImageFormat::Png);
    for no in [
        b"".as_slice(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff;",
        b"<!doctype html><title>a</title>",
        b"BM\x3a\0\0\0",
        b"II*\0\x08\0\0\0",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x04\0\0\0WEBP",
        b"%PDF-1.7",
        // Magic bytes that are not at the beginning.
        &[b" ".as_slice(), &png].concat(),
    ] {
        assert!(redraw(no).is_none(), "{}", String::from_utf8_lossy(no));
    }
}

#[test]
fn a_small_file_that_would_be_a_large_picture_is_refused() {
    let header = |width: u32, height: u32| {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let header = chunk(b"IHDR", &[size.as_slice(), &[8, 2, 0, 0, 0]].concat());
        let data = chunk(b"IDAT", b"x\x9c\x03\0\0\0\0\x01");
        [
            b"\x89PNG\r\n\x1a\n".as_slice(),
            &header,
            &data,
            &chunk(b"IEND", b""),
        ]
        .concat()
    };
    for (width, height) in [(60_000, 60_000), (u32::MAX >> 1, 1), (u32::MAX >> 1, 9)] {
        assert!(redraw(&header(width, height)).is_none(), "{width} {height}");
    }
    let flat = |width, height| {
        let mut png = Vec::new();
        let pixels = vec![0; usize::try_from(width * height).unwrap()];
        let encoder = PngEncoder::new(&mut png);
        let written = encoder.write_image(&pixels, width, height, ExtendedColorType::L8);
        written.unwrap();
        png
    };
    let bomb = flat(5_001, 5_000);
    assert!(bomb.len() < MAX_BYTES, "{}", bomb.len());
    assert!(redraw(&bomb).is_none());
}

#[test]
fn what_is_cut_off_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = sent(picture(200, 200), format);
        assert!(redraw(&whole).is_some(), "{format:?}");
        for part in [whole.len() / 8, whole.len() / 2, whole.len() - 20] {
            assert!(redraw(&whole[..part]).is_none(), "{part} of {format:?}");
        }
    }
}

#[test]
fn so_many_pictures_are_in_memory_and_no_more() {
    let pictures = Pictures::new();
    let mut seats: Vec<_> = (0..SEATS).map(|_| pictures.seat().unwrap()).collect();
    assert!(pictures.seat().is_none());
    seats.pop();
    assert!(pictures.seat().is_some());
}

#[test]
fn what_would_be_too_large_to_keep_is_halved() {
    // What no compression makes smaller.
    let mut seed = 1_u32;
    let noise = RgbImage::from_fn(1_400, 1_400, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, a, b, c] = seed.to_le_bytes();
        Rgb([a, b, c])
    });
    let sent = sent(noise, ImageFormat::Png);
    assert!(sent.len() > MAX_BYTES);
    let kept = redraw(&sent).unwrap();
    assert!(kept.len() <= MAX_BYTES);
    let drawn = image::load_from_memory(&kept).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (700, 700));
}
