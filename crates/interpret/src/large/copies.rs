//! What lines say by numbers of copies (CN) where they say nothing, or too little, by genotypes.

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::pedigree::Family;
use indgang_genomics::site::Event;
use indgang_genomics::structural::Kind;
use indgang_genomics::vcf::{Alternate, Record, VcfError};
use indgang_model::{Region, Sex, Variant};

/// A family's numbers of copies in one file.
#[derive(Clone, Copy)]
pub(crate) struct CopyNumbers<'a> {
    pub(crate) family: &'a Family,
    /// Column of each member.
    pub(crate) columns: &'a [Option<usize>],
    /// Members whose copies tell what a `<CNV>` is: the first of them who differs.
    pub(crate) asked: &'a [usize],
}

impl CopyNumbers<'_> {
    /// Copies that a member has of an undisturbed place; `None` where her sex must be known and is not.
    fn usual(self, member: usize, region: Region) -> Option<u32> {
        match (region, self.family.members[member].sex) {
            (Region::Autosome | Region::PseudoAutosomal, _) | (Region::X, Sex::Female) => Some(2),
            (Region::X | Region::Y, Sex::Male) => Some(1),
            _ => None,
        }
    }

    /// Copies, and the usual ones, of the first asked who differs.
    fn differing(self, told: &[Option<u32>], region: Region) -> Option<(u32, u32)> {
        let of = |m: &usize| Some((told[*m]?, self.usual(*m, region)?));
        self.asked.iter().filter_map(of).find(|(has, usual)| has != usual)
    }

    /// True of an allele whose carriers CN can tell.
    pub(crate) fn may_tell(record: &Record<'_>, alternate: Alternate<'_>) -> bool {
        let Alternate::Symbolic(symbol) = alternate else { return false };
        let counted = [&b"<DEL"[..], b"<DUP", b"<CNV"].iter().any(|name| symbol.starts_with(name));
        counted && record.alternate_count() == 1
    }

    /// Callers of copy number write CN and often no genotype: a loss is then carried on as many copies as are gone, a
    /// gain on one, or on both from two copies more.
    pub(crate) fn complete(
        self,
        record: &Record<'_>,
        allele: usize,
        region: Region,
        calls: &mut [Call],
    ) -> Result<(), VcfError> {
        let alternate = record.alternate(allele)?;
        let Alternate::Symbolic(symbol) = alternate else { return Ok(()) };
        let unknown = |call: &Call| call.genotype.alleles.iter().all(|a| *a == AlleleCode::Missing);
        if !Self::may_tell(record, alternate) || !calls.iter().any(unknown) {
            return Ok(());
        }
        let told = record.copy_numbers(self.columns)?;
        // Of a `<CNV>` the allele is what the first asked has: who has more is no carrier of the same as who has less.
        let (mut losses, mut gains) = (!symbol.starts_with(b"<DUP"), !symbol.starts_with(b"<DEL"));
        if let (true, true, Some((has, usual))) = (losses, gains, self.differing(&told, region)) {
            (losses, gains) = (has < usual, has > usual);
        }
        for (member, (call, copies)) in calls.iter_mut().zip(told).enumerate() {
            let (Some(has), Some(usual)) = (copies, self.usual(member, region)) else { continue };
            if unknown(call) {
                let changed = (has < usual && losses) || (has > usual && gains);
                call.genotype = genotype(usual, if changed { has.abs_diff(usual) } else { 0 });
                if has != usual && !changed {
                    call.genotype.alleles[1] = AlleleCode::Other;
                }
            }
        }
        Ok(())
    }

    /// What kind of structural variant an allele is; of a `<CNV>` by the copies of those asked.
    pub(crate) fn kind(
        self,
        record: &Record<'_>,
        (variant, event): (&Variant, &Event),
        region: Region,
    ) -> Result<Option<Kind>, VcfError> {
        if *event != Event::Small && Kind::of(variant, event, None).is_none() {
            let told = record.copy_numbers(self.columns)?;
            return Ok(Kind::of(variant, event, self.differing(&told, region)));
        }
        Ok(Kind::of(variant, event, None))
    }
}

/// A genotype of so many copies, some of which are changed.
fn genotype(usual: u32, changed: u32) -> Genotype {
    let code = |place: u32| if changed > place { AlleleCode::Alternate } else { AlleleCode::Reference };
    if usual == 1 {
        Genotype { alleles: [code(0); 2], copies: 1, phased: false }
    } else {
        Genotype { alleles: [code(1), code(0)], copies: 2, phased: false }
    }
}
