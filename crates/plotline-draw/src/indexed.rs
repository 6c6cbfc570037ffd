//! PNG with a palette. A chart is a few flat colours and the shades between them at edges: with an index for each pixel instead
//! of a colour, the file is a third of the size and is written several times as fast.

use png::{BitDepth, ColorType, Compression, EncodingError};
use zlib_rs::{DeflateConfig, ReturnCode};

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
const DEFLATE_LEVEL: i32 = 2;
/// In pictures of many small runs (dense points) level 4 saves a tenth of the size for a tenth of the time.
const DEFLATE_LEVEL_DENSE: i32 = 4;
/// Runs of one colour from which a picture is dense; most charts have some twenty thousand.
const DENSE_RUNS: usize = 40_000;

/// Writes opaque pixels (RGBA, row by row) as PNG: indexed where the colours allow it, else in full colour.
pub(crate) fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::with_capacity(64 * 1024);
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_depth(BitDepth::Eight);
    match index(pixels, width as usize) {
        Some((palette, rows, level)) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(palette);
            let mut writer = encoder.write_header()?;
            writer.write_chunk(png::chunk::IDAT, &deflated(&rows, level)?)?;
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

/// Rows with the bytes of their filters, deflated. In one go, without the copies that a stream of rows would make.
fn deflated(rows: &[u8], level: i32) -> Result<Vec<u8>, EncodingError> {
    let config = DeflateConfig { level, ..DeflateConfig::default() };
    let mut out = vec![0; zlib_rs::compress_bound(rows.len())];
    let (deflated, code) = zlib_rs::compress_slice(&mut out, rows, config);
    let length = deflated.len();
    if code != ReturnCode::Ok {
        return Err(std::io::Error::other("the picture could not be compressed").into());
    }
    out.truncate(length);
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

/// A row of pixels.
enum Row {
    /// The same as the row above.
    Same,
    /// Where its runs end in the list of all runs.
    Runs(usize),
}

/// A picture as runs of pixels of one colour, none longer than a row.
struct Runs {
    /// The number of a colour and the length of the run.
    runs: Vec<(u16, u32)>,
    rows: Vec<Row>,
}

/// A palette, rows of an index for each pixel, each after the byte that says that the row is not filtered, and the level at which they are
/// deflated; none when the picture has too many colours.
fn index(pixels: &[u8], width: usize) -> Option<(Vec<u8>, Vec<u8>, i32)> {
    let mut counted = Counted::new();
    let picture = runs(&mut counted, pixels, width)?;
    let (palette, map) = palette(&counted)?;
    let mut indices = Vec::with_capacity(pixels.len() / 4 + picture.rows.len());
    let mut start = 0;
    for row in &picture.rows {
        match row {
            Row::Same => indices.extend_from_within(indices.len() - width - 1..),
            Row::Runs(end) => {
                indices.push(0);
                for (number, length) in &picture.runs[start..*end] {
                    let index = map[usize::from(*number)];
                    match length {
                        1 => indices.push(index),
                        length => indices.resize(indices.len() + *length as usize, index),
                    }
                }
                start = *end;
            }
        }
    }
    let level = if picture.runs.len() < DENSE_RUNS { DEFLATE_LEVEL } else { DEFLATE_LEVEL_DENSE };
    Some((palette, indices, level))
}

/// Splits a picture into runs. Rows like the one above and long runs are most of a chart and are passed quickly.
fn runs(counted: &mut Counted, pixels: &[u8], width: usize) -> Option<Runs> {
    let mut picture = Runs { runs: Vec::with_capacity(32 * 1024), rows: Vec::with_capacity(1024) };
    let mut above: &[u8] = &[];
    for row in pixels.chunks_exact(width.max(1) * 4) {
        if row == above {
            picture.rows.push(Row::Same);
            continue;
        }
        above = row;
        let mut rest = row.as_chunks::<4>().0;
        while let Some(color) = rest.first() {
            let length = run_length(rest, *color);
            picture.runs.push((counted.number(*color)?, length as u32));
            rest = &rest[length..];
        }
        picture.rows.push(Row::Runs(picture.runs.len()));
    }
    Some(picture)
}

/// How many pixels at the start have a colour.
fn run_length(pixels: &[[u8; 4]], color: [u8; 4]) -> usize {
    /// Pixels that are compared at once.
    const STRIDE: usize = 8;
    let wanted = u32::from_ne_bytes(color);
    let differs = |pixel: &[u8; 4]| u32::from_ne_bytes(*pixel) ^ wanted;
    let ahead = pixels.iter().take(STRIDE).take_while(|pixel| differs(pixel) == 0).count();
    if ahead < STRIDE {
        return ahead;
    }
    let groups = pixels.as_chunks::<STRIDE>().0;
    let same = groups.iter().take_while(|group| group.iter().fold(0, |all, pixel| all | differs(pixel)) == 0).count();
    let start = same * STRIDE;
    start + pixels[start..].iter().take(STRIDE).take_while(|pixel| differs(pixel) == 0).count()
}

/// The palette, and for each counted colour the place in it of the colour that stands for it: itself where there are few enough,
/// else the nearest of the most frequent.
fn palette(counted: &Counted) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut order: Vec<usize> = (0..counted.colors.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(counted.runs[*number]));
    let exact = (order.len() <= PALETTE_MAX).then_some(0);
    for tolerance in exact.into_iter().chain(TOLERANCES) {
        let mut chosen = Chosen::default();
        let mut map = vec![0u8; counted.colors.len()];
        let fits = order.iter().all(|number| {
            let color = counted.colors[*number];
            let place = match chosen.nearest(color) {
                Some((distance, place)) if distance <= tolerance => Some(place),
                _ => chosen.push(color),
            };
            map[*number] = place.unwrap_or_default();
            place.is_some()
        });
        if fits {
            return Some((chosen.bytes(), map));
        }
    }
    None
}

/// The colours of a palette, channel by channel, so that all of them are compared with a colour in a few instructions.
struct Chosen {
    channels: [[u8; PALETTE_MAX]; 3],
    count: usize,
}

impl Default for Chosen {
    fn default() -> Self {
        Chosen { channels: [[0; PALETTE_MAX]; 3], count: 0 }
    }
}

impl Chosen {
    /// The greatest difference in a channel from the colour that is nearest, and the place of that.
    fn nearest(&self, color: [u8; 4]) -> Option<(u8, u8)> {
        let mut distances = [0u8; PALETTE_MAX];
        for (channel, wanted) in self.channels.iter().zip(color) {
            for (distance, value) in distances.iter_mut().zip(channel) {
                *distance = (*distance).max(value.abs_diff(wanted));
            }
        }
        let known = distances.get(..self.count)?;
        let least = known.iter().copied().min()?;
        known.iter().position(|distance| *distance == least).map(|place| (least, place as u8))
    }

    /// Adds a colour and says its place; none when the palette is full.
    fn push(&mut self, color: [u8; 4]) -> Option<u8> {
        let place = self.count;
        for (channel, value) in self.channels.iter_mut().zip(color) {
            *channel.get_mut(place)? = value;
        }
        self.count += 1;
        Some(place as u8)
    }

    /// Red, green and blue of each.
    fn bytes(&self) -> Vec<u8> {
        let [red, green, blue] = &self.channels;
        let colors = red.iter().zip(green).zip(blue).take(self.count);
        colors.flat_map(|((red, green), blue)| [*red, *green, *blue]).collect()
    }
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
