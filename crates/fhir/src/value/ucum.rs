//! Units of measure (UCUM, case-sensitive): enough of its grammar to tell whether two units are commensurable and by which factor.
//!
//! Source: Schadow and McDonald, *The Unified Code for Units of Measure*, version 2.1. Special units that need an offset
//! (`Cel`, `[degF]`) and arbitrary units (`[iU]`) are dimensions of their own: equal to themselves and to nothing else.

use super::decimal::Decimal;
use std::collections::BTreeMap;

/// Deepest nesting of parentheses in a unit.
const DEEPEST: usize = 16;

/// A unit in base units: `factor.0 / factor.1` times the product of powers of the base units.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Numerator and denominator.
    pub factor: (Decimal, Decimal),
    /// Exponent of each base unit; zeros are left out.
    pub dimensions: BTreeMap<&'static str, i32>,
}

impl Unit {
    /// The unit `1`.
    #[must_use]
    pub fn one() -> Self {
        Self { factor: (1.into(), 1.into()), dimensions: BTreeMap::new() }
    }

    /// Reads a unit such as `mg/dL`, `kg.m/s2` or `10*3/uL`; `None` for one that is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 200 {
            return None;
        }
        let mut reader = Reader { rest: text, depth: 0 };
        let unit = reader.term()?;
        reader.rest.is_empty().then_some(unit)
    }

    fn times(mut self, other: &Self, power: i32) -> Option<Self> {
        for _ in 0..power.unsigned_abs() {
            let (up, down) = if power > 0 { other.factor } else { (other.factor.1, other.factor.0) };
            self.factor = (self.factor.0.times(up)?.normalised(), self.factor.1.times(down)?.normalised());
        }
        for (base, exponent) in &other.dimensions {
            let sum = self.dimensions.get(base).unwrap_or(&0) + exponent * power;
            if sum == 0 {
                self.dimensions.remove(base)
            } else {
                self.dimensions.insert(base, sum)
            };
        }
        Some(self)
    }

    /// The value in base units.
    #[must_use]
    pub fn canonical(&self, value: Decimal) -> Option<Decimal> {
        let scaled = value.times(self.factor.0)?;
        if self.factor.1 == Decimal::from(1) { Some(scaled) } else { scaled.over(self.factor.1) }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn term(&mut self) -> Option<Unit> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut unit = Unit::one();
        let mut power = if self.eat("/") { -1 } else { 1 };
        loop {
            let component = self.component()?;
            unit = unit.times(&component, power)?;
            if self.eat(".") {
                power = 1;
            } else if self.eat("/") {
                power = -1;
            } else {
                self.depth -= 1;
                return Some(unit);
            }
        }
    }

    fn component(&mut self) -> Option<Unit> {
        if self.eat("(") {
            let inner = self.term()?;
            return if self.eat(")") { Some(inner) } else { None };
        }
        if self.rest.starts_with('{') {
            self.annotation()?;
            return Some(Unit::one());
        }
        if self.rest.starts_with("10*") || self.rest.starts_with("10^") {
            self.rest = &self.rest[3..];
            let power = self.exponent().unwrap_or(1);
            let ten = Unit { factor: (10.into(), 1.into()), dimensions: BTreeMap::new() };
            return bounded(power).and_then(|p| Unit::one().times(&ten, p));
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let number = Decimal::parse(&self.rest[..digits])?;
            self.rest = &self.rest[digits..];
            if number.is_zero() {
                return None;
            }
            return Some(Unit { factor: (number, 1.into()), dimensions: BTreeMap::new() });
        }
        let unit = self.simple()?;
        let power = self.exponent().unwrap_or(1);
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        bounded(power).and_then(|p| Unit::one().times(&unit, p))
    }

    fn simple(&mut self) -> Option<Unit> {
        let mut in_brackets = false;
        let end = self
            .rest
            .char_indices()
            .find(|(_, c)| {
                in_brackets = (in_brackets || *c == '[') && *c != ']';
                !in_brackets && (c.is_ascii_digit() || matches!(c, '.' | '/' | '(' | ')' | '{' | '+' | '-'))
            })
            .map_or(self.rest.len(), |(at, _)| at);
        let (symbol, rest) = self.rest.split_at(end);
        self.rest = rest;
        atom(symbol).or_else(|| {
            PREFIXES.iter().find_map(|(prefix, exponent)| {
                let unit = atom(symbol.strip_prefix(prefix)?)?;
                let ten = Decimal::new(10i128.checked_pow(exponent.unsigned_abs())?, 0);
                let factor = if *exponent >= 0 { (ten, 1.into()) } else { (1.into(), ten) };
                Unit { factor, dimensions: BTreeMap::new() }.times(&unit, 1)
            })
        })
    }

    fn exponent(&mut self) -> Option<i32> {
        let signed = usize::from(self.rest.starts_with(['+', '-']));
        let digits = self.rest[signed..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        let (number, rest) = self.rest.split_at(signed + digits);
        self.rest = rest;
        number.parse().ok()
    }

    fn annotation(&mut self) -> Option<()> {
        let end = self.rest.find('}')?;
        self.rest = &self.rest[end + 1..];
        Some(())
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

fn bounded(power: i32) -> Option<i32> {
    (-30..=30).contains(&power).then_some(power)
}

fn atom(symbol: &str) -> Option<Unit> {
    let (base, numerator, denominator) = ATOMS.iter().find(|(s, ..)| *s == symbol).map(|(_, b, n, d)| (*b, *n, *d))?;
    let mut unit =
        Unit { factor: (Decimal::parse(numerator)?, Decimal::parse(denominator)?), dimensions: BTreeMap::new() };
    for part in base.split('.').filter(|p| !p.is_empty()) {
        let (name, power) = part.split_once('^').map_or((part, 1), |(n, p)| (n, p.parse().unwrap_or(1)));
        unit.dimensions.insert(name, power);
    }
    Some(unit)
}

const PREFIXES: [(&str, i32); 20] = [
    ("da", 1),
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("z", -21),
    ("y", -24),
];

/// Symbol, base units with powers, and the factor as numerator and denominator.
const ATOMS: [(&str, &str, &str, &str); 84] = [
    ("m", "m", "1", "1"),
    ("s", "s", "1", "1"),
    ("g", "g", "1", "1"),
    ("rad", "rad", "1", "1"),
    ("K", "K", "1", "1"),
    ("C", "C", "1", "1"),
    ("cd", "cd", "1", "1"),
    ("1", "", "1", "1"),
    ("%", "", "1", "100"),
    ("[ppth]", "", "1", "1000"),
    ("[ppm]", "", "1", "1000000"),
    ("[ppb]", "", "1", "1000000000"),
    ("[pi]", "", "3.1415926535897932384626433833", "1"),
    ("mol", "", "602214076000000000000000", "1"),
    ("eq", "", "602214076000000000000000", "1"),
    ("osm", "", "602214076000000000000000", "1"),
    ("sr", "rad^2", "1", "1"),
    ("Hz", "s^-1", "1", "1"),
    ("Bq", "s^-1", "1", "1"),
    ("N", "g.m.s^-2", "1000", "1"),
    ("Pa", "g.m^-1.s^-2", "1000", "1"),
    ("J", "g.m^2.s^-2", "1000", "1"),
    ("W", "g.m^2.s^-3", "1000", "1"),
    ("A", "C.s^-1", "1", "1"),
    ("V", "g.m^2.s^-2.C^-1", "1000", "1"),
    ("F", "g^-1.m^-2.s^2.C^2", "1", "1000"),
    ("Ohm", "g.m^2.s^-1.C^-2", "1000", "1"),
    ("S", "g^-1.m^-2.s.C^2", "1", "1000"),
    ("Gy", "m^2.s^-2", "1", "1"),
    ("Sv", "m^2.s^-2", "1", "1"),
    ("l", "m^3", "1", "1000"),
    ("L", "m^3", "1", "1000"),
    ("ar", "m^2", "100", "1"),
    ("min", "s", "60", "1"),
    ("h", "s", "3600", "1"),
    ("d", "s", "86400", "1"),
    ("wk", "s", "604800", "1"),
    ("a", "s", "31557600", "1"),
    ("a_j", "s", "31557600", "1"),
    ("mo", "s", "2629800", "1"),
    ("mo_j", "s", "2629800", "1"),
    ("t", "g", "1000000", "1"),
    ("bar", "g.m^-1.s^-2", "100000000", "1"),
    ("u", "g", "1.6605390666e-24", "1"),
    ("m[H2O]", "g.m^-1.s^-2", "9806650", "1"),
    ("m[Hg]", "g.m^-1.s^-2", "133322000", "1"),
    ("[in_i]", "m", "2.54", "100"),
    ("[ft_i]", "m", "30.48", "100"),
    ("[yd_i]", "m", "91.44", "100"),
    ("[mi_i]", "m", "1609.344", "1"),
    ("[nmi_i]", "m", "1852", "1"),
    ("[lb_av]", "g", "453.59237", "1"),
    ("[oz_av]", "g", "28.349523125", "1"),
    ("[gr]", "g", "0.06479891", "1"),
    ("[stone_av]", "g", "6350.29318", "1"),
    ("[gal_us]", "m^3", "0.003785411784", "1"),
    ("[qt_us]", "m^3", "0.000946352946", "1"),
    ("[pt_us]", "m^3", "0.000473176473", "1"),
    ("[foz_us]", "m^3", "0.0000295735295625", "1"),
    ("[cup_us]", "m^3", "0.0002365882365", "1"),
    ("[tbs_us]", "m^3", "0.00001478676478125", "1"),
    ("[tsp_us]", "m^3", "0.00000492892159375", "1"),
    ("[sft_i]", "m^2", "0.09290304", "1"),
    ("cal", "g.m^2.s^-2", "4184", "1"),
    ("[Cal]", "g.m^2.s^-2", "4184000", "1"),
    ("deg", "rad", "3.1415926535897932384626433833", "180"),
    ("kat", "s^-1", "602214076000000000000000", "1"),
    ("U", "s^-1", "602214076000000000", "60"),
    ("Cel", "Cel", "1", "1"),
    ("[degF]", "[degF]", "1", "1"),
    ("[iU]", "[iU]", "1", "1"),
    ("[IU]", "[iU]", "1", "1"),
    ("[arb'U]", "[arb'U]", "1", "1"),
    ("[pH]", "[pH]", "1", "1"),
    ("[HPF]", "", "1", "1"),
    ("[LPF]", "", "100", "1"),
    ("[drp]", "m^3", "1", "20000000"),
    ("[diop]", "m^-1", "1", "1"),
    ("B", "B", "1", "1"),
    ("Np", "Np", "1", "1"),
    ("bit", "", "1", "1"),
    ("By", "", "8", "1"),
    ("[CFU]", "[CFU]", "1", "1"),
    ("[PFU]", "[PFU]", "1", "1"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_dimensions_and_factors() {
        for (unit, value, same_unit, same_value) in [
            ("g", "4", "mg", "4000"),
            ("[in_i]", "1", "cm", "2.54"),
            ("mg/dL", "100", "g/L", "1"),
            ("cm.m", "4", "m2", "0.04"),
            ("10*9/L", "5", "10*3/uL", "5"),
            ("mm[Hg]", "1", "Pa", "133.322"),
            ("/min", "60", "Hz", "1"),
            ("kg.m/s2", "1", "N", "1"),
            ("mmol/L", "1", "umol/mL", "1"),
            ("%", "50", "1", "0.5"),
            ("{beats}/min", "60", "/min", "60"),
        ] {
            let (a, b) = (Unit::parse(unit).unwrap(), Unit::parse(same_unit).unwrap());
            assert_eq!(a.dimensions, b.dimensions, "{unit}");
            let canonical = |u: &Unit, v| u.canonical(Decimal::parse(v).unwrap()).unwrap().to_f64();
            let (x, y) = (canonical(&a, value), canonical(&b, same_value));
            assert!((x - y).abs() <= 1e-12 * x.abs(), "{unit}: {x} {y}");
        }
    }

    #[test]
    fn other_units_are_other() {
        assert_ne!(Unit::parse("cm").unwrap().dimensions, Unit::parse("s").unwrap().dimensions);
        assert_ne!(Unit::parse("Cel").unwrap().dimensions, Unit::parse("[degF]").unwrap().dimensions);
        for text in ["", "lbs", "[s]", "m/", "(m", "{a", "m99", "0.m", "((((((((((((((((((m))))))))))))))))))"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }
}
