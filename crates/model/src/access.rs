//! Who comes to the door, for what purpose, to what kind of data.

use serde::{Deserialize, Serialize};

/// Why person data is read (Sundhedsloven; the EHDS regulation; the citizen's own access).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Treatment of a patient in a current course.
    Treatment,
    /// Quality assurance and planning.
    QualityAndPlanning,
    /// Control, oversight and administration.
    OversightAndAdministration,
    /// Research and statistics.
    ResearchAndStatistics,
    /// The citizen's access to her own data and log.
    OwnAccess,
}

/// In which capacity somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An authorised health professional: clinical geneticist, treating doctor, nurse.
    AuthorisedHealthProfessional,
    /// A laboratory geneticist, who acts on a named authorised professional's responsibility.
    LaboratoryGeneticist,
    /// A clinical biochemist, on a named authorised professional's responsibility.
    ClinicalBiochemist,
    /// A bioinformatician, on a named authorised professional's responsibility.
    Bioinformatician,
    /// A statistician.
    Statistician,
    /// An engineer who runs the systems.
    Engineer,
    /// An officer of an authority.
    AuthorityOfficer,
    /// A researcher.
    Researcher,
    /// A researcher employed by industry.
    IndustryResearcher,
    /// A citizen, about herself (or a child she has custody of).
    Citizen,
    /// An auditor of the log; reads no person data.
    Auditor,
    /// Employer, insurer, pension fund, bank: no cell of the table is open.
    Outsider,
}

/// Kinds of person data that a passage may concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Name, CPR number, family relations.
    Identity,
    /// Signs and history.
    Phenotype,
    /// Genotypes and variant findings.
    Genome,
    /// Secondary findings.
    SecondaryFinding,
    /// Signed reports and plain-language results.
    DiagnosticReport,
    /// Wishes and consents.
    Wish,
    /// The person's log.
    AuditEvent,
}

/// The paragraph on which a passage was permitted or refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LegalBasis {
    /// The rule's identifier, for example `DK-42a`.
    pub rule: String,
    /// The paragraph, for example `Sundhedsloven § 42 a, stk. 1`.
    pub paragraph: String,
}
