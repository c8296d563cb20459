//! Variant Call Format 4.1 to 4.4: plain text, gzip and BGZF.
//!
//! Reading has two stages. [`Reader::open`] reads the header; [`Reader::fold_blocks`] then inflates and parses blocks of
//! whole lines on worker threads, and hands each block's result over in file order.
//! A [`Record`] is a view over one line: a column or a FORMAT field is parsed when it is asked for.
//!
//! ```
//! use indgang_genomics::vcf::{ReadOptions, Reader};
//! let text = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tchild\n\
//!              1\t100\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n";
//! let reader = Reader::open(&text[..], ReadOptions::default())?;
//! let child = reader.header().sample_index("child");
//! let mut carried = 0;
//! let summary = reader.fold_blocks(
//!     || 0,
//!     |count, record| {
//!         let mut genotypes = Vec::new();
//!         record.genotypes(1, &[child], &mut genotypes)?;
//!         *count += usize::from(genotypes[0].carries());
//!         Ok(())
//!     },
//!     |count| carried += count,
//! )?;
//! assert_eq!((carried, summary.records), (1, 1));
//! # Ok::<(), indgang_genomics::vcf::VcfError>(())
//! ```

mod alleles;
mod alternate;
mod bgzf;
mod block;
mod calls;
mod error;
mod genotype;
mod header;
mod inflate;
mod layout;
mod numbers;
mod pipeline;
mod reader;
mod record;
mod site;

pub use alleles::{AlleleCall, Phase};
pub use alternate::Alternate;
pub use bgzf::Packer;
pub use error::VcfError;
pub use header::{Contig, Definition, Header, Kind, Number};
pub use reader::{ReadOptions, Reader, Summary};
pub use record::Record;
