//! PNG with a palette. A chart is a few flat colours and the shades between them at edges: with an index for each pixel instead
//! of a colour, the file is a third of the size and is written several times as fast.

use png::{BitDepth, ColorType, Compression, DeflateCompression, EncodingError, Filter};

/// Colours of a palette at most, by the PNG format.
const PALETTE_MAX: usize = 256;
/// Colours that are counted at most. A chart has some hundreds, with emoji a few thousand; a photograph would have more.
const COUNTED_MAX: usize = 8_192;
/// Slots of the table of colours: a power of two, twice as many as colours.
const SLOTS: usize = COUNTED_MAX * 2;
/// How far, in one of red, green and blue, a colour may be from the one that stands for it. Tried in turn; 14 of 255 between
/// two shades of an edge cannot be seen.
const TOLERANCES: [u8; 6] = [2, 4, 6, 8, 11, 14];
/// zlib's level 2 is where the size of flat colours stops falling quickly.
const DEFLATE_LEVEL: u8 = 2;

/// Writes opaque pixels (RGBA, row by row) as PNG: indexed where the colours allow it, else in full colour.
pub(crate) fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::with_capacity(64 * 1024);
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_depth(BitDepth::Eight);
    match index(pixels, width as usize) {
        Some((palette, indices)) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(palette);
            encoder.set_filter(Filter::NoFilter);
            encoder.set_deflate_compression(DeflateCompression::Level(DEFLATE_LEVEL));
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&indices)?;
            writer.finish()?;
        }
        None => {
            encoder.set_color(ColorType::Rgb);
            encoder.set_compression(Compression::Fast);
            let mut writer = encoder.write_header()?;
            let rgb: Vec<u8> = pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
            writer.write_image_data(&rgb)?;
            writer.finish()?;
        }
    }
    Ok(out)
}

/// The colours of a picture in the order in which they are met, with their numbers of runs.
struct Counted {
    slots: Vec<u16>,
    colors: Vec<[u8; 4]>,
    runs: Vec<u32>,
}

impl Counted {
    fn new() -> Self {
        Counted { slots: vec![u16::MAX; SLOTS], colors: Vec::with_capacity(1_024), runs: Vec::with_capacity(1_024) }
    }

    /// The number of a colour; none when there are too many.
    fn number(&mut self, color: [u8; 4]) -> Option<u16> {
        // Fibonacci hashing: the upper bits of the product are well mixed.
        let mut slot = (u32::from_ne_bytes(color).wrapping_mul(0x9E37_79B1) >> 18) as usize % SLOTS;
        loop {
            match self.slots[slot] {
                u16::MAX => {
                    if self.colors.len() == COUNTED_MAX {
                        return None;
                    }
                    let number = self.colors.len() as u16;
                    self.slots[slot] = number;
                    self.colors.push(color);
                    self.runs.push(1);
                    return Some(number);
                }
                number if self.colors[usize::from(number)] == color => {
                    self.runs[usize::from(number)] += 1;
                    return Some(number);
                }
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

/// A palette and an index for each pixel; none when the picture has too many colours.
fn index(pixels: &[u8], width: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut counted = Counted::new();
    let numbers = number_pixels(&mut counted, pixels, width)?;
    let (palette, map) = palette(&counted)?;
    let indices = numbers.iter().map(|number| map[usize::from(*number)]).collect();
    Some((palette, indices))
}

/// Numbers the colour of each pixel. Rows like the one above and runs of one colour are most of a chart and are passed quickly.
fn number_pixels(counted: &mut Counted, pixels: &[u8], width: usize) -> Option<Vec<u16>> {
    /// Pixels that are compared at once.
    const STRIDE: usize = 4;
    let mut numbers: Vec<u16> = Vec::with_capacity(pixels.len() / 4);
    let mut above: &[u8] = &[];
    for row in pixels.chunks_exact(width.max(1) * 4) {
        if row == above {
            let start = numbers.len() - width;
            numbers.extend_from_within(start..);
            continue;
        }
        above = row;
        let (mut last, mut number) = ([0, 0, 0, 0], 0);
        let (groups, rest) = row.as_chunks::<{ STRIDE * 4 }>();
        let mut known = false;
        for group in groups {
            let (colors, _) = group.as_chunks::<4>();
            if known && colors.iter().all(|color| *color == last) {
                numbers.extend_from_slice(&[number; STRIDE]);
                continue;
            }
            for color in colors {
                if !known || *color != last {
                    (last, number, known) = (*color, counted.number(*color)?, true);
                }
                numbers.push(number);
            }
        }
        for color in rest.as_chunks::<4>().0 {
            if !known || *color != last {
                (last, number, known) = (*color, counted.number(*color)?, true);
            }
            numbers.push(number);
        }
    }
    Some(numbers)
}

/// The palette, and for each counted colour the place in it of the colour that stands for it: itself where there are few enough,
/// else the nearest of the most frequent.
fn palette(counted: &Counted) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut order: Vec<usize> = (0..counted.colors.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(counted.runs[*number]));
    let exact = (order.len() <= PALETTE_MAX).then_some(0);
    for tolerance in exact.into_iter().chain(TOLERANCES) {
        let mut chosen: Vec<[u8; 4]> = Vec::with_capacity(PALETTE_MAX);
        let mut map = vec![0u8; counted.colors.len()];
        let fits = order.iter().all(|number| {
            let color = counted.colors[*number];
            let nearest = chosen.iter().enumerate().map(|(place, other)| (distance(color, *other), place)).min();
            let place = match nearest {
                Some((distance, place)) if distance <= tolerance => place,
                _ => {
                    chosen.push(color);
                    chosen.len() - 1
                }
            };
            map[*number] = place as u8;
            chosen.len() <= PALETTE_MAX
        });
        if fits {
            return Some((chosen.iter().flat_map(|color| [color[0], color[1], color[2]]).collect(), map));
        }
    }
    None
}

/// The greatest difference in a channel.
fn distance(a: [u8; 4], b: [u8; 4]) -> u8 {
    a[0].abs_diff(b[0]).max(a[1].abs_diff(b[1])).max(a[2].abs_diff(b[2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(png: &[u8]) -> (ColorType, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let color_type = reader.info().color_type;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(info.buffer_size());
        (color_type, pixels)
    }

    fn picture(colors: impl Iterator<Item = [u8; 3]>) -> Vec<u8> {
        colors.flat_map(|[r, g, b]| [r, g, b, 255]).collect()
    }

    #[test]
    fn few_colors_are_kept_exactly() {
        let pixels = picture((0..64 * 4).map(|i| [(i % 64) as u8, 7, (i / 64) as u8]));
        let (color_type, rgb) = decoded(&encode(&pixels, 64, 4).unwrap());
        assert_eq!(color_type, ColorType::Indexed);
        let expected: Vec<u8> = pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        assert_eq!(rgb, expected);
    }

    #[test]
    fn many_shades_are_merged_within_the_tolerance() {
        let pixels = picture((0..1_000).map(|i| [(i % 250) as u8, (i / 250 * 3) as u8, 90]));
        let (color_type, rgb) = decoded(&encode(&pixels, 100, 10).unwrap());
        assert_eq!(color_type, ColorType::Indexed);
        for (before, after) in pixels.chunks_exact(4).zip(rgb.chunks_exact(3)) {
            assert!(before.iter().zip(after).all(|(a, b)| a.abs_diff(*b) <= 14), "{before:?} became {after:?}");
        }
    }

    #[test]
    fn a_photograph_stays_in_full_color() {
        let pixels = picture((0..128 * 128).map(|i| [(i % 128 * 2) as u8, (i / 128 * 2) as u8, (i * 7 % 256) as u8]));
        let (color_type, rgb) = decoded(&encode(&pixels, 128, 128).unwrap());
        assert_eq!(color_type, ColorType::Rgb);
        assert_eq!(rgb[3..6], pixels[4..7]);
    }
}
