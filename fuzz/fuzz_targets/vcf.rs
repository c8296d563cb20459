//! Any bytes as a VCF: there is an answer, the same for one thread and for many small blocks, in bounded memory.

#![no_main]

use indgang_genomics::reference::Fasta;
use indgang_genomics::vcf::{ReadOptions, Reader, Record, VcfError};
use libfuzzer_sys::fuzz_target;
use std::num::NonZeroUsize;

fn options(threads: usize, block: usize) -> ReadOptions {
    let number = |n| NonZeroUsize::new(n).expect("not zero");
    let (line_limit, header_limit) = (1 << 20, 1 << 20);
    ReadOptions {
        threads: number(threads),
        block_bytes: number(block),
        line_limit,
        header_limit,
        ..ReadOptions::default()
    }
}

/// Asks a record for everything it can be asked for; gives the number of sites.
fn everything(record: &Record<'_>, reference: &Fasta) -> Result<usize, VcfError> {
    let samples = record.header().samples.len();
    let columns: Vec<Option<usize>> = (0..samples.min(4)).map(Some).chain([None]).collect();
    let (mut genotypes, mut sites) = (Vec::new(), 0);
    for (index, _) in record.alternates().enumerate() {
        record.genotypes(index + 1, &columns, &mut genotypes)?;
        sites += usize::from(record.site(index + 1, &columns, Some(reference))?.is_some());
        for key in ["DP", "AF", "CSQ", ""] {
            let _ = record.info_at(key, index);
        }
    }
    let _ = (record.quality(), record.id(), record.filters().count());
    Ok(sites)
}

fuzz_target!(|bytes: &[u8]| {
    let reference = Fasta::read(&b">1\nACACACACACGTGTGTGTNNNN\n"[..]).expect("a good FASTA");
    let mut one = 0;
    let alone = Reader::open(bytes, options(1, 1 << 20)).and_then(|reader| {
        let _ = reader.header().assembly();
        reader.for_each(|record| {
            one += everything(record, &reference)?;
            Ok(())
        })
    });
    let mut many = 0;
    let together = Reader::open(bytes, options(2, 37)).and_then(|reader| {
        let step = |sites: &mut usize, record: &Record<'_>| {
            *sites += everything(record, &reference)?;
            Ok(())
        };
        reader.fold_blocks(|| 0, step, |sites| many += sites)
    });
    match (alone, together) {
        (Ok(a), Ok(b)) => assert_eq!((a, one), (b, many)),
        (Err(_), Err(_)) => {}
        (a, b) => panic!("one thread says {a:?}, two say {b:?}"),
    }
});
