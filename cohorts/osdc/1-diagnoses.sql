-- Hospital diagnoses from the three generations of the patient register: primary (A) and secondary (B), and not
-- disproved later. Referral diagnoses (H) and additional codes (+) tell nothing by themselves.
-- `department` is that of the contact: endocrinology, another medical specialty, or neither (NULL).
WITH lpr2 AS (
    SELECT
        adm.pnr,
        adm.recnum AS contact,
        adm.d_inddto AS date,
        upper(trim(diag.c_diag)) AS code,
        upper(trim(diag.c_diagtype)) AS kind,
        CASE
            WHEN TRY_CAST(adm.c_spec AS INT) = 8 THEN 'endocrinology'
            WHEN TRY_CAST(adm.c_spec AS INT) BETWEEN 0 AND 30 THEN 'medical'
        END AS department
    FROM lpr_adm AS adm
    JOIN lpr_diag AS diag ON diag.recnum = adm.recnum
),
-- LPR3_F and LPR3_A are two deliveries of one register: a contact that is in both is one contact.
lpr3_delivered AS (
    SELECT kontakt.pnr, kontakt.dw_ek_kontakt AS contact, kontakt.dato_start AS date,
        diagnose.diagnosekode AS code, diagnose.diagnosetype AS kind, kontakt.hovedspeciale_ans AS specialty,
        diagnose.senere_afkraeftet AS disproved
    FROM lpr3f_kontakter AS kontakt
    JOIN lpr3f_diagnoser AS diagnose ON diagnose.dw_ek_kontakt = kontakt.dw_ek_kontakt
    UNION
    SELECT kontakt.pnr, kontakt.dw_ek_kontakt, kontakt.kont_starttidspunkt,
        diagnose.diag_kode, diagnose.diag_type, kontakt.kont_ans_hovedspec,
        diagnose.senere_afkraeftet
    FROM lpr3a_kontakt AS kontakt
    JOIN lpr3a_diagnose AS diagnose ON diagnose.dw_ek_kontakt = kontakt.dw_ek_kontakt
),
lpr3 AS (
    SELECT
        pnr,
        contact,
        date,
        upper(trim(code)) AS code,
        upper(trim(kind)) AS kind,
        CASE
            WHEN lower(trim(specialty)) = 'medicinsk endokrinologi' THEN 'endocrinology'
            WHEN lower(trim(specialty)) IN (
                'blandet medicin og kirurgi', 'intern medicin', 'geriatri', 'hepatologi', 'hæmatologi',
                'infektionsmedicin', 'kardiologi', 'medicinsk allergologi', 'medicinsk gastroenterologi',
                'medicinsk lungesygdomme', 'nefrologi', 'reumatologi', 'palliativ medicin', 'akut medicin',
                'dermato-venerologi', 'neurologi', 'onkologi', 'fysiurgi', 'tropemedicin'
            ) THEN 'medical'
        END AS department
    FROM lpr3_delivered
    WHERE coalesce(lower(trim(disproved)), 'nej') <> 'ja'
)
SELECT pnr, date, code, kind, department FROM lpr2 WHERE kind IN ('A', 'B') AND date IS NOT NULL
UNION ALL
SELECT pnr, date, code, kind, department FROM lpr3 WHERE kind IN ('A', 'B') AND date IS NOT NULL
