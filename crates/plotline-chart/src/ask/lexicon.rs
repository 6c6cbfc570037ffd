//! General English: what people call things, and how names in tables are shortened. Nothing here knows any table.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::stem;
use crate::spec::Aggregate;

/// Words that may stand for each other in a column's name. A word may be in several groups.
const SYNONYMS: &[&[&str]] = &[
    &["age", "old", "aged"],
    &["gender", "sex"],
    &["salary", "pay", "wage", "earnings", "income", "compensation", "remuneration"],
    &["price", "cost", "fee", "charge", "fare", "expense", "expensive", "costly"],
    &["revenue", "sales", "income", "turnover", "earnings", "proceeds"],
    &["profit", "gain", "margin", "earnings"],
    &["amount", "sum", "value", "money"],
    &["quantity", "amount", "number", "volume", "units", "qty"],
    &["city", "town", "municipality"],
    &["country", "nation", "state"],
    &["country", "nationality", "nation"],
    &["location", "place", "venue", "site", "address", "position"],
    &["location", "where", "city", "place", "country"],
    &["hometown", "birthplace", "home"],
    &["region", "area", "territory", "zone", "district", "province"],
    &["county", "district"],
    &["headquarters", "headquarter", "hq", "base"],
    &["date", "day", "time", "when"],
    &["year", "yr", "annual"],
    &["begin", "start", "from", "commence"],
    &["end", "finish", "until", "to", "stop"],
    &["open", "found", "establish", "launch", "build", "built", "start"],
    &["birth", "born", "birthday", "birthdate"],
    &["name", "title", "called", "label"],
    &["title", "heading"],
    &["surname", "last", "family"],
    &["forename", "first", "given"],
    &["id", "identifier", "identification", "number", "key"],
    &["code", "abbreviation", "id"],
    &["type", "kind", "category", "class", "genre", "sort", "style"],
    &["category", "group", "class", "segment"],
    &["status", "state", "condition"],
    &["department", "division", "faculty"],
    &["employee", "staff", "worker", "personnel"],
    &["manager", "boss", "supervisor", "head", "leader"],
    &["teacher", "instructor", "lecturer", "professor", "faculty"],
    &["student", "pupil"],
    &["customer", "client", "buyer", "consumer", "shopper"],
    &["company", "firm", "business", "enterprise", "corporation", "organization", "organisation"],
    &["manufacturer", "maker", "producer", "brand", "vendor"],
    &["supplier", "vendor", "provider"],
    &["product", "item", "goods", "article", "merchandise"],
    &["shop", "store", "outlet", "branch"],
    &["job", "occupation", "profession", "position", "role", "work"],
    &["course", "class", "lesson", "subject"],
    &["major", "subject", "field", "discipline"],
    &["grade", "mark", "score"],
    &["score", "points", "result", "rating"],
    &["rating", "stars", "review", "score"],
    &["rank", "ranking", "position", "place", "standing"],
    &["result", "outcome", "finish"],
    &["weight", "mass", "heavy", "heaviness"],
    &["height", "tall", "tallness", "elevation", "altitude", "high"],
    &["length", "long", "distance"],
    &["distance", "range", "miles", "mileage", "kilometers", "far"],
    &["duration", "length", "time", "long"],
    &["speed", "velocity", "fast", "pace"],
    &["size", "area", "dimension", "big"],
    &["capacity", "size", "seats", "seating"],
    &["population", "inhabitants", "residents", "people"],
    &["temperature", "temp", "hot", "cold", "warm"],
    &["rain", "rainfall", "precipitation"],
    &["killed", "deaths", "dead", "casualties", "fatalities", "died", "death"],
    &["injured", "wounded", "hurt", "injuries"],
    &["attendance", "audience", "spectators", "visitors", "crowd", "attendees"],
    &["budget", "funding", "funds"],
    &["color", "colour"],
    &["language", "tongue"],
    &["film", "movie"],
    &["song", "track"],
    &["artist", "singer", "musician", "performer"],
    &["author", "writer"],
    &["director", "maker"],
    &["publisher", "press"],
    &["team", "club", "squad", "side"],
    &["player", "athlete", "sportsman"],
    &["game", "match"],
    &["win", "victory", "wins"],
    &["party", "affiliation"],
    &["vote", "ballot"],
    &["building", "house", "property"],
    &["apartment", "flat", "unit"],
    &["room", "chamber"],
    &["car", "vehicle", "automobile"],
    &["plane", "aircraft", "airplane", "aeroplane"],
    &["ship", "vessel", "boat"],
    &["train", "railway"],
    &["origin", "source", "departure", "from", "came"],
    &["destination", "target", "arrival", "to"],
    &["phone", "telephone", "mobile", "cell"],
    &["email", "mail"],
    &["description", "detail", "summary", "info", "information"],
    &["comment", "note", "remark"],
    &["service", "offering"],
    &["theme", "topic", "subject"],
    &["hour", "time"],
    &["month", "monthly"],
    &["week", "weekly"],
    &["credit", "points"],
    &["discount", "reduction", "rebate"],
    &["payment", "paid", "pay"],
    &["method", "way", "means", "mode"],
    &["channel", "medium"],
    &["level", "tier", "grade", "degree"],
    &["founder", "creator", "founded"],
    &["owner", "holder", "proprietor"],
    &["advisor", "adviser", "mentor"],
    &["member", "participant"],
    &["race", "contest", "competition", "event"],
    &["competition", "tournament", "championship", "cup", "league"],
    &["disease", "illness", "condition", "allergy"],
    &["doctor", "physician"],
    &["drug", "medicine", "medication"],
    &["animal", "pet"],
    &["breed", "species"],
    &["stock", "inventory"],
    &["order", "purchase"],
    &["review", "feedback", "opinion"],
    &["percent", "percentage", "share", "proportion", "ratio", "pct"],
    &["rate", "ratio"],
    &["platform", "system", "os"],
    &["salesperson", "seller", "rep"],
    &["traffic", "visits", "views", "hits"],
    &["user", "member", "account"],
    &["energy", "power", "consumption"],
    &["dorm", "dormitory", "hall"],
    &["school", "college", "university"],
    &["hire", "recruit", "employ"],
    &["commission", "bonus"],
    &["tonnage", "tons", "tonnes"],
    &["spend", "expense", "expenditure", "spending", "cost"],
    &["contestant", "candidate", "competitor", "participant"],
    &["mascot", "symbol"],
    &["enrollment", "enrolment", "enrolled", "students"],
];

/// Shortened forms in columns' names, and what they stand for.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("dept", "department"),
    ("dep", "department"),
    ("dno", "department number"),
    ("num", "number"),
    ("no", "number"),
    ("nr", "number"),
    ("nbr", "number"),
    ("cnt", "count"),
    ("qty", "quantity"),
    ("amt", "amount"),
    ("avg", "average"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("pct", "percent"),
    ("perc", "percent"),
    ("desc", "description"),
    ("descr", "description"),
    ("addr", "address"),
    ("tel", "telephone"),
    ("ph", "phone"),
    ("yr", "year"),
    ("mon", "month"),
    ("mth", "month"),
    ("dt", "date"),
    ("dob", "birth date"),
    ("hr", "hour"),
    ("hrs", "hour"),
    ("mins", "minute"),
    ("secs", "second"),
    ("wt", "weight"),
    ("ht", "height"),
    ("lat", "latitude"),
    ("lon", "longitude"),
    ("lng", "longitude"),
    ("alt", "altitude"),
    ("elev", "elevation"),
    ("pop", "population"),
    ("temp", "temperature"),
    ("hum", "humidity"),
    ("precip", "precipitation"),
    ("org", "organization"),
    ("corp", "corporation"),
    ("co", "company"),
    ("comp", "company"),
    ("emp", "employee"),
    ("mgr", "manager"),
    ("stu", "student"),
    ("prof", "professor"),
    ("instr", "instructor"),
    ("cust", "customer"),
    ("prod", "product"),
    ("cat", "category"),
    ("mfr", "manufacturer"),
    ("mfg", "manufacturer"),
    ("inv", "invoice"),
    ("acct", "account"),
    ("acc", "account"),
    ("trans", "transaction"),
    ("txn", "transaction"),
    ("pmt", "payment"),
    ("bal", "balance"),
    ("rev", "revenue"),
    ("exp", "expense"),
    ("sal", "salary"),
    ("comm", "commission"),
    ("loc", "location"),
    ("ctry", "country"),
    ("st", "state"),
    ("reg", "region"),
    ("lang", "language"),
    ("nat", "nationality"),
    ("mf", "gender"),
    ("sem", "semester"),
    ("crs", "course"),
    ("sec", "section"),
    ("bldg", "building"),
    ("apt", "apartment"),
    ("rm", "room"),
    ("cap", "capacity"),
    ("img", "image"),
    ("pic", "picture"),
    ("lic", "license"),
    ("ver", "version"),
    ("src", "source"),
    ("dst", "destination"),
    ("dest", "destination"),
    ("orig", "origin"),
    ("dist", "distance"),
    ("dur", "duration"),
    ("len", "length"),
    ("vol", "volume"),
    ("pos", "position"),
    ("pts", "points"),
    ("rec", "record"),
    ("ref", "reference"),
    ("seq", "sequence"),
    ("std", "standard"),
    ("tot", "total"),
    ("ttl", "total"),
    ("uni", "university"),
    ("univ", "university"),
    ("gov", "government"),
    ("mkt", "market"),
    ("nation", "nationality"),
    ("fl", "flight"),
    ("flt", "flight"),
    ("arr", "arrival"),
    ("dpt", "departure"),
    ("info", "information"),
    ("auth", "author"),
    ("pub", "publisher"),
    ("perf", "performance"),
    ("eval", "evaluation"),
    ("attn", "attendance"),
    ("att", "attendance"),
    ("lname", "last name"),
    ("lname", "surname"),
    ("fname", "first name"),
    ("mname", "middle name"),
    ("uname", "user name"),
    ("pname", "product name"),
    ("cname", "name"),
    ("dname", "department name"),
    ("sname", "name"),
    ("ename", "employee name"),
    ("bdate", "birth date"),
    ("hiredate", "hire date"),
    ("zip", "postal code"),
    ("ssn", "social security number"),
    ("gpa", "grade point average"),
    ("gdp", "gross domestic product"),
    ("mpg", "miles per gallon"),
    ("hp", "horsepower"),
    ("horsepower", "power"),
    ("wl", "win loss"),
    ("km", "kilometers"),
    ("kg", "kilograms"),
    ("sqft", "square feet"),
    ("usd", "dollars"),
    ("os", "operating system"),
    ("hq", "headquarters"),
    ("cid", "course id"),
    ("sid", "student id"),
    ("pid", "product id"),
    ("eid", "employee id"),
    ("aid", "aircraft id"),
    ("uid", "user id"),
];

/// Words about the largest or smallest of something, and the something where the word itself says it.
const EXTREMES: &[(&str, Aggregate, &str)] = &[
    ("oldest", Aggregate::Max, "age"),
    ("youngest", Aggregate::Min, "age"),
    ("tallest", Aggregate::Max, "height"),
    ("shortest", Aggregate::Min, "height length duration distance"),
    ("longest", Aggregate::Max, "length duration distance"),
    ("heaviest", Aggregate::Max, "weight"),
    ("lightest", Aggregate::Min, "weight"),
    ("fastest", Aggregate::Max, "speed"),
    ("slowest", Aggregate::Min, "speed"),
    ("cheapest", Aggregate::Min, "price cost"),
    ("priciest", Aggregate::Max, "price cost"),
    ("farthest", Aggregate::Max, "distance"),
    ("hottest", Aggregate::Max, "temperature"),
    ("coldest", Aggregate::Min, "temperature"),
    ("latest", Aggregate::Max, "date year"),
    ("earliest", Aggregate::Min, "date year"),
];

/// What a question with `how` asks for.
const HOW: &[(&str, &str)] = &[
    ("old", "age"),
    ("tall", "height"),
    ("high", "height altitude elevation"),
    ("heavy", "weight"),
    ("long", "length duration"),
    ("far", "distance"),
    ("fast", "speed"),
    ("big", "size area"),
    ("large", "size area capacity"),
    ("hot", "temperature"),
    ("cold", "temperature"),
    ("warm", "temperature"),
    ("expensive", "price cost"),
    ("cheap", "price cost"),
    ("populous", "population"),
    ("deep", "depth"),
    ("wide", "width"),
    ("loud", "volume"),
];

/// What `older than`, `taller than` and so on compare.
const COMPARATIVES: &[(&str, &str, bool)] = &[
    ("older", "age", true),
    ("younger", "age", false),
    ("taller", "height", true),
    ("heavier", "weight", true),
    ("lighter", "weight", false),
    ("longer", "length duration distance", true),
    ("shorter", "length height duration", false),
    ("faster", "speed", true),
    ("slower", "speed", false),
    ("cheaper", "price cost", false),
    ("pricier", "price cost", true),
    ("farther", "distance", true),
    ("hotter", "temperature", true),
    ("warmer", "temperature", true),
    ("colder", "temperature", false),
    ("wider", "width", true),
    ("deeper", "depth", true),
];

/// Words that carry no meaning of their own between others.
pub(super) const FILLERS: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "for", "to", "and", "with", "their", "its", "that", "this", "these", "those",
    "is", "are", "was", "were", "be", "all", "please", "me", "my", "our", "it", "them", "they", "each", "s", "corresponding",
];

/// Words at the end of a column's name that people leave out: `dept_name` is called the department.
pub(super) const NAMING_WORDS: &[&str] =
    &["name", "code", "title", "type", "description", "value", "label", "details", "detail", "text", "date", "of", "in", "the", "yn", "is", "mf", "per"];

/// Words that make a column an identifier.
pub(super) const ID_WORDS: &[&str] = &["id", "ids", "key", "uuid", "guid", "identifier"];

static GROUPS: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, words) in SYNONYMS.iter().enumerate() {
        for word in *words {
            groups.entry(stem(word)).or_default().push(at);
        }
    }
    groups
});

static EXPANSIONS: LazyLock<HashMap<&'static str, Vec<Vec<String>>>> = LazyLock::new(|| {
    let mut expansions: HashMap<&str, Vec<Vec<String>>> = HashMap::new();
    for (short, long) in ABBREVIATIONS {
        expansions.entry(short).or_default().push(long.split(' ').map(str::to_owned).collect());
    }
    expansions
});

/// Whether two stems may stand for each other.
pub(super) fn synonymous(a: &str, b: &str) -> bool {
    match (GROUPS.get(a), GROUPS.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|group| b.contains(group)),
        _ => false,
    }
}

/// What a shortened word stands for, each as a row of words.
pub(super) fn expansions(word: &str) -> &'static [Vec<String>] {
    EXPANSIONS.get(word).map_or(&[], Vec::as_slice)
}

/// `oldest`: the maximum of an age.
pub(super) fn extreme(word: &str) -> Option<(Aggregate, Vec<&'static str>)> {
    EXTREMES.iter().find(|(name, ..)| *name == word).map(|(_, how, about)| (*how, about.split(' ').collect()))
}

/// `how old`: an age.
pub(super) fn how(word: &str) -> Option<Vec<&'static str>> {
    HOW.iter().find(|(name, _)| *name == word).map(|(_, about)| about.split(' ').collect())
}

/// `older than`: an age above.
pub(super) fn comparative(word: &str) -> Option<(Vec<&'static str>, bool)> {
    COMPARATIVES.iter().find(|(name, ..)| *name == word).map(|(_, about, above)| (about.split(' ').collect(), *above))
}

/// The short codes that tables use for a word about people or truth: `female` is `F` in many of them.
pub(super) fn codes(word: &str) -> &'static [&'static str] {
    match word {
        "female" | "females" | "woman" | "women" | "girl" | "girls" => &["f", "female", "w", "woman", "women", "girl"],
        "male" | "males" | "man" | "men" | "boy" | "boys" => &["m", "male", "man", "men", "boy"],
        _ => &[],
    }
}
