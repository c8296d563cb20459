//! From a line to a site: kinds of event, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use indgang_genomics::reference::{Fasta, ReferenceSequence};
use indgang_genomics::site::{Event, Site};
use indgang_genomics::vcf::{ReadOptions, Reader, VcfError};

fn sites(lines: &str, reference: Option<&dyn ReferenceSequence>) -> Result<Vec<Option<Site>>, VcfError> {
    let text = format!(
        "##fileformat=VCFv4.2\n##INFO=<ID=SVLEN,Number=A,Type=Integer,Description=\"l\">\n\
        ##INFO=<ID=STR_STATUS,Number=A,Type=String,Description=\"s\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{lines}"
    );
    let mut sites = Vec::new();
    Reader::open(text.as_bytes(), ReadOptions::default())?.for_each(|record| {
        for alternate in 1..=record.alternate_count() {
            sites.push(record.site(alternate, &[None], reference)?);
        }
        Ok(())
    })?;
    Ok(sites)
}

fn structural(sv_type: &str, end: u32) -> Event {
    Event::Structural { sv_type: sv_type.to_owned(), end }
}

fn repeat(copies: u32, status: Option<&str>) -> Event {
    let (unit, locus) = ("CGG".to_owned(), "CBL".to_owned());
    Event::Repeat { unit, copies, locus, status: status.map(str::to_owned), end: 130 }
}

#[test]
fn events() {
    let mate = |mate: &str| Event::Breakend { mate: mate.to_owned() };
    for (line, expected, event) in [
        ("chr1\t100\t.\ta\tc\t.\t.\t.", "1-100-A-C", Event::Small),
        ("M\t100\t.\tGAT\tGCT\t.\t.\t.", "MT-101-A-C", Event::Small),
        ("1\t100\t.\tGATTACA\tG\t.\t.\tSVTYPE=DEL;END=106", "1-100-GATTACA-G", Event::Small), // written out: small
        ("1\t100\t.\tN\t<DEL>\t.\t.\tEND=500;SVTYPE=DEL", "1-100-N-<DEL>", structural("DEL", 500)),
        ("1\t100\t.\tN\t<DEL>\t.\t.\tSVLEN=-50", "1-100-N-<DEL>", structural("DEL", 150)),
        ("1\t100\t.\tN\t<DUP:TANDEM>\t.\t.\tEND=500;SVTYPE=DUP", "1-100-N-<DUP:TANDEM>", structural("DUP:TANDEM", 500)),
        ("1\t100\t.\tN\t<CN3>\t.\t.\tEND=500;SVTYPE=CNV", "1-100-N-<CN3>", structural("CNV", 500)),
        ("1\t100\t.\tN\t<INS>\t.\t.\tSVLEN=300", "1-100-N-<INS>", structural("INS", 100)), // nothing of the reference
        ("1\t100\t.\tN\t<DEL>\t.\t.\tEND=5", "1-100-N-<DEL>", structural("DEL", 100)),     // END before POS
        ("MT\t15000\t.\tC\t<DEL>\t.\t.\tEND=700", "MT-15000-C-<DEL>", structural("DEL", 700)), // a circle
        ("MT\t15000\t.\tC\t<DEL>\t.\t.\tSVLEN=-2269", "MT-15000-C-<DEL>", structural("DEL", 700)),
        ("2\t100\t.\tG\tG]17:198]\t.\t.\tSVTYPE=BND", "2-100-G-G]17:198]", mate("17:198")),
        ("2\t100\t.\tG\t[chr3:12[G\t.\t.\t.", "2-100-G-[chr3:12[G", mate("chr3:12")),
        ("2\t100\t.\tG\tG.\t.\t.\t.", "2-100-G-G.", mate("")), // the mate is not known
        (
            "11\t100\t.\tC\t<STR12>\t.\t.\tEND=130;RU=CGG;REPID=CBL;STR_STATUS=normal",
            "11-100-C-<STR12>",
            repeat(12, Some("normal")),
        ),
        ("11\t100\t.\tC\t<STR99>\t.\t.\tEND=130;RU=CGG;VARID=CBL", "11-100-C-<STR99>", repeat(99, None)),
    ] {
        let site = sites(line, None).unwrap().remove(0).unwrap_or_else(|| panic!("{line} gave nothing"));
        assert_eq!((site.variant.to_string().as_str(), &site.event), (expected, &event), "{line}");
    }
    // Each alternate of a repeat has its own status.
    let both =
        sites("11\t100\t.\tC\t<STR9>,<STR90>\t.\t.\tEND=130;RU=CGG;REPID=CBL;STR_STATUS=normal,full_mutation", None);
    let both: Vec<Event> = both.unwrap().into_iter().flatten().map(|s| s.event).collect();
    assert_eq!(both, [repeat(9, Some("normal")), repeat(90, Some("full_mutation"))]);
    // These exist only as "other" in the calls of their neighbours, or lie outside the primary assembly.
    for line in ["1\t1\t.\tA\t*,<NON_REF>,<*>,<*:DEL>\t.\t.\t.", "GL000191.1\t1\t.\tA\tC\t.\t.\t."] {
        assert!(sites(line, None).unwrap().iter().all(Option::is_none), "{line}");
    }
}

#[test]
fn moved_left_and_checked_against_the_reference() {
    let fasta = Fasta::read(&b">1\nGGCACACATNR\n"[..]).unwrap();
    for (line, expected) in [
        ("1\t7\t.\tCA\tC\t.\t.\t.", "1-7-CA-C"),
        ("1\t6\t.\tACA\tA\t.\t.\t.", "1-2-GCA-G"),
        ("1\t8\t.\tA\tACA\t.\t.\t.", "1-2-G-GCA"),
        ("1\t11\t.\tT\tC\t.\t.\t.", "1-11-T-C"), // the reference is ambiguous there
        ("1\t50\t.\tA\tC\t.\t.\t.", "1-50-A-C"), // not at hand
        ("2\t5\t.\tCAA\tCA\t.\t.\t.", "2-5-CA-C"), // no sequence: trimmed
    ] {
        let site = sites(line, Some(&fasta)).unwrap().remove(0).unwrap();
        assert_eq!(site.variant.to_string(), expected, "{line}");
    }
    for (line, expected) in [
        ("1\t3\t.\tG\tC\t.\t.\t.", "line 5: REF is `G`, but the reference sequence has `C` there"), // not swapped
        ("1\t3\t.\tAC\tA\t.\t.\t.", "REF is `AC`, but the reference sequence has `CA`"),
        ("1\t3\t.\tCR\tC\t.\t.\t.", "line 5: REF is `CR`, expected the letters"),
        ("1\t3\t.\t.\tC\t.\t.\t.", "REF is `.`"),
        ("1\t3\t.\tC\tX\t.\t.\t.", "line 5: ALT is `X`"),
        ("1\t3\t.\tC\tA,\t.\t.\t.", "no fault"),  // an empty entry is no allele
        ("1\t3\t.\tC\tc\t.\t.\t.", "ALT is `c`"), // the same as REF
    ] {
        let found = sites(line, Some(&fasta)).map(|_| "no fault".to_owned()).unwrap_or_else(|e| e.to_string());
        assert!(found.contains(expected), "{line} gave {found}");
    }
}
