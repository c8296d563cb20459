//! The demo families' files, inside the binary, so that the demo needs nothing beside it.

/// Every file by its path under `demo/`. Licences stand beside them and in `DATA-LICENCES.md`.
pub const FILES: &[(&str, &[u8])] = &[
    ("ashkenazi-trio/README.md", include_bytes!("../../../demo/ashkenazi-trio/README.md")),
    ("ashkenazi-trio/case.json", include_bytes!("../../../demo/ashkenazi-trio/case.json")),
    ("ashkenazi-trio/citizens.toml", include_bytes!("../../../demo/ashkenazi-trio/citizens.toml")),
    ("ashkenazi-trio/family.ped", include_bytes!("../../../demo/ashkenazi-trio/family.ped")),
    ("ashkenazi-trio/family.vcf.gz", include_bytes!("../../../demo/ashkenazi-trio/family.vcf.gz")),
    ("ashkenazi-trio/wishes.toml", include_bytes!("../../../demo/ashkenazi-trio/wishes.toml")),
    ("pfeiffer/README.md", include_bytes!("../../../demo/pfeiffer/README.md")),
    ("pfeiffer/annotations.tsv.gz", include_bytes!("../../../demo/pfeiffer/annotations.tsv.gz")),
    ("pfeiffer/case.json", include_bytes!("../../../demo/pfeiffer/case.json")),
    ("pfeiffer/citizens.toml", include_bytes!("../../../demo/pfeiffer/citizens.toml")),
    ("pfeiffer/family.ped", include_bytes!("../../../demo/pfeiffer/family.ped")),
    ("pfeiffer/family.vcf.gz", include_bytes!("../../../demo/pfeiffer/family.vcf.gz")),
    ("pfeiffer/wishes.toml", include_bytes!("../../../demo/pfeiffer/wishes.toml")),
    ("records/README.md", include_bytes!("../../../demo/records/README.md")),
    ("records/hospital.json", include_bytes!("../../../demo/records/hospital.json")),
    ("records/practice.ndjson", include_bytes!("../../../demo/records/practice.ndjson")),
    ("scout-trio/README.md", include_bytes!("../../../demo/scout-trio/README.md")),
    ("scout-trio/case.json", include_bytes!("../../../demo/scout-trio/case.json")),
    ("scout-trio/citizens.toml", include_bytes!("../../../demo/scout-trio/citizens.toml")),
    ("scout-trio/family.ped", include_bytes!("../../../demo/scout-trio/family.ped")),
    ("scout-trio/family.str.vcf.gz", include_bytes!("../../../demo/scout-trio/family.str.vcf.gz")),
    ("scout-trio/family.sv.vcf.gz", include_bytes!("../../../demo/scout-trio/family.sv.vcf.gz")),
    ("scout-trio/family.vcf.gz", include_bytes!("../../../demo/scout-trio/family.vcf.gz")),
    ("scout-trio/wishes.toml", include_bytes!("../../../demo/scout-trio/wishes.toml")),
];

/// `demo.toml`.
pub const HOUSE: &str = include_str!("../../../demo/demo.toml");
