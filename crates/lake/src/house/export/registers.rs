//! The Danish registers as OMOP: questions whose answers have the columns of its tables.
//!
//! The house ships no vocabulary, so codes of SKS, ATC and NPU stand as source values with concept 0 ("no matching
//! concept"); a site maps them with its own. Sex is 8507 and 8532, and 32879 says that a row is known from a register
//! (OHDSI's standardized vocabularies).

/// A question for rows of a table.
pub(super) struct Question {
    /// The table of OMOP.
    pub(super) table: &'static str,
    /// The register that it is of.
    pub(super) of: &'static str,
    /// Registers and columns that it needs.
    pub(super) needs: &'static [(&'static str, &'static [&'static str])],
    /// It, in SQL; `{known}` stands for a condition that leaves out who is there already.
    pub(super) sql: &'static str,
}

/// Every question.
pub(super) const ALL: [Question; 11] = [
    Question {
        table: "person",
        of: "bef",
        needs: &[("bef", &["koen", "foed_dato"])],
        sql: "select pnr as person_id, case min(koen) when 1 then 8507 when 2 then 8532 else 0 end as gender_concept_id, \
              extract(year from min(foed_dato)) as year_of_birth, extract(month from min(foed_dato)) as month_of_birth, \
              extract(day from min(foed_dato)) as day_of_birth, cast(min(koen) as varchar) as gender_source_value \
              from bef where foed_dato is not null{known} group by pnr",
    },
    Question {
        table: "visit_occurrence",
        of: "lpr_adm",
        needs: &[("lpr_adm", &["c_spec", "d_inddto"])],
        sql: "select recnum as visit_occurrence_id, pnr as person_id, d_inddto as visit_start_date, \
              d_inddto as visit_end_date, 32879 as visit_type_concept_id, c_spec as visit_source_value \
              from lpr_adm where d_inddto is not null",
    },
    Question {
        table: "visit_occurrence",
        of: "lpr3f_kontakter",
        needs: &[("lpr3f_kontakter", &["hovedspeciale_ans", "dato_start"])],
        sql: "select dw_ek_kontakt as visit_occurrence_id, pnr as person_id, dato_start as visit_start_date, \
              dato_start as visit_end_date, 32879 as visit_type_concept_id, hovedspeciale_ans as visit_source_value \
              from lpr3f_kontakter where dato_start is not null",
    },
    Question {
        table: "visit_occurrence",
        of: "lpr3a_kontakt",
        needs: &[("lpr3a_kontakt", &["kont_ans_hovedspec", "kont_starttidspunkt"])],
        sql: "select dw_ek_kontakt as visit_occurrence_id, pnr as person_id, kont_starttidspunkt as visit_start_date, \
              kont_starttidspunkt as visit_end_date, 32879 as visit_type_concept_id, \
              kont_ans_hovedspec as visit_source_value from lpr3a_kontakt where kont_starttidspunkt is not null",
    },
    Question {
        table: "condition_occurrence",
        of: "lpr_diag",
        needs: &[("lpr_diag", &["c_diag", "c_diagtype"]), ("lpr_adm", &["d_inddto"])],
        sql: "select d.pnr as person_id, a.d_inddto as condition_start_date, 32879 as condition_type_concept_id, \
              d.recnum as visit_occurrence_id, d.c_diag as condition_source_value, \
              d.c_diagtype as condition_status_source_value \
              from lpr_diag d join lpr_adm a on d.recnum = a.recnum where a.d_inddto is not null",
    },
    Question {
        table: "condition_occurrence",
        of: "lpr3f_diagnoser",
        needs: &[
            ("lpr3f_diagnoser", &["diagnosekode", "diagnosetype", "senere_afkraeftet"]),
            ("lpr3f_kontakter", &["dato_start"]),
        ],
        sql: "select d.pnr as person_id, a.dato_start as condition_start_date, 32879 as condition_type_concept_id, \
              d.dw_ek_kontakt as visit_occurrence_id, d.diagnosekode as condition_source_value, \
              d.diagnosetype as condition_status_source_value \
              from lpr3f_diagnoser d join lpr3f_kontakter a on d.dw_ek_kontakt = a.dw_ek_kontakt \
              where a.dato_start is not null and (d.senere_afkraeftet is null or d.senere_afkraeftet <> 'Ja')",
    },
    Question {
        table: "condition_occurrence",
        of: "lpr3a_diagnose",
        needs: &[
            ("lpr3a_diagnose", &["diag_kode", "diag_type", "senere_afkraeftet"]),
            ("lpr3a_kontakt", &["kont_starttidspunkt"]),
        ],
        sql: "select d.pnr as person_id, a.kont_starttidspunkt as condition_start_date, \
              32879 as condition_type_concept_id, d.dw_ek_kontakt as visit_occurrence_id, \
              d.diag_kode as condition_source_value, d.diag_type as condition_status_source_value \
              from lpr3a_diagnose d join lpr3a_kontakt a on d.dw_ek_kontakt = a.dw_ek_kontakt \
              where a.kont_starttidspunkt is not null and (d.senere_afkraeftet is null or d.senere_afkraeftet <> 'Ja')",
    },
    Question {
        table: "drug_exposure",
        of: "lmdb",
        needs: &[("lmdb", &["eksd", "atc", "volume", "apk"])],
        sql: "select pnr as person_id, eksd as drug_exposure_start_date, eksd as drug_exposure_end_date, \
              32879 as drug_type_concept_id, volume * apk as quantity, 'DDD' as dose_unit_source_value, \
              atc as drug_source_value from lmdb where eksd is not null",
    },
    Question {
        table: "procedure_occurrence",
        of: "lpr_sksopr",
        needs: &[("lpr_sksopr", &["c_opr", "d_odto"])],
        sql: "select pnr as person_id, d_odto as procedure_date, 32879 as procedure_type_concept_id, \
              recnum as visit_occurrence_id, c_opr as procedure_source_value from lpr_sksopr where d_odto is not null",
    },
    Question {
        table: "procedure_occurrence",
        of: "lpr3f_procedurer_kirurgi",
        needs: &[("lpr3f_procedurer_kirurgi", &["procedurekode", "dato_start"])],
        sql: "select pnr as person_id, dato_start as procedure_date, 32879 as procedure_type_concept_id, \
              dw_ek_kontakt as visit_occurrence_id, procedurekode as procedure_source_value \
              from lpr3f_procedurer_kirurgi where dato_start is not null",
    },
    Question {
        table: "measurement",
        of: "lab_forsker",
        needs: &[("lab_forsker", &["samplingdate", "analysiscode", "value"])],
        sql: "select pnr as person_id, samplingdate as measurement_date, 32879 as measurement_type_concept_id, \
              value as value_as_number, analysiscode as measurement_source_value \
              from lab_forsker where samplingdate is not null",
    },
];
