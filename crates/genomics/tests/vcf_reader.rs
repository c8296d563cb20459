//! Whole files: forms of compression, order, faults, and that blocks change nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use indgang_genomics::vcf::{ReadOptions, Reader, Summary, VcfError};
use proptest::prelude::*;
use std::io::Write;
use std::num::NonZeroUsize;

const HEADER: &str = "##fileformat=VCFv4.3\n##contig=<ID=1,length=249250621>\n\
                      #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n";

fn line(contig: &str, position: u32) -> String {
    format!("{contig}\t{position}\t.\tA\tC,G\t9\tPASS\tDP=3\tGT\t0/1\t1/2\t./.\n")
}

fn file(places: &[(&str, u32)]) -> String {
    HEADER.to_owned() + &places.iter().map(|(c, p)| line(c, *p)).collect::<String>()
}

fn options(threads: usize, block: usize) -> ReadOptions {
    let number = |n| NonZeroUsize::new(n).unwrap();
    ReadOptions { threads: number(threads), block_bytes: number(block), ..ReadOptions::default() }
}

/// Line number, position and whole text of a record.
type Seen = (u64, u32, Vec<u8>);

/// The records in the order in which they are handed over.
fn read(bytes: &[u8], options: ReadOptions) -> Result<(Vec<Seen>, Summary), VcfError> {
    let mut all = Vec::new();
    let reader = Reader::open(bytes, options)?;
    let summary = reader.fold_blocks(
        Vec::new,
        |block, record| {
            block.push((record.line_number(), record.position(), record.text().to_vec()));
            Ok(())
        },
        |block| all.extend(block),
    )?;
    Ok((all, summary))
}

fn fault(bytes: &[u8], options: ReadOptions) -> String {
    read(bytes, options).map(|_| "no fault".to_owned()).unwrap_or_else(|e| e.to_string())
}

/// Blocks of `size` plain bytes as bgzip writes them, with the empty block at the end.
fn bgzf(plain: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::fastest());
    for block in plain.chunks(size).chain([&b""[..]]) {
        let mut data = vec![0; compressor.deflate_compress_bound(block.len())];
        let length = compressor.deflate_compress(block, &mut data).unwrap();
        // bgzip writes the empty block in the shortest way: 28 bytes in all.
        let (data, length) = if block.is_empty() { (vec![3, 0], 2) } else { (data, length) };
        out.extend([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, b'B', b'C', 2, 0]);
        out.extend(u16::try_from(length + 25).unwrap().to_le_bytes());
        out.extend(&data[..length]);
        out.extend(libdeflater::crc32(block).to_le_bytes());
        out.extend(u32::try_from(block.len()).unwrap().to_le_bytes());
    }
    out
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_form_reads_alike() {
    let places: Vec<(&str, u32)> = (1..400).map(|p| (if p < 200 { "1" } else { "chrX" }, p * 7)).collect();
    let text = file(&places);
    let plain = text.as_bytes();
    let (expected, summary) = read(plain, options(1, 1 << 20)).unwrap();
    assert_eq!((expected.len(), summary.records), (399, 399));
    assert_eq!(expected[0].0, 4, "lines are counted with the header");
    let cut = plain.len() / 2;
    let windows = text.replace('\n', "\r\n");
    for (name, bytes) in [
        ("bgzf", bgzf(plain, 60_000)),
        ("bgzf of small blocks", bgzf(plain, 100)),
        ("bgzf with an empty block inside", [bgzf(&plain[..cut], 500), bgzf(&plain[cut..], 500)].concat()),
        ("gzip", gzip(plain)),
        ("gzip of two members", [gzip(&plain[..cut]), gzip(&plain[cut..])].concat()),
        ("a byte order mark", [b"\xEF\xBB\xBF", plain].concat()),
        ("no line feed at the end", plain[..plain.len() - 1].to_vec()),
        ("CRLF", windows.into_bytes()),
    ] {
        for threads in [1, 3] {
            for block in [1, 64, 1000, 1 << 20] {
                let found = read(&bytes, options(threads, block)).unwrap_or_else(|e| panic!("{name}: {e}"));
                assert!(found.0 == expected && found.1 == summary, "{name}, {threads} threads, blocks of {block}");
            }
        }
        let mut lines = Vec::new();
        let reader = Reader::open(bytes.as_slice(), options(1, 333)).unwrap();
        reader
            .for_each(|record| {
                lines.push((record.line_number(), record.position(), record.text().to_vec()));
                Ok(())
            })
            .unwrap();
        assert!(lines == expected, "{name}, one by one");
    }
}

#[test]
fn faults_say_what_and_where() {
    let good = file(&[("1", 5), ("1", 9)]);
    let compressed = bgzf(good.as_bytes(), 70);
    let zipped = gzip(good.as_bytes());
    let mut wrong = compressed.clone();
    let last = wrong.len() - 28 - 8;
    wrong[last] ^= 1; // the checksum of the last block of text
    let with = |line: &str| (good.clone() + line).into_bytes();
    for (name, bytes, expected) in [
        ("empty", Vec::new(), "the file is empty"),
        ("empty gzip", gzip(b""), "the file is empty"),
        ("no fileformat", b"1\t5\t.\tA\tC\n".to_vec(), "a VCF begins with `##fileformat"),
        ("no column line", b"##fileformat=VCFv4.2\n##x=1\n".to_vec(), "line 3 comes where the line `#CHROM"),
        ("BCF", gzip(b"BCF\x02\x02rest"), "the file is BCF"),
        ("zstd", b"\x28\xb5\x2f\xfd....".to_vec(), "compressed with zstd"),
        ("no end marker", compressed[..compressed.len() - 28].to_vec(), "the BGZF end marker is missing"),
        ("cut block", compressed[..compressed.len() - 40].to_vec(), "the last BGZF block is incomplete"),
        ("cut in a block's header", compressed[..compressed.len() - 20].to_vec(), "the last BGZF block is incomplete"),
        ("wrong checksum", wrong, "another checksum"),
        ("cut gzip", zipped[..zipped.len() - 12].to_vec(), "the gzip stream has no end"),
        (
            "a column too few",
            with("1\t10\t.\tA\tC\t9\tPASS\tDP=3\tGT\t0/1\t0/1\n"),
            "line 6 has 11 columns, the header promises 12",
        ),
        ("a cut last line", with("1\t10\t.\tA"), "line 6 has 4 columns"),
        ("after a blank line, which counts", with("\n1\t10\t.\tA"), "line 7 has 4 columns"),
        ("POS", with(&line("1", 10).replace("10", "1O")), "line 6: POS is `1O`"),
        ("POS 0", with("2\t0\t.\tA\tC\t9\tPASS\tDP=3\tGT\t0/1\t0/1\t0/1\n"), "line 6: POS is 0, but `2` begins at 1"),
        ("negative POS", with(&line("1", 10).replace("10", "-1")), "POS is `-1`"),
        ("backwards", with(&line("1", 8)), "line 6: position 8 on `1` comes after 9; sort the file"),
        ("contig comes back", with(&(line("2", 1) + &line("1", 20))), "line 7: `1` comes back"),
    ] {
        for (threads, block) in [(1, 1 << 20), (2, 40)] {
            let found = fault(&bytes, options(threads, block));
            assert!(found.contains(expected), "{name}: {found}");
        }
    }
}

#[test]
fn the_first_fault_in_file_order_is_told() {
    let mut text = file(&(1..300).map(|p| ("1", p)).collect::<Vec<_>>());
    text += "1\t400\tcut\n";
    text += &file(&[("1", 1)])[HEADER.len()..];
    text += &"1\t1\tcut\n".repeat(200);
    for _ in 0..20 {
        assert!(fault(text.as_bytes(), options(4, 100)).starts_with("line 303 has 3 columns"));
    }
}

#[test]
fn limits_keep_memory_bounded() {
    let limited = || ReadOptions { line_limit: 1000, header_limit: 1000, ..options(2, 64) };
    let long = file(&[("1", 5)]) + &"A".repeat(5000);
    assert!(fault(long.as_bytes(), limited()).starts_with("line 5 is longer than 1000 bytes"));
    let header = "##fileformat=VCFv4.2\n".to_owned() + &"##x=1\n".repeat(1000);
    assert!(fault(header.as_bytes(), limited()).starts_with("the header is longer than 1000 bytes"));
    let many = HEADER.to_owned() + &line("1", 5).replace("C,G", &"C,".repeat(5000));
    assert!(fault(many.as_bytes(), options(1, 1 << 20)).starts_with("line 4 has more than 4096 alternate alleles"));
    // Empty blocks without end do not fill the memory: the fault at the end of them is reached.
    let empty = bgzf(b"", 1);
    let blocks = [&bgzf(HEADER.as_bytes(), 500)[..], &empty.repeat(20_000), b"x"].concat();
    assert!(fault(&blocks, limited()).contains("the last BGZF block is incomplete"));
    let endless = std::io::Read::chain(HEADER.as_bytes(), std::io::repeat(b'A'));
    let result = Reader::open(endless, limited()).unwrap().fold_blocks(|| (), |_, _| Ok(()), |()| ());
    assert!(matches!(result, Err(VcfError::LineTooLong { line: 4, .. })));
}

#[test]
fn a_fault_of_the_step_ends_the_reading() {
    let text = file(&(1..2000).map(|p| ("1", p)).collect::<Vec<_>>());
    let reader = Reader::open(text.as_bytes(), options(2, 100)).unwrap();
    let refuse = |_: &mut (), record: &indgang_genomics::vcf::Record<'_>| match record.position() {
        700.. => Err(VcfError::Refused { line: record.line_number(), message: "enough".to_owned() }),
        _ => Ok(()),
    };
    let error = reader.fold_blocks(|| (), refuse, |()| ()).unwrap_err();
    assert_eq!(error.to_string(), "line 703: enough");
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_panic_of_the_step_is_seen_and_nobody_waits() {
    let text = file(&(1..2000).map(|p| ("1", p)).collect::<Vec<_>>());
    let reader = Reader::open(text.as_bytes(), options(2, 100)).unwrap();
    let _ = reader.fold_blocks(
        || (),
        |(), r| {
            assert!(r.position() < 500);
            Ok(())
        },
        |()| (),
    );
}

#[test]
fn progress_counts_compressed_bytes() {
    let bytes = bgzf(file(&(1..500).map(|p| ("1", p)).collect::<Vec<_>>()).as_bytes(), 1000);
    let options = options(2, 100);
    let progress = options.progress.clone();
    read(&bytes, options).unwrap();
    assert_eq!(progress.load(std::sync::atomic::Ordering::Relaxed), bytes.len() as u64);
}

#[test]
fn columns_are_read_when_asked() {
    let text = HEADER.replace("##contig", "##INFO=<ID=A1,Number=A,Type=Float,Description=\"a\">\n\
        ##INFO=<ID=R1,Number=R,Type=Float,Description=\"r\">\n##INFO=<ID=S,Number=1,Type=String,Description=\"s\">\n##contig")
        + "chr2\t7\trs1;x\tAc\tC,<DEL>\t12.5\tq10;PASS\tFLAG;A1=0.1,0.2;R1=9,8,7;DP=4;S=a,b;ADP=5;U=3,4;V=6;N=.;W=1,2,3\tGT\t.\t.\t.\n";
    Reader::open(text.as_bytes(), ReadOptions::default())
        .unwrap()
        .for_each(|r| {
            assert_eq!((r.chromosome().unwrap().name(), r.chromosome_name()), ("2", &b"chr2"[..]));
            assert_eq!((r.id(), r.reference(), r.quality()), (Some(&b"rs1;x"[..]), &b"Ac"[..], Some(12.5)));
            assert_eq!(r.filters().collect::<Vec<_>>(), [b"q10"]);
            for (key, expected) in
                [("FLAG", Some("")), ("DP", Some("4")), ("A", None), ("A1", Some("0.1,0.2")), ("N", None), ("P", None)]
            {
                assert_eq!(r.info(key), expected.map(str::as_bytes), "{key}");
            }
            for (key, first, second) in [
                ("A1", Some("0.1"), Some("0.2")),
                ("R1", Some("8"), Some("7")), // the reference's value is not an alternate's
                ("S", Some("a,b"), Some("a,b")),
                ("U", Some("3"), Some("4")), // not defined: as many as alternates
                ("V", Some("6"), Some("6")),
                ("W", None, None), // not defined, and neither one nor as many
            ] {
                let expected = [first, second].map(|v| v.map(str::as_bytes));
                assert_eq!([r.info_at(key, 0), r.info_at(key, 1)], expected, "{key}");
            }
            assert_eq!(r.info_at("A1", 2), None);
            Ok(())
        })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Blocks, threads and compression change nothing: neither the records nor the fault.
    #[test]
    fn chunked_is_whole(
        places in prop::collection::vec((1u32..6, 1u32..2000), 0..120),
        sorted in prop::bool::weighted(0.8), damage in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        threads in 1usize..4, block in 1usize..3000, size in 1usize..5000, compress: bool,
    ) {
        let mut places: Vec<(String, u32)> = places.into_iter().map(|(c, p)| (c.to_string(), p)).collect();
        if sorted {
            places.sort();
        }
        let mut text = file(&places.iter().map(|(c, p)| (c.as_str(), *p)).collect::<Vec<_>>()).into_bytes();
        if let Some(index) = damage {
            let at = HEADER.len() + index.index(text.len() - HEADER.len() + 1);
            text.truncate(at);
        }
        let show = |r: Result<_, VcfError>| r.map_err(|e| e.to_string());
        let whole = show(read(&text, options(1, 1 << 20)));
        let bytes = if compress { bgzf(&text, size) } else { text };
        prop_assert_eq!(show(read(&bytes, options(threads, block))), whole);
    }

    /// Whatever the bytes are, there is an answer.
    #[test]
    fn any_bytes_are_survived(noise in prop::collection::vec(any::<u8>(), 0..400), block in 1usize..200) {
        for bytes in [noise.clone(), [HEADER.as_bytes(), &noise].concat(), [&bgzf(HEADER.as_bytes(), 50), &noise[..]].concat()] {
            let _ = read(&bytes, options(2, block));
        }
    }
}

#[test]
fn a_place_off_its_contig() {
    for (place, alternate, fault_part) in [
        (1000, "C", None),
        (1001, "C", Some("line 4: POS is 1001, but `7` has 1000 bases by the header; the position is wrong")),
        (1001, "A]7:5]", None), // the telomere
        (0, ".[7:5[", None),
        (0, "C", Some("line 4: POS is 0, but `7` begins at 1")),
        (1002, "<DEL>", Some("POS is 1002")),
    ] {
        let text = format!(
            "##fileformat=VCFv4.2\n##contig=<ID=7,length=1000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n7\t{place}\t.\tA\t{alternate}\t9\tPASS\t.\n"
        );
        match fault_part {
            None => assert_eq!(read(text.as_bytes(), options(1, 1 << 20)).unwrap().0.len(), 1, "{place} {alternate}"),
            Some(part) => {
                let found = fault(text.as_bytes(), options(1, 1 << 20));
                assert!(found.contains(part), "{found}");
            }
        }
    }
}
