//! What a sample's column means, as seen from one alternate: one line a case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use indgang_genomics::call::{Call, Genotype};
use indgang_genomics::vcf::{ReadOptions, Reader, Summary, VcfError};

const META: &str = "##fileformat=VCFv4.2\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n";

/// One line with one sample, read as seen from `alternate`.
fn read(meta: &str, alt: &str, format: &str, sample: &str, alternate: usize) -> Result<(Call, Summary), VcfError> {
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n";
    let text = format!("{meta}{columns}1\t5\t.\tA\t{alt}\t.\t.\t.\t{format}\t{sample}\n");
    let (mut calls, mut genotypes) = (Vec::new(), Vec::new());
    let summary = Reader::open(text.as_bytes(), ReadOptions::default())?.for_each(|record| {
        record.calls(alternate, &[Some(0), None], &mut calls)?;
        record.genotypes(alternate, &[Some(0), None], &mut genotypes)?;
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[1], Call::MISSING);
        assert_eq!(genotypes[1], Genotype::MISSING);
        // The fast path agrees, except for GATK's physical phase, which stands in other fields.
        if !format.contains("PGT") {
            assert_eq!(genotypes[0], calls[0].genotype);
        }
        Ok(())
    })?;
    Ok((calls[0], summary))
}

fn call(alt: &str, format: &str, sample: &str, alternate: usize) -> Call {
    read(META, alt, format, sample, alternate).unwrap_or_else(|e| panic!("{format} {sample}: {e}")).0
}

#[test]
fn genotypes() {
    // In `Display`, 1 is the alternate in question and 2 any other.
    for (alt, gt, alternate, copies, expected) in [
        ("C", "0/1", 1, 2, "0/1"),
        ("C", "1|0", 1, 2, "1|0"),
        ("C", "./.", 1, 2, "./."),
        ("C", ".|1", 1, 2, ".|1"),
        ("C", ".", 1, 0, "./."),
        ("C", "1", 1, 1, "1"), // one copy: X in a male, MT
        ("C", "0", 1, 1, "0"),
        ("C", "/0|1", 1, 2, "0/1"), // VCF 4.4: a separator before the first
        ("C", "|0|1", 1, 2, "0|1"),
        ("C,G", "1/2", 1, 2, "1/2"),
        ("C,G", "1/2", 2, 2, "2/1"),
        ("C,G", "0/2", 1, 2, "0/2"), // the other alternate is not the reference
        ("C,G", "2/2", 1, 2, "2/2"),
        ("C,G", "2", 1, 1, "2"),
        ("C,*", "0/2", 1, 2, "0/2"), // `*` too
        ("C,<NON_REF>", "0/2", 1, 2, "0/2"),
        ("C,G,T,CA,CC,CG,CT,GA,GC,GG,GT", "10/11", 11, 2, "2/1"), // two digits
        ("C", "0/0/1", 1, 0, "./."),                              // more than two copies are missing, not reference
        ("C", "0/0/0/0", 1, 0, "./."),
    ] {
        let (call, summary) = read(META, alt, "GT", gt, alternate).unwrap();
        assert_eq!(
            (call.genotype.copies, call.genotype.to_string().as_str()),
            (copies, expected),
            "{gt} from {alternate}"
        );
        // Each is asked for twice: by `calls` and by `genotypes`.
        assert_eq!(summary.polyploid_calls, if gt.matches('/').count() > 1 && !gt.starts_with('/') { 2 } else { 0 });
    }
}

#[test]
fn a_short_genotype_before_short_fields() {
    for (sample, copies) in
        [("1:4:7", 1), ("0:.:.", 1), (".:.:.", 0), ("0/1:4:7", 2), ("1|1:4:7", 2), ("1:4", 1), (".", 0)]
    {
        assert_eq!(call("C", "GT:AO:RO", sample, 1).genotype.copies, copies, "{sample}");
    }
}

#[test]
fn depths() {
    for (alt, format, sample, alternate, expected) in [
        ("C", "GT:AD", "0/1:10,5", 1, [Some(10), Some(5), Some(0)]),
        ("C,G", "GT:AD", "0/1:10,5,3", 1, [Some(10), Some(5), Some(3)]),
        ("C,G", "GT:AD", "0/1:10,5,3", 2, [Some(10), Some(3), Some(5)]),
        ("C,G,T", "GT:AD", "0/1:10,5,3,2", 2, [Some(10), Some(3), Some(7)]),
        ("C,G", "GT:AD", "0/1:10,5,.", 1, [Some(10), Some(5), None]),
        ("C", "GT:AD", "0/1:.", 1, [None; 3]),
        ("C", "GT:AD", "0/1", 1, [None; 3]),        // dropped at the end
        ("C", "GT:AD", "0/1:10,5,3", 1, [None; 3]), // not one for each allele: says nothing
        ("C", "GT:AD:DP", "0/1:10:15", 1, [None; 3]),
        ("C", "GT:RO:AO", "0/1:8:4", 1, [Some(8), Some(4), Some(0)]), // freebayes
        ("C,G", "GT:RO:AO", "0/1:8:4,2", 2, [Some(8), Some(2), Some(4)]),
        ("C,G", "GT:RO:AO", "0/1:8:4", 2, [Some(8), None, None]),
        ("C", "GT:DP:DV", "0/1:20:7", 1, [Some(13), Some(7), Some(0)]), // samtools
        ("C,G", "GT:DP:DV", "0/1:20:7", 1, [None; 3]),                  // DV counts both alternates
        ("C", "GT:AD", "0/1:10.0,5", 1, [Some(10), Some(5), Some(0)]),
        ("C", "GT:AD", "0/1:-1,5", 1, [None, Some(5), Some(0)]),
    ] {
        let call = call(alt, format, sample, alternate);
        assert_eq!([call.reference_depth, call.alternate_depth, call.other_depth], expected, "{format} {sample}");
    }
    // VarScan: AD is the alternate's depth alone.
    let meta = META.replace("Number=R", "Number=1");
    let call = read(&meta, "C", "GT:RD:AD", "0/1:9:6", 1).unwrap().0;
    assert_eq!((call.reference_depth, call.alternate_depth), (Some(9), Some(6)));
}

#[test]
fn likelihoods_and_qualities() {
    for (alt, format, sample, alternate, likelihoods, quality) in [
        ("C", "GT:GQ:PL", "0/1:99:30,0,40", 1, Some([30, 0, 40]), Some(99.0)),
        ("C", "GT:GQ:PL", "0/1:20.5:30,0,.", 1, None, Some(20.5)),
        // Genotypes 00 01 11 02 12 22: the second alternate has places 0, 3 and 5.
        ("C,G", "GT:PL", "0/2:10,20,30,40,50,60", 1, Some([10, 20, 30]), None),
        ("C,G", "GT:PL", "0/2:10,20,30,40,50,60", 2, Some([10, 40, 60]), None),
        ("C,G,T", "GT:PL", "0/3:0,1,2,3,4,5,6,7,8,9", 3, Some([0, 6, 9]), None),
        ("C,G", "GT:PL", "0/1:30,0,40", 1, None, None), // too few
        ("C", "GT:PL", "1:30,0", 1, None, None),        // one copy: no heterozygote
        ("C", "GT:GL", "0/1:-3,-0.5,-10.5", 1, Some([25, 0, 100]), None),
        ("C,G", "GT:GL", "1/2:-9,-5,-4,-3,-1,-2", 1, Some([80, 40, 30]), None), // 0 is the best of all six
        ("C", "GT:GQ", "0/1:nan", 1, None, None),
        ("C", "GT:GQ", "0/1:.", 1, None, None),
    ] {
        let call = call(alt, format, sample, alternate);
        assert_eq!((call.likelihoods, call.genotype_quality), (likelihoods, quality), "{format} {sample}");
    }
}

#[test]
fn phase_and_fractions() {
    for (alt, format, sample, expected, set) in [
        ("C", "GT:PS", "0|1:77", "0|1", Some(77)),
        ("C", "GT:PS", "0/1:77", "0/1", None), // not phased: no set
        ("C", "GT:PGT:PID", "0/1:0|1:500_A_C", "0|1", Some(500)),
        ("C", "GT:PGT:PID", "0/1:1|0:500_A_C", "1|0", Some(500)),
        ("C", "GT:PGT:PID", "1/1:1|1:500_A_C", "1/1", None),
        ("C", "GT:PGT:PID", "0/1:.:.", "0/1", None),
        ("C,G", "GT:PGT:PID", "0/2:1|0:500_A_G", "2|0", Some(500)),
        ("C,G", "GT:PGT:PID", "1/2:0|1:500_A_C", "1/2", None), // which of the two is "1"?
        ("C", "GT:PGT:PID:PS", "0|1:0|1:500_A_C:500", "0|1", Some(500)), // newer GATK writes both
    ] {
        let call = call(alt, format, sample, 1);
        assert_eq!((call.genotype.to_string().as_str(), call.phase_set), (expected, set), "{format} {sample}");
    }
    for (alt, format, sample, alternate, expected) in [
        ("C", "GT:AF", "0/1:0.25", 1, Some(0.25)),
        ("C,G", "GT:AF", "0/1:0.25,0.5", 2, Some(0.5)),
        ("C,G", "GT:VAF", "0/1:0.25", 2, None),
        ("C,G", "GT:HF", "0/1:0.5,0.25,0.125", 2, Some(0.125)), // one for each allele
        ("C", "GT:AF", "0/1:25", 1, None),                      // no fraction
        ("C", "GT:AF:VAF", "0/1:.:0.1", 1, Some(0.1)),
    ] {
        assert_eq!(call(alt, format, sample, alternate).allele_fraction, expected, "{format} {sample}");
    }
    // Depth stands by itself, GT need not come first, and without GT there is no genotype.
    let first = call("C", "DP:GT", "12:0/1", 1);
    assert_eq!((first.depth, first.genotype.to_string().as_str()), (Some(12), "0/1"));
    assert_eq!(call("C", "DP", "12", 1).genotype, Genotype::MISSING);
}

#[test]
fn faults() {
    for (alt, format, sample, alternate, expected) in [
        ("C", "GT", "0/2", 1, "line 4: GT `0/2` names allele 2, but the line has 1 alternate alleles"),
        ("C", "GT", "0/12", 1, "names allele 12"),
        ("C", "GT", "0/x", 1, "line 4: GT is `0/x`"),
        ("C", "GT", "0/", 1, "line 4: GT is `0/`"),
        ("C", "GT:DP", "0/1:many", 1, "line 4: DP is `many`, expected a number or `.`"),
        ("C", "GT:AD", "0/1:1,x", 1, "AD is `x`"),
        ("C", "GT", "0/1", 2, "alternate allele 2 was asked for, but the line has 1"),
        ("C", "GT", "0/1", 0, "alternate allele 0 was asked for"),
        (".", "GT", "0/0", 1, "alternate allele 1 was asked for, but the line has 0"),
    ] {
        let error = read(META, alt, format, sample, alternate).unwrap_err().to_string();
        assert!(error.contains(expected), "{format} {sample} gave {error}");
    }
}
