//! The fonts: two bundled faces, and the system's own for what they lack.
//!
//! Text is measured by shaping it with the very faces and the very shaper that draw it, so a label is exactly as wide as the
//! layout believes. A system font is looked for only when a character is met that the bundled faces do not have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use fontdb::{Database, Source};
use harfrust::{Direction, FontRef, ShapeOptions, ShapePlan, ShaperData, UnicodeBuffer, script};
use skrifa::{MetadataProvider, charmap::Charmap};

use crate::glyphs::Masks;

/// Inter, regular, subset to Latin, Greek, Cyrillic and symbols, with tabular digits. SIL Open Font License 1.1.
const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
/// Inter, semi-bold, the same subset.
const SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// What stands for a character that no font has.
const REPLACEMENT: char = '□';

/// System faces that are opened at most in search of characters. A desktop has a few hundred; beyond that the search would be
/// felt, and the faces that matter come first.
const SYSTEM_FACES_MAX: usize = 600;

/// System faces that are kept in memory at most. A large CJK collection is about 20 MB.
const FALLBACK_FACES_MAX: usize = 8;

/// Characters whose face (or lack of one) is remembered at most.
const REMEMBERED_CHARS_MAX: usize = 20_000;

/// Shaped texts that are remembered at most; tick labels and month names return from chart to chart.
const REMEMBERED_TEXTS_MAX: usize = 4_096;

/// The weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 600.
    SemiBold,
}

impl Weight {
    /// The CSS number.
    pub(crate) fn css(self) -> &'static str {
        match self {
            Weight::Regular => "400",
            Weight::SemiBold => "600",
        }
    }
}

/// A stretch of text that one face draws.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// The characters, with those that no font has replaced.
    pub(crate) text: String,
    /// The family of the system font, or none for the bundled one.
    pub(crate) family: Option<Arc<str>>,
}

/// A glyph of a shaped text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// Its number in the face.
    pub(crate) id: u32,
    /// From the start of the text to its origin, in em.
    pub(crate) x: f64,
    /// From the baseline up to its origin, in em.
    pub(crate) y: f64,
}

/// A text as glyphs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shaped {
    /// The width in em.
    pub(crate) advance: f64,
    /// The glyphs; none of a text that needs other faces than the bundled ones.
    pub(crate) glyphs: Vec<Glyph>,
}

struct BundledFace {
    font: FontRef<'static>,
    shaper: ShaperData,
    latin: ShapePlan,
    units_per_em: f64,
    charmap: Charmap<'static>,
}

impl BundledFace {
    fn new(data: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(data).ok()?;
        let shaper = ShaperData::new(&font);
        let instance = shaper.shaper(&font).build();
        let latin = ShapePlan::new(&instance, Direction::LeftToRight, Some(script::LATIN), None, &[]);
        let units_per_em = f64::from(instance.units_per_em());
        let charmap = font.charmap();
        Some(BundledFace { font, shaper, latin, units_per_em, charmap })
    }

    /// Shapes a text.
    fn shape(&self, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaper = self.shaper.shaper(&self.font).build();
        let plain = buffer.direction() == Direction::LeftToRight && text.is_ascii();
        if plain {
            // Labels of digits alone have no script of their own; Latin shapes them alike.
            buffer.set_script(script::LATIN);
        }
        let options = ShapeOptions::new().plan(plain.then_some(&self.latin));
        let buffer = shaper.shape(buffer, options);
        let mut pen = (0.0, 0.0);
        let em = |units: i32| f64::from(units) / self.units_per_em;
        let glyphs = buffer.glyph_infos().iter().zip(buffer.glyph_positions()).map(|(info, place)| {
            let glyph = Glyph { id: info.glyph_id, x: pen.0 + em(place.x_offset), y: pen.1 + em(place.y_offset) };
            pen = (pen.0 + em(place.x_advance), pen.1 + em(place.y_advance));
            glyph
        });
        let glyphs = glyphs.collect();
        Shaped { advance: pen.0, glyphs }
    }
}

/// A system face that draws something in this process.
struct FallbackFace {
    family: Arc<str>,
    data: Arc<Vec<u8>>,
    index: u32,
    shaper: ShaperData,
}

impl FallbackFace {
    fn new(family: Arc<str>, data: Vec<u8>, index: u32) -> Option<Self> {
        let shaper = ShaperData::new(&FontRef::from_index(&data, index).ok()?);
        Some(FallbackFace { family, data: Arc::new(data), index, shaper })
    }

    fn advance(&self, text: &str) -> f64 {
        let Ok(font) = FontRef::from_index(&self.data, self.index) else { return text.chars().count() as f64 };
        let shaper = self.shaper.shaper(&font).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let units_per_em = f64::from(shaper.units_per_em().max(1));
        let glyphs = shaper.shape(buffer, ShapeOptions::new());
        glyphs.glyph_positions().iter().map(|p| f64::from(p.x_advance)).sum::<f64>() / units_per_em
    }
}

/// The faces of the system, read one after another as characters ask for them.
struct SystemFaces {
    /// Paths and indices in the order in which they are tried.
    candidates: Vec<(std::path::PathBuf, u32, Arc<str>)>,
    /// Faces opened so far, by place in `candidates`: which characters they have.
    coverage: Vec<skrifa::raw::collections::IntSet<u32>>,
}

#[derive(Default)]
struct Fallbacks {
    system: Option<SystemFaces>,
    chosen: Vec<FallbackFace>,
    /// For a character: the place in `chosen`, or none when no font has it.
    by_char: HashMap<char, Option<usize>>,
}

/// The fonts of a renderer.
pub(crate) struct Fonts {
    regular: BundledFace,
    semi_bold: BundledFace,
    fallbacks: Mutex<Fallbacks>,
    database: Mutex<Arc<Database>>,
    shaped: Mutex<ByWeight<HashMap<Box<str>, Arc<Shaped>>>>,
    masks: Mutex<Masks>,
}

/// Something for each of the two weights.
#[derive(Debug, Default)]
struct ByWeight<T> {
    regular: T,
    semi_bold: T,
}

impl<T> ByWeight<T> {
    fn of(&mut self, weight: Weight) -> &mut T {
        match weight {
            Weight::Regular => &mut self.regular,
            Weight::SemiBold => &mut self.semi_bold,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while the lock is held leaves only caches behind, which stay valid.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fonts {
    /// The fonts, shared by all renderers of the process; none if the bundled files cannot be read, which a test excludes.
    pub(crate) fn shared() -> Option<&'static Fonts> {
        static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
        FONTS
            .get_or_init(|| {
                let mut database = Database::new();
                for data in [REGULAR, SEMI_BOLD] {
                    database.load_font_source(Source::Binary(Arc::new(data)));
                }
                database.set_sans_serif_family("Inter");
                database.set_serif_family("Inter");
                Some(Fonts {
                    regular: BundledFace::new(REGULAR)?,
                    semi_bold: BundledFace::new(SEMI_BOLD)?,
                    fallbacks: Mutex::default(),
                    database: Mutex::new(Arc::new(database)),
                    shaped: Mutex::default(),
                    masks: Mutex::default(),
                })
            })
            .as_ref()
    }

    /// The database with every face that a text so far has asked for.
    pub(crate) fn database(&self) -> Arc<Database> {
        locked(&self.database).clone()
    }

    /// The width of one line of text in pixels.
    pub(crate) fn width(&self, text: &str, size_px: f64, weight: Weight) -> f64 {
        if text.is_empty() {
            return 0.0;
        }
        self.shaped(text, weight).advance * size_px
    }

    /// One line of text as glyphs. Its lengths are in em, so all sizes share what is remembered.
    pub(crate) fn shaped(&self, text: &str, weight: Weight) -> Arc<Shaped> {
        if let Some(known) = locked(&self.shaped).of(weight).get(text) {
            return known.clone();
        }
        let shaped = Arc::new(self.shape(text, weight));
        let mut remembered = locked(&self.shaped);
        let remembered = remembered.of(weight);
        if remembered.len() >= REMEMBERED_TEXTS_MAX {
            remembered.clear();
        }
        remembered.insert(text.into(), shaped.clone());
        shaped
    }

    fn shape(&self, text: &str, weight: Weight) -> Shaped {
        let face = self.bundled(weight);
        if text.is_ascii() {
            return face.shape(text);
        }
        let runs = self.runs(text);
        match runs.as_slice() {
            [Run { text, family: None }] => face.shape(text),
            runs => Shaped { advance: runs.iter().map(|run| self.run_advance(run, weight)).sum(), glyphs: Vec::new() },
        }
    }

    /// The masks of glyphs that were drawn before.
    pub(crate) fn masks(&self) -> MutexGuard<'_, Masks> {
        locked(&self.masks)
    }

    /// The bundled face of a weight.
    pub(crate) fn face(&self, weight: Weight) -> &FontRef<'static> {
        &self.bundled(weight).font
    }

    /// The advance of a run in em.
    fn run_advance(&self, run: &Run, weight: Weight) -> f64 {
        let Some(family) = &run.family else { return self.bundled(weight).shape(&run.text).advance };
        let fallbacks = locked(&self.fallbacks);
        let face = fallbacks.chosen.iter().find(|face| face.family == *family);
        face.map_or(run.text.chars().count() as f64, |face| face.advance(&run.text))
    }

    /// The width of a run in pixels.
    pub(crate) fn run_width(&self, run: &Run, size_px: f64, weight: Weight) -> f64 {
        self.run_advance(run, weight) * size_px
    }

    fn bundled(&self, weight: Weight) -> &BundledFace {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }

    /// Splits a text into runs that one face each can draw.
    pub(crate) fn runs(&self, text: &str) -> Vec<Run> {
        if text.is_ascii() {
            return vec![Run { text: text.to_owned(), family: None }];
        }
        let mut runs: Vec<Run> = Vec::new();
        for c in text.chars() {
            // A joiner, a variation selector or a skin tone belongs to the character before it.
            if joins_previous(c)
                && let Some(last) = runs.last_mut()
            {
                if last.family.is_some() {
                    last.text.push(c);
                }
                continue;
            }
            // A space stays with what is before it, so that a phrase in one script is shaped, and turned, as one.
            if c == ' '
                && let Some(last) = runs.last_mut()
            {
                last.text.push(c);
                continue;
            }
            let (c, family) = self.face_for(c);
            match runs.last_mut() {
                Some(last) if last.family == family => last.text.push(c),
                last => {
                    // The space between two scripts is that of the bundled face: an emoji font's is as wide as an emoji.
                    let spaces = match last {
                        Some(last) if family.is_none() => last.text.split_off(last.text.trim_end_matches(' ').len()),
                        _ => String::new(),
                    };
                    runs.push(Run { text: spaces + c.encode_utf8(&mut [0; 4]), family });
                }
            }
        }
        runs
    }

    fn face_for(&self, c: char) -> (char, Option<Arc<str>>) {
        if self.regular.charmap.map(c).is_some_and(|glyph| glyph.to_u32() != 0) {
            return (c, None);
        }
        let mut fallbacks = locked(&self.fallbacks);
        let place = match fallbacks.by_char.get(&c) {
            Some(place) => *place,
            None => {
                let place = fallbacks.find(c);
                if let Some(place) = place
                    && let Some(face) = fallbacks.chosen.get(place)
                {
                    self.add_to_database(face);
                }
                if fallbacks.by_char.len() < REMEMBERED_CHARS_MAX {
                    fallbacks.by_char.insert(c, place);
                }
                place
            }
        };
        match place.and_then(|place| fallbacks.chosen.get(place)) {
            Some(face) => (c, Some(face.family.clone())),
            None => (REPLACEMENT, None),
        }
    }

    fn add_to_database(&self, face: &FallbackFace) {
        let mut database = locked(&self.database);
        if database.faces().any(|known| known.families.iter().any(|(name, _)| **name == *face.family)) {
            return;
        }
        Arc::make_mut(&mut database).load_font_source(Source::Binary(face.data.clone()));
    }
}

/// Whether a character is drawn as part of the one before it.
fn joins_previous(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' | '\u{20E3}')
}

impl Fallbacks {
    /// The place of the face that has a character, opened now if need be.
    fn find(&mut self, c: char) -> Option<usize> {
        let system = self.system.get_or_insert_with(SystemFaces::scan);
        let candidate = system.find(c)?;
        let (path, index, family) = system.candidates.get(candidate)?;
        if let Some(place) = self.chosen.iter().position(|face| face.family == *family) {
            return Some(place);
        }
        if self.chosen.len() >= FALLBACK_FACES_MAX {
            return None;
        }
        self.chosen.push(FallbackFace::new(family.clone(), std::fs::read(path).ok()?, *index)?);
        Some(self.chosen.len() - 1)
    }
}

impl SystemFaces {
    fn scan() -> Self {
        let mut database = Database::new();
        database.load_system_fonts();
        let mut candidates: Vec<_> = database
            .faces()
            .filter(|face| face.style == fontdb::Style::Normal)
            .filter_map(|face| {
                let Source::File(path) = &face.source else { return None };
                let family: Arc<str> = face.families.first()?.0.as_str().into();
                Some((rank(&family, face.weight.0), path.clone(), face.index, family))
            })
            .collect();
        candidates.sort();
        candidates.truncate(SYSTEM_FACES_MAX);
        SystemFaces {
            candidates: candidates.into_iter().map(|(_, path, index, family)| (path, index, family)).collect(),
            coverage: Vec::new(),
        }
    }

    fn find(&mut self, c: char) -> Option<usize> {
        let wanted = u32::from(c);
        if let Some(known) = self.coverage.iter().position(|characters| characters.contains(wanted)) {
            return Some(known);
        }
        while let Some((path, index, _)) = self.candidates.get(self.coverage.len()) {
            let characters = std::fs::read(path)
                .ok()
                .and_then(|data| {
                    let font = FontRef::from_index(&data, *index).ok()?;
                    Some(font.charmap().mappings().map(|(c, _)| c).collect())
                })
                .unwrap_or_default();
            self.coverage.push(characters);
            if self.coverage.last().is_some_and(|characters| characters.contains(wanted)) {
                return Some(self.coverage.len() - 1);
            }
        }
        None
    }
}

/// The order in which system faces are tried: sans-serif faces of wide coverage, then emoji, then the rest; regular weights first.
fn rank(family: &str, weight: u16) -> (u8, u16) {
    let name = family.to_ascii_lowercase();
    let class = if name.contains("noto sans cjk") || name.contains("source han sans") {
        0
    } else if name.contains("emoji") {
        1
    } else if name.starts_with("noto sans") {
        2
    } else if name.contains("sans") && !name.contains("mono") {
        3
    } else if name.contains("mono") || name.contains("serif") {
        5
    } else {
        4
    };
    (class, weight.abs_diff(400))
}
