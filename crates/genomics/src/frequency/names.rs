//! The names under which laboratories write population frequencies.

/// What a known field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Frequency by alternate, or one for the line.
    Frequency,
    /// Frequency by allele, the reference first (dbSNP CAF).
    ReferenceFirst,
    /// Count of homozygous persons.
    Homozygotes,
    /// Count of hemizygous persons.
    Hemizygotes,
}

/// Whole names, in plain spelling ([`plain`]).
const NAMES: &[(&str, Meaning)] = &[
    ("caf", Meaning::ReferenceFirst),
    ("maxaf", Meaning::Frequency),  // VEP plugins, exported CSQ
    ("maxmaf", Meaning::Frequency), // older spelling
    ("mtaf", Meaning::Frequency),   // GenBank haplogroups, as MIP writes it
    ("popmaxaf", Meaning::Frequency),
    ("grpmaxaf", Meaning::Frequency),
    ("afpopmax", Meaning::Frequency), // gnomAD r2, r3
    ("afgrpmax", Meaning::Frequency), // gnomAD r4
    ("afnoncancer", Meaning::Frequency),
    ("noncanceraf", Meaning::Frequency),
    ("nhomalt", Meaning::Homozygotes), // gnomAD
    ("gnomadmtafhom", Meaning::Frequency),
    ("gnomadmtafhet", Meaning::Frequency),
];

/// Beginnings that name a resource; what follows must be a frequency or a count.
const RESOURCES: &[&str] = &[
    "gnomadexomes",
    "gnomadgenomes",
    "gnomade",
    "gnomadg",
    "gnomad",
    "exac",
    "1000g",
    "1000genomes",
    "kgp",
    "kg",
    "g1000",
    "tgp",
    "esp6500",
    "esp",
    "evs",
    "swegen",
    "topmed",
    "uk10k",
    "danmac",
    "alfa",
    "allofus",
    "svdb",
    "clinicalgenomics",
    "bravo",
];

/// Populations that 1000 Genomes and gnomAD write before or after `AF`.
const POPULATIONS: &[&str] =
    &["afr", "amr", "asj", "eas", "eur", "fin", "mid", "nfe", "oth", "sas", "remaining", "ami"];

impl Meaning {
    /// What an INFO field of this name holds; `None` when it says nothing about populations. Case, `_`, `-` and `.` do not
    /// count. `AF`, `MLEAF`, `AC_Hom` and the like describe the file itself.
    pub(super) fn of(id: &str) -> Option<Self> {
        let name = plain(id);
        if let Some((_, meaning)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Some(*meaning);
        }
        if POPULATIONS.iter().any(|p| name.strip_prefix("af") == Some(p) || name.strip_suffix("af") == Some(p)) {
            return Some(Self::Frequency);
        }
        let name = name.strip_prefix("dbnsfp").unwrap_or(&name);
        // Every beginning that fits is tried: `gnomadexac…` aside, `gnomade` and `gnomad` share letters.
        RESOURCES.iter().find_map(|resource| Self::of_rest(name.strip_prefix(resource)?)).or_else(|| {
            // The resource behind: AF_1000G, AF_gnomAD, popmax_gnomad.
            let rest = RESOURCES.iter().find_map(|resource| name.strip_suffix(resource))?;
            Self::of_rest(rest)
        })
    }

    /// `rest` is the name without its resource.
    fn of_rest(rest: &str) -> Option<Self> {
        let rest = rest.trim_start_matches(['2', '3', '4', 'r', 'v', '1']);
        let plain = rest.replace("noncancer", "").replace("controls", "");
        let without = ["adj", "popmax", "grpmax", "max", "all", "male", "female", "xx", "xy"]
            .iter()
            .chain(POPULATIONS)
            .fold(plain, |name, word| name.replacen(word, "", 1));
        match without.as_str() {
            // Structural variants: gnomAD's by SVDB, the callers' own by MIP.
            "af" | "maf" | "svaf" | "mipaf" => Some(Self::Frequency),
            "nhomalt" | "nhom" | "hom" | "homalt" | "achom" | "aachom" | "homcount" => Some(Self::Homozygotes),
            "nhemi" | "hemi" | "achemi" | "aachemi" | "nhemialt" | "hemicount" => Some(Self::Hemizygotes),
            _ => None,
        }
    }
}

/// Lower case, without `_`, `-` and `.`.
fn plain(id: &str) -> String {
    id.chars().filter(|c| !matches!(c, '_' | '-' | '.')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_use() {
        use Meaning::{Frequency, Hemizygotes, Homozygotes, ReferenceFirst};
        for (id, meaning) in [
            ("AF", None),     // the file's own
            ("MLEAF", None),  // GATK, the file's own
            ("AC_Hom", None), // bcftools fill-tags, the file's own
            ("AC_Hemi", None),
            ("MAF", None),
            ("SF", None),
            ("GNOMADAF", Some(Frequency)),
            ("gnomADAF", Some(Frequency)),
            ("gnomad_AF", Some(Frequency)),
            ("gnomADAF_popmax", Some(Frequency)),
            ("gnomad_popmax_af", Some(Frequency)), // slivar
            ("gnomad_popmax_af_filter", None),     // slivar's flag
            ("gnomADe_AF", Some(Frequency)),
            ("gnomADg_AF", Some(Frequency)),
            ("gnomADg_AF_nfe", Some(Frequency)),
            ("gnomAD_exomes_AF", Some(Frequency)),
            ("gnomad_v4_AF_grpmax", Some(Frequency)),
            ("gnomad_AF_non_cancer", Some(Frequency)),
            ("AF_popmax", Some(Frequency)),
            ("AF_grpmax", Some(Frequency)),
            ("AF_nfe", Some(Frequency)),
            ("EUR_AF", Some(Frequency)), // 1000 Genomes
            ("EXACAF", Some(Frequency)),
            ("EXACMAX_AF", Some(Frequency)),
            ("ExAC_Adj_AF", Some(Frequency)),
            ("dbNSFP_ExAC_AF", Some(Frequency)),
            ("1000GAF", Some(Frequency)),
            ("1000G_MAX_AF", Some(Frequency)),
            ("KGAF", Some(Frequency)),
            ("AF_1000G", Some(Frequency)),
            ("ESP_AF", Some(Frequency)),
            ("SWEGENAF", Some(Frequency)),
            ("TOPMED_AF", Some(Frequency)),
            ("MAX_AF", Some(Frequency)),
            ("MAX_MAF", Some(Frequency)),
            ("MTAF", Some(Frequency)),
            ("CAF", Some(ReferenceFirst)),
            ("gnomad_n_homalt", Some(Homozygotes)),
            ("gnomADe_nhomalt", Some(Homozygotes)),
            ("SWEGENAAC_Hom", Some(Homozygotes)),
            ("SWEGENAAC_Hemi", Some(Hemizygotes)),
            ("gnomad_n_hets", None),
            ("CSQ", None),
            ("KGFOO", None),
        ] {
            assert_eq!(Meaning::of(id), meaning, "{id}");
        }
    }
}
