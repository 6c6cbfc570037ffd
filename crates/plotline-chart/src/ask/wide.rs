//! Tables with a column for each year, shop or product: `gdp over the years`, `all stores`, `which store sold the most`.
//!
//! Where the headers are periods, or the request asks for one value of each, the columns are folded into two, and the request
//! is read over those. Where it asks for the columns side by side, each is a series.

use plotline_table::{ColumnKind, Table};

use super::compose::Draft;
use super::lexicon::FILLERS;
use super::measure::GROUP_WORDS;
use super::mention::{COMMAND_WORDS, Mention};
use super::phrase::{Said, phrase};
use super::token::{Token, name_words, stem};
use super::{Outcome, Reading, Request, choose, compose, mention, rows, total};
use crate::chart::{Kind, Stack};
use crate::resolve::fold::{UNNAMED_KEY, UNNAMED_VALUE};
use crate::resolve::key::{MONTHS, WEEKDAYS, year_number};
use crate::spec::{Aggregate, Channel, ChartSpec, Dimension, Fold, Measure};

/// Fewer columns of one kind are no row of a kind.
const COLUMNS_MIN: usize = 2;
/// More columns than this are no picture that anybody asked for.
const COLUMNS_MAX: usize = 24;
/// Values this many times larger than others are of another kind, unless the words put them together.
const SIZES_MAX: f64 = 10.0;
/// A word in the place of a name that is longer names nothing in a chart.
const NAME_WORDS_MAX: usize = 3;
/// Lines or bars of more columns than this cannot be told apart in one picture.
pub(super) const TOGETHER_MAX: usize = 8;
/// Lines or bars of more rows than this are added up.
const LINES_MAX: usize = 12;
/// A mention that is less alike names the column by accident.
pub(super) const LIKENESS_SURE: f64 = 0.6;

/// Words for columns in general.
const COLUMN_WORDS: &[&str] = &[
    "column",
    "columns",
    "series",
    "value",
    "values",
    "number",
    "numbers",
    "variable",
    "variables",
    "measure",
    "measures",
    "metric",
    "metrics",
    "field",
    "fields",
    "figures",
    "categories",
    "lines",
];
/// Words that ask for the parts of a whole.
const MIX_WORDS: &[&str] = &["mix", "composition", "breakdown", "makeup", "split", "shares"];
/// Words of requests that are no name for the headers or values.
const NO_NAMES: &[&str] = &[
    "comparison",
    "compare",
    "comparing",
    "compared",
    "please",
    "pls",
    "trend",
    "trends",
    "change",
    "changes",
    "growth",
    "evolution",
    "development",
    "stacked",
    "stack",
    "grouped",
    "side",
    "want",
    "need",
    "see",
    "visualize",
    "visualise",
    "create",
    "generate",
    "different",
    "percent",
    "percentage",
    "proportion",
    "proportions",
    "multiple",
    "small",
    "separate",
    "together",
    "them",
    "one",
    "data",
    "it",
    "row",
    "rows",
    "point",
    "points",
    "color",
    "colour",
    "colors",
    "colours",
    "mix",
    "composition",
    "breakdown",
    "makeup",
    "split",
    "shares",
    "highest",
    "lowest",
    "most",
    "least",
    "best",
    "worst",
    "more",
    "less",
    "across",
    "how",
    "did",
    "title",
    "titled",
    "legend",
    "trendline",
    "since",
    "until",
    "before",
    "after",
];

/// What kind of period a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Year,
    Quarter,
    Month,
    Weekday,
}

impl Period {
    /// What the column of such headers is called.
    fn name(self) -> &'static str {
        match self {
            Self::Year => "Year",
            Self::Quarter => "Quarter",
            Self::Month => "Month",
            Self::Weekday => "Weekday",
        }
    }

    /// The words by which requests speak of such periods.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Year => &["year", "years", "yearly", "annual", "annually"],
            Self::Quarter => &["quarter", "quarters", "quarterly"],
            Self::Month => &["month", "months", "monthly"],
            Self::Weekday => &["weekday", "weekdays", "day", "days", "daily"],
        }
    }
}

/// The period that a header names: `2018`, `Q3`, `Q3 2024`, `Jan`, `Mar 2024`, `Tuesday`.
fn period(header: &str) -> Option<Period> {
    let is_year = |word: &str| word.len() == 4 && word.parse().ok().and_then(year_number).is_some();
    let begins = |word: &str, names: &[&str]| {
        word.len() >= 3 && names.iter().any(|name| name.to_lowercase() == word || name[..3].eq_ignore_ascii_case(word))
    };
    let words = name_words(header);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [year] if is_year(year) => Some(Period::Year),
        ["q", "1" | "2" | "3" | "4"] => Some(Period::Quarter),
        ["q", "1" | "2" | "3" | "4", year] if is_year(year) => Some(Period::Quarter),
        [year, "q", "1" | "2" | "3" | "4"] if is_year(year) => Some(Period::Quarter),
        [month] if begins(month, &MONTHS) => Some(Period::Month),
        [month, year] if begins(month, &MONTHS) && is_year(year) => Some(Period::Month),
        [day] if begins(day, &WEEKDAYS) => Some(Period::Weekday),
        _ => None,
    }
}

/// Whether a header is a period and no name.
pub(crate) fn is_period(header: &str) -> bool {
    period(header).is_some()
}

/// Columns of numbers of one kind beside the one column that names the rows.
pub(super) struct Wide {
    /// In the table's order.
    pub(super) columns: Vec<usize>,
    /// The column of names or times, each of which has one row.
    pub(super) label: usize,
}

/// The columns that are of one kind, and what names their rows; `None` in a table of another form.
fn wide(request: &Request<'_>) -> Option<Wide> {
    let table = request.table;
    let columns: Vec<usize> = quantities(request).filter(|at| !is_total(table, *at)).collect();
    let others: Vec<usize> =
        (0..table.columns.len()).filter(|at| table.columns[*at].kind != ColumnKind::Number).collect();
    let label = match others.as_slice() {
        [label] => *label,
        // Weeks and rounds are often mere numbers.
        [] => choose::sequence(table, &[])?,
        _ => return None,
    };
    let columns: Vec<usize> = columns.into_iter().filter(|at| *at != label).collect();
    let unique = !choose::repeated(table, &request.rows, label, None);
    (columns.len() >= COLUMNS_MIN && unique).then_some(Wide { columns, label })
}

/// The columns whose headers are periods of one kind.
fn periods(request: &Request<'_>) -> Option<(Period, Vec<usize>)> {
    let of = |at: usize| request.table.columns.get(at).and_then(|column| period(&column.name));
    let numbers: Vec<usize> = (0..request.table.columns.len())
        .filter(|at| request.table.columns[*at].kind == ColumnKind::Number && of(*at).is_some())
        .collect();
    let first = of(*numbers.first()?)?;
    (numbers.len() >= COLUMNS_MIN && numbers.iter().all(|at| of(*at) == Some(first))).then_some((first, numbers))
}

fn quantities<'r>(request: &'r Request<'_>) -> impl Iterator<Item = usize> + 'r {
    (0..request.table.columns.len()).filter(|at| {
        request.table.columns[*at].kind == ColumnKind::Number && !request.names.get(*at).is_some_and(|name| name.is_id)
    })
}

/// A column of sums of the others.
fn is_total(table: &Table, at: usize) -> bool {
    table.columns.get(at).is_some_and(|column| {
        name_words(&column.name).iter().any(|word| matches!(word.as_str(), "total" | "totals" | "sum" | "overall"))
    })
}

/// How the chart of folded columns is settled.
enum Plan {
    /// By the words, read over the folded table.
    Words,
    /// A chart of parts or spreads, whose axis needs no words.
    Parts,
    /// One value of each.
    Whole(total::Whole),
}

/// The fold under which the request is read, where it speaks of periods that are headers, or of one value for each header.
fn folded(request: &Request<'_>) -> Option<(Fold, Plan)> {
    if let Some((period, columns)) = periods(request) {
        let fold = over_periods(request, period, &columns)?;
        // `rank the teams` over a column for each quarter
        let ranking = wide(request)
            .filter(|wide| wide.columns == columns && total::ranks(request))
            .and_then(|wide| total::whole(request, &wide, None))
            .filter(total::Whole::of_rows);
        return Some((fold, ranking.map_or(Plan::Words, Plan::Whole)));
    }
    let wide = wide(request).filter(|wide| alike(request, wide))?;
    if named(request, &wide).is_some() || counts(request) {
        return None;
    }
    // `donut for Paris`: of one row, the parts are its columns.
    let one_row = whole_kind(request) && request.rows.len() == 1 && request.filter.is_some();
    let group = group(request, &wide);
    if (group.is_none() || total::ranks(request))
        && let Some(whole) = total::whole(request, &wide, group)
    {
        let key = whole.noun.map_or_else(|| UNNAMED_KEY.to_owned(), |at| singular(&request.tokens[at]));
        return fold(request, &wide.columns, key, whole.noun).map(|fold| (fold, Plan::Whole(whole)));
    }
    let group = group.or_else(|| (one_row || grid(request, &wide)).then_some(None))?;
    let whole = whole_kind(request);
    let aggregated = request.aggregates.iter().any(|said| said.how != Aggregate::Count)
        || request.limit.is_some()
        || request.tokens.first().is_some_and(|first| first.is("who")) && along(request, wide.label)
        || request.tokens.first().is_some_and(|first| first.is_any(&["which", "what"]))
            && request.tokens.get(1).is_some_and(|next| group.is_some_and(|at| request.tokens[at].text == next.text));
    let axis = group.is_some_and(|at| {
        let before = at.checked_sub(1).map(|before| &request.tokens[before]);
        before.is_some_and(|before| before.is_any(&["by", "per"]))
            && !request.mentions.iter().any(|mention| mention.column == wide.label && mention.likeness > LIKENESS_SURE)
            && request.over_time.is_none()
            && request.bin.is_none()
    });
    if !(whole || aggregated || axis) {
        return None;
    }
    let person = request.tokens.iter().any(|token| token.is_any(&["who", "everyone", "everybody"]));
    let key =
        group.map_or_else(|| if person { "Name" } else { UNNAMED_KEY }.to_owned(), |at| singular(&request.tokens[at]));
    fold(request, &wide.columns, key, group).map(|fold| (fold, if whole { Plan::Parts } else { Plan::Words }))
}

/// Whether a heatmap is asked for without its sides: the rows and the headers are the only ones that there are.
fn grid(request: &Request<'_>, wide: &Wide) -> bool {
    let others = request.mentions.iter().any(|m| m.column != wide.label && m.likeness > LIKENESS_SURE);
    request.kind.as_ref().is_some_and(|said| said.kind == Kind::Heatmap) && !others
}

/// Reads a request over folded columns; `None` where there is nothing to fold, or the folded table does not help.
pub(super) fn read(ask: &str, request: &Request<'_>) -> Option<Reading> {
    let (fold, plan) = folded(request)?;
    let table = crate::resolve::fold::fold(&fold, request.table).ok()?;
    let cells = table.columns.iter().position(|column| column.name == fold.value);
    let title = request.title.clone();
    let inner = Request { cells, title, ..Request::parse(ask, &table) };
    let settled = match &plan {
        Plan::Words => None,
        Plan::Parts => of_fold(request, &fold),
        Plan::Whole(whole) => whole.spec(request, &fold, &table),
    };
    let Outcome::Read(mut reading) = compose::read_settled(&inner, settled) else { return None };
    values(&inner, &fold, &mut reading);
    let reading_of = |column: &str| table.columns.iter().position(|own| own.name == column);
    if let Plan::Whole(whole) = &plan {
        whole.order(&mut reading.spec);
    }
    if matches!(plan, Plan::Words)
        && !inner.aggregates.iter().any(|said| said.how != Aggregate::Count)
        && let Some(label) = label(&inner, &fold)
        && let Some(x) = reading.spec.x.as_ref().and_then(|x| x.column.as_deref()).and_then(reading_of)
    {
        apart(&inner, &fold, (x, label), &mut reading);
    }
    if let ([first, .., last], key) = (fold.columns.as_slice(), &fold.key) {
        let read =
            if key == UNNAMED_KEY { "put together".to_owned() } else { format!("read as one column, “{key}”") };
        reading.assumptions.insert(0, format!("The columns “{first}” to “{last}” are {read}."));
    }
    reading.spec.fold = Some(fold);
    Some(*reading)
}

/// What is drawn of folded columns are their values, unless the words name another column; with the aggregate that was said of no
/// column in particular.
fn values(inner: &Request<'_>, fold: &Fold, reading: &mut Reading) {
    let name = |at: usize| inner.table.columns.get(at).map(|column| column.name.as_str());
    // `which month had the highest total` ranks totals.
    let ranks = inner.tokens.first().is_some_and(|first| first.is_any(&["which", "who", "what"]));
    let said = inner
        .aggregates
        .iter()
        .map(|said| said.how)
        .find(|how| *how != Aggregate::Count && !(ranks && matches!(how, Aggregate::Max | Aggregate::Min)));
    let [measure] = reading.spec.y.as_mut_slice() else { return };
    let named = inner.mentions.iter().any(|mention| name(mention.column) == measure.column.as_deref());
    if named && measure.column.as_ref() != Some(&fold.value) {
        return;
    }
    if measure.column.as_ref() != Some(&fold.value) {
        let stood = measure.column.replace(fold.value.clone()).unwrap_or_default();
        reading.assumptions.retain(|sentence| !sentence.contains(&format!("“{stood}”")));
        if measure.aggregate == Some(Aggregate::Count) {
            measure.aggregate = Some(Aggregate::Sum);
        }
    }
    if let Some(said) = said
        && measure.aggregate.is_some()
    {
        measure.aggregate = Some(said);
        let assumed = format!("Values of “{}” with the same", fold.value);
        reading.assumptions.retain(|sentence| !sentence.starts_with(&assumed));
    }
}

/// The column of names beside folded columns, each of which has one row in the table as it was.
fn label(inner: &Request<'_>, fold: &Fold) -> Option<usize> {
    let table = inner.table;
    (0..table.columns.len()).find(|at| {
        table.columns[*at].kind == ColumnKind::Text
            && table.columns[*at].name != fold.key
            && !choose::repeated(table, &inner.rows, *at, Some(&fold.key))
    })
}

/// Over folded periods, nobody asked for sums of rows: each row is a line of its own, and beside each other its periods are bars.
fn apart(inner: &Request<'_>, fold: &Fold, (x, label): (usize, usize), reading: &mut Reading) {
    let (table, spec) = (inner.table, &mut reading.spec);
    let name = |at: usize| table.columns.get(at).map(|column| column.name.clone()).unwrap_or_default();
    let plain = spec.series.is_none()
        && spec.limit.is_none()
        && spec.sort.is_none()
        && matches!(spec.y.as_slice(), [only] if only.column.as_ref() == Some(&fold.value));
    let key = table.columns.iter().position(|column| column.name == fold.key);
    let of = |at: usize| {
        let Some(column) = table.columns.get(at) else { return 0 };
        let keys = inner.rows.iter().filter_map(|row| crate::resolve::key::Key::of(column, *row, None));
        keys.map(|key| key.identity).collect::<std::collections::HashSet<_>>().len()
    };
    let stacked = matches!(spec.options.stack, Some(Stack::Stacked | Stack::Percent));
    let compared = inner.compared.iter().any(|compared| compared.column == label)
        && !inner.mentions.iter().any(|mention| mention.column == label);
    let split = match spec.kind {
        Kind::Line | Kind::Step | Kind::Area if Some(x) == key => Some(label),
        Kind::Bar if Some(x) == key && stacked => Some(label),
        // `Paris and Rome since 2000`: the named ones are compared over time.
        Kind::Bar if x == label && inner.kind.is_none() && compared => {
            spec.kind = Kind::Line;
            spec.x = Some(Channel::column(&fold.key));
            Some(label)
        }
        Kind::Bar if x == label => key,
        _ => None,
    };
    let Some(split) = split.filter(|split| plain && (2..=LINES_MAX).contains(&of(*split))) else { return };
    spec.series = Some(Dimension { column: name(split), bin: None });
    spec.y = vec![Measure::rows(&fold.value)];
    let summed = format!("Values of “{}” with the same", fold.value);
    reading.assumptions.retain(|sentence| !sentence.starts_with(&summed));
}

/// The spec of a chart of parts or spreads over a fold, whose axis needs no words.
fn of_fold(request: &Request<'_>, fold: &Fold) -> Option<ChartSpec> {
    let kind = request.kind.as_ref()?.kind;
    let mut spec = ChartSpec::new(kind).with_x(&fold.key);
    spec.options = request.options.clone();
    Some(match kind {
        Kind::Box | Kind::Violin | Kind::Strip => spec.with_y(Measure::rows(&fold.value)),
        Kind::Heatmap => {
            let label = wide(request)?.label;
            spec.x = Some(Channel::column(&request.table.columns.get(label)?.name));
            spec.series = Some(Dimension { column: fold.key.clone(), bin: None });
            spec.with_y(Measure::of(Aggregate::Sum, &fold.value))
        }
        _ => {
            let how = request.aggregates.iter().map(|said| said.how).find(|how| *how != Aggregate::Count);
            spec.with_y(Measure::of(how.unwrap_or(Aggregate::Sum), &fold.value))
        }
    })
}

/// Headers that are periods are the time of a chart, unless the request picks some of them by name.
fn over_periods(request: &Request<'_>, period: Period, columns: &[usize]) -> Option<Fold> {
    let tokens = &request.tokens;
    let spoken = tokens.iter().any(|token| token.is_any(period.words())) || request.over_time.is_some();
    let picked: Vec<&Mention> = request
        .mentions
        .iter()
        .filter(|mention| columns.contains(&mention.column) && mention.likeness > LIKENESS_SURE)
        .collect();
    let ranged = picked.iter().any(|mention| {
        mention.start.checked_sub(1).is_some_and(|before| {
            tokens[before].is_any(&[
                "from",
                "to",
                "since",
                "after",
                "before",
                "until",
                "between",
                "through",
                "only",
                "in",
                "for",
                "during",
                "till",
                "-",
                "–",
                "except",
                "without",
                "excluding",
            ])
        })
    });
    let other = request.mentions.iter().any(|mention| {
        !columns.contains(&mention.column)
            && mention.likeness > LIKENESS_SURE
            && request.table.columns.get(mention.column).is_some_and(|column| column.kind == ColumnKind::Number)
    });
    let wanted = match (picked.is_empty(), ranged) {
        (true, _) => !other || spoken,
        (false, ranged) => ranged && !other,
    };
    if !wanted {
        return None;
    }
    // `for each day` over a column for each weekday
    let day = period == Period::Weekday && tokens.iter().any(|token| token.is_any(&["day", "days", "daily"]));
    fold(request, columns, if day { "Day" } else { period.name() }.to_owned(), None)
}

fn fold(request: &Request<'_>, columns: &[usize], key: String, group: Option<usize>) -> Option<Fold> {
    let table = request.table;
    let names = columns.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name.clone()).collect();
    let free = |name: &str| !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let value = value_name(request, columns, group)
        .filter(|name| free(name) && !name.eq_ignore_ascii_case(&key))
        .unwrap_or_else(|| UNNAMED_VALUE.to_owned());
    (free(&key) && free(&value)).then_some(Fold { columns: names, key, value })
}

/// What the request calls the numbers: the unknown words before `by`, `over`, `per` … or the end.
pub(super) fn value_name(request: &Request<'_>, columns: &[usize], group: Option<usize>) -> Option<String> {
    let tokens = &request.tokens;
    let ends = |at: usize| {
        tokens.get(at).is_none_or(|next| {
            next.is_stop()
                || next.is_any(GROUP_WORDS)
                || next.is_any(NO_NAMES)
                || next.is_any(&["of", "in", "as", "during", "since", "until", "over", "to"])
        })
    };
    (0..tokens.len()).find_map(|start| {
        let words = (start..tokens.len())
            .take(NAME_WORDS_MAX)
            .take_while(|at| Some(*at) != group && unknown(request, *at, columns))
            .count();
        let before = start.checked_sub(1).map(|before| &tokens[before]);
        let after_group = before.is_some_and(|before| before.is_any(&["each", "every", "per", "by", "all", "across"]));
        (words > 0 && ends(start + words) && !after_group).then(|| {
            let words: Vec<&str> = tokens[start..start + words].iter().map(|token| token.raw.as_str()).collect();
            capital(&words.join(" "))
        })
    })
}

/// A word that no step understood and that can be a name.
fn unknown(request: &Request<'_>, at: usize, columns: &[usize]) -> bool {
    !request.taken.get(at).copied().unwrap_or_default() && unknown_word(request, at, columns)
}

/// The same, wherever it stands.
pub(super) fn unknown_word(request: &Request<'_>, at: usize, columns: &[usize]) -> bool {
    let Some(token) = request.tokens.get(at) else { return false };
    let in_headers = columns.iter().all(|column| {
        request.names.get(*column).is_some_and(|name| name.words.iter().any(|word| stem(word) == token.stem))
    });
    let mentioned = request
        .mentions
        .iter()
        .any(|mention| mention.start <= at && at < mention.end && mention.likeness > LIKENESS_SURE && !mention.entity);
    token.is_word()
        && token.text.chars().count() > 2
        && (in_headers || !mentioned)
        && !request.values.iter().any(|value| value.start <= at && at < value.end)
        && !request.aggregates.iter().any(|said| said.start <= at && at < said.end)
        && !request.kind.as_ref().is_some_and(|said| said.start <= at && at < said.end)
        && !token.is_any(COMMAND_WORDS)
        && !token.is_any(FILLERS)
        && !token.is_any(GROUP_WORDS)
        && !token.is_any(COLUMN_WORDS)
        && !token.is_any(NO_NAMES)
        && !total::speaks_of(token)
        && !rows::is_no_thing(token)
}

/// Whether the columns can lie on one axis: one unit.
fn alike(request: &Request<'_>, wide: &Wide) -> bool {
    let unit = |at: &usize| request.table.columns.get(*at).and_then(|column| column.unit.as_deref());
    let first = wide.columns.first().and_then(unit);
    wide.columns.iter().all(|at| unit(at) == first)
}

/// The first of the columns that the request names by itself.
fn named<'r>(request: &'r Request<'_>, wide: &Wide) -> Option<&'r Mention> {
    let all = |mention: &Mention| {
        request.tokens.get(mention.start..mention.end).is_some_and(|words| {
            words.iter().all(|word| {
                wide.columns.iter().all(|column| {
                    request.names.get(*column).is_some_and(|name| name.words.iter().any(|own| stem(own) == word.stem))
                })
            })
        })
    };
    request.mentions.iter().find(|mention| {
        wide.columns.contains(&mention.column) && mention.likeness > mention::LIKENESS_MIN && !all(mention)
    })
}

fn counts(request: &Request<'_>) -> bool {
    request.aggregates.iter().any(|said| said.how == Aggregate::Count && !said.sums_numbers)
}

/// Where the request speaks of the headers together: the place of the word for them (`stores` of `all stores`), or `None` where the
/// word is `columns` or missing (`all three`).
fn group(request: &Request<'_>, wide: &Wide) -> Option<Option<usize>> {
    let tokens = &request.tokens;
    let count = wide.columns.len();
    let numeral = |token: &Token| {
        const WORDS: [&str; 9] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        token.number() == Some(count as f64) || WORDS.get(count - COLUMNS_MIN).is_some_and(|word| token.is(word))
    };
    // Of rows that are times, only the headers can be somebody.
    let along = along(request, wide.label);
    let mut found = tokens.first().filter(|first| first.is("who") && along).map(|_| None);
    for (at, token) in tokens.iter().enumerate() {
        // `pie of energy sources`: the last of the words is the name.
        if token.is("of") && whole_kind(request) {
            let words =
                (at + 1..tokens.len()).take(NAME_WORDS_MAX).take_while(|at| unknown(request, *at, &wide.columns));
            match words.last().filter(|last| tokens[*last].text.ends_with('s')) {
                // `box plot of sales`: what the numbers are.
                Some(last) if total::is_amount(&tokens[last]) => found = Some(None),
                Some(last) => return Some(Some(last)),
                None => {}
            }
        }
        let ranked = request.limit.is_some_and(|limit| limit.end == at + 1);
        let cue = ranked
            || token.is_any(&[
                "all",
                "each",
                "every",
                "per",
                "by",
                "across",
                "between",
                "compare",
                "comparing",
                "both",
                "which",
            ])
            || phrase(tokens, at, &["comparison", "of"]).is_some();
        if token.is_any(&["everything", "everyone", "everybody"]) || token.is("both") && count == COLUMNS_MIN {
            found = found.or(Some(None));
        }
        if !cue {
            continue;
        }
        let mut next = at + 1;
        let mut counted = false;
        while let Some(token) = tokens.get(next) {
            counted |= numeral(token);
            if numeral(token) || token.is_any(&["the", "of", "different", "various", "my", "our", "individual"]) {
                next += 1;
            } else {
                break;
            }
        }
        let general = token.is_any(&["all", "each", "every", "compare", "comparing", "both"]) || counted;
        match tokens.get(next) {
            Some(word) if general && (word.is_any(COLUMN_WORDS) || word.is("them")) => found = found.or(Some(None)),
            Some(_) if unknown(request, next, &wide.columns) => return Some(Some(next)),
            _ if counted => found = found.or(Some(None)),
            None if token.is("all") => found = found.or(Some(None)),
            _ => {}
        }
    }
    found
}

/// Whether a column is a course: times, or steps that are numbered.
pub(super) fn along(request: &Request<'_>, column: usize) -> bool {
    request.table.columns.get(column).is_some_and(choose::is_time) || choose::is_sequence(request.table, column)
}

/// The columns whose values are named beside each other over rows that are times, and so make a chart over time: `revenue and costs`.
/// Set against each other (`north vs south`), they must be of one kind, and may be grouped by other rows.
pub(super) fn compared(request: &Request<'_>) -> Vec<usize> {
    let Some(wide) = wide(request)
        .filter(|_| request.kind.as_ref().is_none_or(|said| said.kind == Kind::Bar) && request.over_time.is_none())
    else {
        return Vec::new();
    };
    let named: Vec<&Mention> = request
        .mentions
        .iter()
        .filter(|mention| wide.columns.contains(&mention.column) && mention.likeness > LIKENESS_SURE)
        .collect();
    let joined = |between: &[Token]| {
        !between.is_empty()
            && between.iter().all(|token| token.is_any(&["and", ",", "&", "vs", "versus", ".", "plus", "the", "with"]))
    };
    let row = named.windows(2).all(|pair| request.tokens.get(pair[0].end..pair[1].start).is_some_and(joined));
    let against = request.tokens.iter().any(|token| token.is_any(&["vs", "versus"]));
    let grouped = request.mentions.iter().any(|mention| {
        mention.column == wide.label
            && mention.start.checked_sub(1).is_some_and(|before| request.tokens[before].is_any(&["by", "per", "each"]))
    });
    let unlike = named.len() != request.mentions.iter().filter(|mention| mention.column != wide.label).count();
    let columns: Vec<usize> = named.iter().map(|mention| mention.column).collect();
    let kin = Wide { columns: columns.clone(), label: wide.label };
    // `2018 vs 2022` sets two times of the same rows side by side.
    let of = |at: &usize| request.table.columns.get(*at).and_then(|column| period(&column.name));
    let times = columns.first().and_then(of).is_some_and(|first| columns.iter().all(|at| of(at) == Some(first)));
    // So does `planned vs actual`; of `kills and deaths`, each player has both.
    let states = columns.iter().all(|at| request.names.get(*at).is_some_and(total::is_state));
    let same = alike(request, &kin) && comparable(request, &kin);
    // Height and weight are two quantities, which may have to do with each other.
    let quantity = |at: &usize| request.names.get(*at).is_some_and(super::absent::names_quantity);
    let members = same && !columns.iter().any(quantity);
    let fits = columns.len() >= COLUMNS_MIN
        && row
        && !unlike
        && (!against || same)
        && (along(request, wide.label) || against && grouped || times || states || !against && members);
    if fits { columns } else { Vec::new() }
}

/// Whether a kind is asked for whose axis or parts the headers are.
fn whole_kind(request: &Request<'_>) -> bool {
    request.kind.as_ref().is_some_and(|said| {
        // `the share of each store by month` is no pie.
        let grouped = || {
            request.bin.is_some()
                || request
                    .mentions
                    .iter()
                    .any(|m| m.start.checked_sub(1).is_some_and(|at| request.tokens[at].is_any(&["by", "per", "over"])))
        };
        (said.said > Said::Implied || said.kind == Kind::Pie && !grouped())
            && matches!(said.kind, Kind::Pie | Kind::Donut | Kind::Box | Kind::Violin | Kind::Strip | Kind::Heatmap)
    })
}

/// The columns of one kind, where the request draws one value for each row and does not say which; with the column of the rows.
pub(super) fn beside(request: &Request<'_>, label: usize) -> Option<Vec<usize>> {
    let wide = wide(request).filter(|wide| wide.label == label && alike(request, wide))?;
    (comparable(request, &wide) && wide.columns.len() <= COLUMNS_MAX).then_some(wide.columns)
}

/// Whether a word that is no header may be what all of the numbers are: `energy` over a column for each source.
pub(super) fn named_as_a_whole(request: &Request<'_>) -> bool {
    let quantity = |at: &usize| request.names.get(*at).is_some_and(super::absent::names_quantity);
    request.cells.is_some()
        || wide(request).is_some_and(|wide| {
            alike(request, &wide) && comparable(request, &wide) && !wide.columns.iter().any(quantity)
        })
}

/// Whether the columns are of about one size, so that none lies flat beside the others.
pub(super) fn comparable(request: &Request<'_>, wide: &Wide) -> bool {
    let sizes = wide.columns.iter().map(|at| choose::largest(request.table, *at));
    let (low, high) = sizes.fold((f64::INFINITY, 0.0_f64), |(low, high), size| (low.min(size), high.max(size)));
    high <= low * SIZES_MAX
}

impl Draft<'_, '_> {
    /// Every column as a series: `all stores`, `stacked area of all three`, `the energy mix by country`.
    pub(super) fn side_by_side(&mut self) -> Option<ChartSpec> {
        let request = self.request;
        let wide = wide(request)?;
        let kind = request.kind.as_ref().filter(|said| said.said > Said::Implied).map(|said| said.kind);
        let fits = matches!(kind, None | Some(Kind::Bar | Kind::Line | Kind::Step | Kind::Area | Kind::Combo));
        if !fits || named(request, &wide).is_some() || counts(request) || !request.compared.is_empty() {
            return None;
        }
        let other = request.mentions.iter().any(|mention| {
            mention.column != wide.label && mention.likeness > LIKENESS_SURE && !wide.columns.contains(&mention.column)
        });
        let stacked = matches!(request.options.stack, Some(Stack::Stacked | Stack::Percent))
            || request.kind.as_ref().is_some_and(|said| said.stack.is_some());
        let share = request.kind.as_ref().is_some_and(|said| said.kind == Kind::Pie)
            && request.tokens.iter().any(|token| token.is_any(&["share", "shares", "percentage", "proportion"]));
        let mixed = stacked || share || request.tokens.iter().any(|token| token.is_any(MIX_WORDS));
        let all = group(request, &wide).is_some();
        if other || !(all || mixed && alike(request, &wide)) {
            return None;
        }
        let label = self.column(wide.label)?;
        let kind = kind.unwrap_or(if along(request, wide.label) && !mixed { Kind::Line } else { Kind::Bar });
        let mut spec = ChartSpec::new(kind).with_x(&label.name);
        spec.y = wide.columns.iter().map(|at| Measure::rows(&self.name(*at))).collect();
        if kind == Kind::Line {
            second_axis(self.table(), &mut spec);
        }
        if mixed && !stacked && matches!(kind, Kind::Bar | Kind::Area) {
            spec.options.stack = Some(if share { Stack::Percent } else { Stack::Stacked });
        }
        let stack = spec.options.stack;
        self.finish(&mut spec);
        spec.options.stack = spec.options.stack.or(stack);
        let sentence = panels(&mut spec);
        self.assumptions.extend(sentence);
        Some(spec)
    }
}

/// Lines of a second unit, or of two of which one would lie flat, are read from the second axis; whether there are any.
pub(super) fn second_axis(table: &Table, spec: &mut ChartSpec) -> bool {
    let size = |measure: &Measure| {
        let at = table.columns.iter().position(|column| Some(&column.name) == measure.column.as_ref());
        at.map_or(0.0, |at| choose::largest(table, at))
    };
    let unit = |measure: &Measure| {
        let column = table.columns.iter().find(|column| Some(&column.name) == measure.column.as_ref());
        column.and_then(|column| column.unit.clone())
    };
    let Some(first) = spec.y.first().map(unit) else { return false };
    if spec.y.iter().any(|measure| measure.second_axis) {
        return false;
    }
    let mut others: Vec<Option<String>> = spec.y.iter().map(unit).filter(|unit| *unit != first).collect();
    others.dedup();
    if others.len() == 1 {
        spec.y.iter_mut().filter(|measure| unit(measure) != first).for_each(|measure| measure.second_axis = true);
        return true;
    }
    if let [first, second] = spec.y.as_mut_slice()
        && others.is_empty()
        && size(first).max(size(second)) > size(first).min(size(second)) * SIZES_MAX
    {
        second.second_axis = true;
        return true;
    }
    false
}

/// More lines than can be told apart have a panel each; with the sentence that says so.
pub(super) fn panels(spec: &mut ChartSpec) -> Option<String> {
    let stacked = match spec.options.stack {
        Some(stack) => stack != Stack::None,
        None => spec.kind == Kind::Area,
    };
    let count = spec.y.len();
    if count <= TOGETHER_MAX || stacked || spec.options.small_multiples || spec.kind == Kind::Combo {
        return None;
    }
    spec.options.small_multiples = true;
    Some(format!("Each of the {count} columns has a panel of its own."))
}

/// A noun as the name of a column: `Store` for `stores`.
fn singular(token: &Token) -> String {
    let text = &token.text;
    let one = match text.strip_suffix("ies").filter(|start| start.len() > 2) {
        Some(start) => format!("{start}y"),
        None => {
            text.strip_suffix('s').filter(|start| start.len() > 2 && !start.ends_with('s')).unwrap_or(text).to_owned()
        }
    };
    capital(&one)
}

pub(super) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
