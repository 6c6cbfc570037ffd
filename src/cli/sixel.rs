//! A PNG as sixels, for terminals that show those.
//!
//! Sixel draws bands of six rows: for each colour one character for each column, whose six bits say which of its pixels have that
//! colour. Source: DEC, "VT330/VT340 Programmer Reference Manual", chapter 14.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Colours that every sixel terminal has.
const COLOURS_MAX: usize = 256;

/// Rows of a band.
const BAND: usize = 6;

/// Pixels with their colours.
struct Indexed {
    width: usize,
    height: usize,
    palette: Vec<[u8; 3]>,
    pixels: Vec<u8>,
}

/// The escape sequence that shows a PNG; `None` where it cannot be read.
pub(super) fn encode(png: &[u8]) -> Option<Vec<u8>> {
    let image = decode(png)?;
    let mut out = format!("\x1bP0;1;0q\"1;1;{};{}", image.width, image.height);
    for (index, [red, green, blue]) in image.palette.iter().enumerate() {
        let percent = |channel: &u8| (u32::from(*channel) * 100 + 127) / 255;
        // Writing to a String does not fail.
        let _ = write!(out, "#{index};2;{};{};{}", percent(red), percent(green), percent(blue));
    }
    for top in (0..image.height).step_by(BAND) {
        band(&image, top, &mut out);
    }
    out.push_str("\x1b\\\n");
    Some(out.into_bytes())
}

fn band(image: &Indexed, top: usize, out: &mut String) {
    let rows = top..(top + BAND).min(image.height);
    let used: BTreeSet<u8> =
        rows.clone().flat_map(|row| &image.pixels[row * image.width..(row + 1) * image.width]).copied().collect();
    for colour in used {
        let _ = write!(out, "#{colour}");
        let (mut last, mut run) = (0_u8, 0_usize);
        for column in 0..image.width {
            let bits = rows
                .clone()
                .filter(|row| image.pixels[row * image.width + column] == colour)
                .fold(0_u8, |bits, row| bits | 1 << (row - top));
            if bits != last && run > 0 {
                repeat(last, run, out);
                run = 0;
            }
            (last, run) = (bits, run + 1);
        }
        repeat(last, run, out);
        // Back to the beginning of the band for the next colour.
        out.push('$');
    }
    out.push('-');
}

fn repeat(bits: u8, run: usize, out: &mut String) {
    let character = char::from(b'?' + bits);
    if run > 3 {
        let _ = write!(out, "!{run}{character}");
    } else {
        out.extend(std::iter::repeat_n(character, run));
    }
}

/// Reads a PNG into at most 256 colours. Charts are written with a palette; a picture with more colours is reduced to 3, 3 and 2 bits.
fn decode(png: &[u8]) -> Option<Indexed> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let mut buffer = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut buffer).ok()?;
    let channels = info.color_type.samples();
    let (width, height) = (info.width as usize, info.height as usize);
    let colours: Vec<[u8; 3]> = buffer
        .get(..width * height * channels)?
        .chunks(channels)
        .map(|pixel| if channels < 3 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] })
        .collect();
    let exact: BTreeSet<[u8; 3]> = colours.iter().copied().collect();
    let reduce = |[red, green, blue]: [u8; 3]| {
        if exact.len() <= COLOURS_MAX { [red, green, blue] } else { [red & 0xe0, green & 0xe0, blue & 0xc0] }
    };
    let palette: Vec<[u8; 3]> = exact.iter().copied().map(reduce).collect::<BTreeSet<_>>().into_iter().collect();
    let pixels = colours.into_iter().map(|colour| palette.binary_search(&reduce(colour)).unwrap_or(0) as u8).collect();
    Some(Indexed { width, height, palette, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads sixels back into rows of colour numbers, as a terminal does.
    fn show(sixels: &str) -> Vec<Vec<Option<usize>>> {
        let data = sixels.split_once('q').unwrap().1.split("\x1b\\").next().unwrap();
        let mut rows: Vec<Vec<Option<usize>>> = Vec::new();
        let (mut top, mut column, mut colour) = (0, 0, 0);
        let mut characters = data.chars().peekable();
        let number = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut digits = String::new();
            while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse::<usize>().unwrap_or(0)
        };
        while let Some(character) = characters.next() {
            let mut run = 1;
            let mut bits = character;
            match character {
                '"' | ';' => {
                    number(&mut characters);
                    continue;
                }
                '#' => {
                    colour = number(&mut characters);
                    continue;
                }
                '$' => {
                    column = 0;
                    continue;
                }
                '-' => {
                    (top, column) = (top + 6, 0);
                    continue;
                }
                '!' => {
                    run = number(&mut characters);
                    bits = characters.next().unwrap();
                }
                _ => {}
            }
            for _ in 0..run {
                for bit in (0..6).filter(|bit| (bits as u8 - b'?') >> bit & 1 == 1) {
                    while rows.len() <= top + bit {
                        rows.push(Vec::new());
                    }
                    let row = &mut rows[top + bit];
                    row.resize(row.len().max(column + 1), None);
                    assert_eq!(row[column].replace(colour), None, "a pixel is drawn once");
                }
                column += 1;
            }
        }
        rows
    }

    #[test]
    fn every_pixel_is_drawn_once_in_its_colour() {
        let (width, height) = (11_u32, 8_u32);
        let pixel = |x: u32, y: u32| {
            if x == y {
                [255, 0, 0]
            } else if x > y {
                [0, 255, 0]
            } else {
                [0, 0, 255]
            }
        };
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let data: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        encoder.write_header().unwrap().write_image_data(&data).unwrap();
        let sixels = String::from_utf8(encode(&png).unwrap()).unwrap();
        // In the order of the palette: blue, green, red.
        let expected: Vec<Vec<Option<usize>>> = (0..height)
            .map(|y| (0..width).map(|x| Some(if x == y { 2 } else { usize::from(x > y) })).collect())
            .collect();
        assert_eq!(show(&sixels), expected);
        assert!(sixels.contains("#0;2;0;0;100#1;2;0;100;0#2;2;100;0;0"));
    }

    #[test]
    fn what_is_no_png_is_not_shown() {
        assert_eq!(encode(b"no picture"), None);
    }
}
