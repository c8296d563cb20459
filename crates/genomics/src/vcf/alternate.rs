//! The kinds of alternate allele.

/// One entry of ALT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alternate<'a> {
    /// Bases, as written (any case).
    Sequence(&'a [u8]),
    /// `<DEL>`, `<DUP:TANDEM>`, `<STR27>`: the text with its brackets.
    Symbolic(&'a [u8]),
    /// `G]17:198982]`, `.A`, `A.`: a breakend.
    Breakend(&'a [u8]),
    /// `*`, `<*:DEL>`: this place is deleted by a variant that begins before it.
    SpanningDeletion,
    /// `<NON_REF>`, `<*>`: any other allele.
    Unspecified,
    /// `.`: no alternate.
    None,
}

impl<'a> Alternate<'a> {
    /// Reads one entry of ALT. Whether a sequence is made of bases is checked where it is used.
    pub fn of(text: &'a [u8]) -> Self {
        match text {
            b"." | b"" => Self::None,
            b"*" | b"<*:DEL>" => Self::SpanningDeletion,
            b"<NON_REF>" | b"<*>" | b"<X>" => Self::Unspecified,
            [b'<', .., b'>'] => Self::Symbolic(text),
            _ if text.iter().any(|b| matches!(b, b'[' | b']')) => Self::Breakend(text),
            [b'.', ..] | [.., b'.'] => Self::Breakend(text),
            _ => Self::Sequence(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_alternate() {
        for (text, expected) in [
            (&b"A"[..], Alternate::Sequence(b"A")),
            (b"acgtn", Alternate::Sequence(b"acgtn")),
            (b"<DEL>", Alternate::Symbolic(b"<DEL>")),
            (b"<STR27>", Alternate::Symbolic(b"<STR27>")),
            (b"<DUP:TANDEM>", Alternate::Symbolic(b"<DUP:TANDEM>")),
            (b"G]17:198982]", Alternate::Breakend(b"G]17:198982]")),
            (b"]<ctg1>:7]A", Alternate::Breakend(b"]<ctg1>:7]A")), // a mate on an assembly contig
            (b".A", Alternate::Breakend(b".A")),                   // single breakend
            (b"A.", Alternate::Breakend(b"A.")),
            (b"*", Alternate::SpanningDeletion),
            (b"<*:DEL>", Alternate::SpanningDeletion),
            (b"<NON_REF>", Alternate::Unspecified),
            (b"<*>", Alternate::Unspecified),
            (b".", Alternate::None),
        ] {
            assert_eq!(Alternate::of(text), expected);
        }
    }
}
