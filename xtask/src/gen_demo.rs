//! `cargo xtask gen demo`: plants one published variant de novo in the child of the demo trio.
//!
//! The trio is real, open data and healthy as far as anybody has said; a demo needs an answer to find.
//! What is planted carries the INFO flag PLANTED, and `demo/ashkenazi-trio/README.md` says so.
//! Without `--source` the shipped file is taken, its planted record removed and planted anew: the step can be repeated anywhere.

use crate::bgzf;
use anyhow::{Context, Result, bail};
use std::path::Path;

const FILE: &str = "demo/ashkenazi-trio/family.vcf.gz";
const HEADER: &str =
    "##INFO=<ID=PLANTED,Number=0,Type=Flag,Description=\"Not seen in these samples: planted for the demonstration\">";

/// NRAS c.149C>T p.(Thr50Ile), the variant of `individual 6` of PMID:26467218, heterozygous in the child only.
/// Depths, qualities and likelihoods are of the size the neighbouring real records have.
const RECORD: &str = "1\t115256562\t.\tG\tA\t1212.13\tPASS\t\
AC=1;AF=0.167;AN=6;BaseQRankSum=0.412;ClippingRankSum=-0.213;DP=209;FS=1.107;MLEAC=1;MLEAF=0.167;MQ=60;\
MQRankSum=0.164;QD=13.32;ReadPosRankSum=0.581;SOR=0.744;VQSLOD=18.02;culprit=MQ;PLANTED;\
BCSQ=missense|NRAS|ENST00000369535|protein_coding|-|50T>50I|115256562G>A\t\
GT:AD:DP:GQ:PL\t0/1:48,43:91:99:1254,0,1398\t0/0:61,0:61:99:0,120,1800\t0/0:57,0:57:99:0,120,1800";

/// Writes the planted file, unless it holds exactly that already.
pub fn run(root: &Path, source: Option<&Path>) -> Result<()> {
    let target = root.join(FILE);
    let input = bgzf::read(source.unwrap_or(&target))?;
    let text = String::from_utf8(input).context("the trio's VCF must be text")?;
    let planted = plant(&text)?;
    if source.is_none() && planted == text {
        println!("{FILE} is as it should be");
        return Ok(());
    }
    std::fs::write(&target, bgzf::compress(planted.as_bytes(), 9)?).with_context(|| format!("writing {FILE}"))?;
    println!("{FILE} written");
    Ok(())
}

fn plant(text: &str) -> Result<String> {
    let place = place(RECORD).context("the planted record has a place")?;
    let mut out = String::with_capacity(text.len() + RECORD.len() + HEADER.len() + 2);
    let (mut columns, mut done) = (false, false);
    for line in text.lines() {
        if line == HEADER || line == RECORD {
            continue;
        }
        if line.starts_with("#CHROM") {
            columns = line.ends_with("\tHG002\tHG003\tHG004");
            push(&mut out, HEADER);
        } else if !line.starts_with('#') && !done && is_after(line, place)? {
            push(&mut out, RECORD);
            done = true;
        }
        push(&mut out, line);
    }
    if !columns {
        bail!("the source must have the samples HG002, HG003, HG004 in this order");
    }
    if !done {
        push(&mut out, RECORD);
    }
    Ok(out)
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn is_after(line: &str, (chromosome, position): (&str, u64)) -> Result<bool> {
    let (other, at) = place(line).with_context(|| format!("no CHROM and POS in `{line}`"))?;
    if other == chromosome && at == position {
        bail!("the source has a record at {chromosome}:{position} already");
    }
    Ok(other != chromosome || at > position)
}

fn place(line: &str) -> Option<(&str, u64)> {
    let mut columns = line.split('\t');
    Some((columns.next()?, columns.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG002\tHG003\tHG004\n\
                          1\t115238016\t.\tCA\tC\n1\t115276978\t.\tGA\tG\n2\t5\t.\tA\tC\n";

    fn places(text: &str) -> Vec<(&str, u64)> {
        text.lines().filter(|l| !l.starts_with('#')).filter_map(place).collect()
    }

    #[test]
    fn the_record_stands_in_its_sorted_place() {
        let planted = plant(SOURCE).unwrap();
        assert_eq!(places(&planted), [("1", 115238016), ("1", 115256562), ("1", 115276978), ("2", 5)]);
        assert!(planted.contains("ID=PLANTED"));
    }

    #[test]
    fn planting_twice_changes_nothing() {
        let once = plant(SOURCE).unwrap();
        assert_eq!(plant(&once).unwrap(), once);
    }

    #[test]
    fn a_source_that_does_not_fit_is_refused() {
        for (source, part) in [
            (SOURCE.replace("HG002", "X"), "HG002, HG003, HG004"),
            (SOURCE.replace("115276978", "115256562"), "already"),
        ] {
            assert!(plant(&source).unwrap_err().to_string().contains(part));
        }
    }

    /// The shipped file is what this step makes of it.
    #[test]
    fn the_shipped_file_is_planted() {
        let path = crate::root().unwrap().join(FILE);
        let text = String::from_utf8(bgzf::read(&path).unwrap()).unwrap();
        assert_eq!(text.lines().filter(|l| l.contains("PLANTED;")).count(), 1);
        assert!(plant(&text).unwrap() == text);
    }
}
