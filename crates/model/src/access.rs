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
    /// Contacts with the health service, with their diagnoses and procedures.
    Encounter,
    /// Laboratory results.
    Laboratory,
    /// Prescribed, dispensed and given medicine.
    Medication,
    /// What the person answered in questionnaires.
    PatientReportedOutcome,
    /// What the person's own devices measured.
    Wearable,
    /// Images and what is known of them.
    Imaging,
    /// Tissue and other samples, and what is known of them.
    Specimen,
}

impl Purpose {
    /// Each once, in the order of the policy's matrix.
    pub const ALL: [Self; 5] = [
        Self::Treatment,
        Self::QualityAndPlanning,
        Self::OversightAndAdministration,
        Self::ResearchAndStatistics,
        Self::OwnAccess,
    ];
}

impl Role {
    /// Each once, in the order of the policy's matrix.
    pub const ALL: [Self; 12] = [
        Self::AuthorisedHealthProfessional,
        Self::LaboratoryGeneticist,
        Self::ClinicalBiochemist,
        Self::Bioinformatician,
        Self::Statistician,
        Self::Engineer,
        Self::AuthorityOfficer,
        Self::Researcher,
        Self::IndustryResearcher,
        Self::Citizen,
        Self::Auditor,
        Self::Outsider,
    ];
}

impl Category {
    /// Each once, in the order of the policy's matrix.
    pub const ALL: [Self; 14] = [
        Self::Identity,
        Self::Phenotype,
        Self::Genome,
        Self::SecondaryFinding,
        Self::DiagnosticReport,
        Self::Wish,
        Self::AuditEvent,
        Self::Encounter,
        Self::Laboratory,
        Self::Medication,
        Self::PatientReportedOutcome,
        Self::Wearable,
        Self::Imaging,
        Self::Specimen,
    ];

    /// Derived from genetic analysis: what the refusal for genetic data (Sundhedsloven § 29, stk. 1) is about.
    pub const fn is_genetic(self) -> bool {
        matches!(self, Self::Genome | Self::SecondaryFinding)
    }

    /// Tissue: what the refusal for tissue (Sundhedsloven § 28, stk. 2) is about.
    pub const fn is_tissue(self) -> bool {
        matches!(self, Self::Specimen)
    }

    /// What tells of the person's health; the rest tells who she is, what she wishes and who has read.
    pub const fn is_health(self) -> bool {
        !matches!(self, Self::Identity | Self::Wish | Self::AuditEvent)
    }
}

/// The paragraph on which a passage was permitted or refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LegalBasis {
    /// The rule's identifier, for example `DK-42a`.
    pub rule: String,
    /// The paragraph, for example `Sundhedsloven § 42 a, stk. 1`.
    pub paragraph: String,
}
